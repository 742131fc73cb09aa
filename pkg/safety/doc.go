// Package safety watches aircraft and tells when one is in danger, or says so: it
// is given every change of every record, and gives the safety events that follow.
//
// # What it tells
//
//	squawk_hijack, squawk_radio_failure, squawk_emergency   7500, 7600, 7700, or the receiver's word for it
//	tcas_ra              a resolution advisory, as received, or inferred from the vertical speed
//	extreme_vs           a vertical speed beyond what the class of aircraft flies
//	vs_reversal          climb turned into descent or back, with traffic around
//	proximity_conflict   two aircraft that are, or will be, too close
//
// Types, severities, rules and thresholds are the reference's (its services/safety.py;
// the defaults of [Config] are those of its code, which differ from its documents).
//
// # An event's life
//
// An event is told as new, as updated when it changes in a way that matters, and
// as resolved, once each life, and all of it under one id. What goes on only
// refreshes it. A higher severity is told at once, other changes no more often
// than every update_every. A severity is lowered when it was not reached for
// ease_after, so that what swings around a threshold does not swing with it.
//
// An event ends when nothing refreshed it for its expiry, but lives for the
// cooldown at least: what comes again within that time finds it alive. (Where the
// cooldown is longer than the expiry, as it is, one that forbids to announce what
// has expired tells an ongoing conflict as over, and as another one a little
// later.) A squawk ends when the code is another, an advisory with its "clear of
// conflict"; a record that is gone ends its events, but not its emergency: that
// ends by age, as an aircraft that comes back into coverage is still in it.
//
// # What is believed
//
// One observation tells of nothing but squawks and advisories, which come with
// checks of their own. A position or an altitude that nothing could have come to
// since the one before (by max_speed_kt, or 33,000 ft/min) is kept back until another
// fits it; 0, 0 is no position. A vertical speed is extreme when it is told for
// vs_confirm and the altitude follows; a reversal is seen when it is seen twice,
// on both sides of it, and the altitude moves. (The reference takes each at first sight.)
//
// # Geometry
//
// Positions are vectors from the centre of the earth, so the antimeridian and
// the poles are places like any other. Of a pair both are brought to the present
// along their tracks, then, with r the vector from one to the other, v their
// relative velocity, z and w the vertical distance and its rate,
//
//	t = -r·v / |v|²        time to the closest point of approach
//	d = |r + v t|          distance there
//	h = |z + w t|          vertical distance there
//
// as in RTCA DO-185B and NASA's DAIDALUS (without their tau, as the reference).
// Within a few miles the bend of the earth is below a hundredth of a percent.
//
// Squawks are those of ICAO Doc 4444, words of emergency those of ADS-B (DO-260B
// 2.2.3.2.7.8.1), as readsb writes them; resolution advisories those of Mode S
// register 3,0 (ICAO Annex 10 volume IV, 4.3.8.4.2.2).
//
// # Bounds
//
// Pairs are looked for in a grid of cubes a little wider than search_nm, where each
// track lies where it is, and is moved on every two seconds. An observation looks at
// 4,096 places there at most, at the nearest 32 aircraft whose levels may meet, and at those
// that the aircraft is in a conflict with, of which there are 20 at most; of all
// there are 5,000. Traffic comes near none of these. What they cut off is counted
// ([Monitor.Dropped]); what was told goes on and ends as it would without them.
//
// # Use
//
// A [Monitor] is a mechanism: it is told the time, and holds no goroutine, clock
// or lock. One goroutine owns it. It keeps the strings of what it is told, so
// they must be immutable, as those of a merged record are.
package safety
