// Package rules holds the alert rules of users and watches aircraft by them: it is
// given every change of every record, and gives an alert when a rule comes to hold.
//
// # A rule
//
// The JSON of a rule is that of the reference's requests. It has a simple condition
// (rule_type, operator, value), or a tree of them (conditions), or both, which then
// must both hold:
//
//	{"logic": "AND", "groups": [{"logic": "OR", "conditions": [{"type": …, "operator": …, "value": …}]}]}
//
// A group has conditions, groups or both, nested up to eight deep; logic is AND
// where it is not given. Conditions are of these types:
//
//	icao callsign squawk type category registration operator   eq neq contains startswith endswith regex
//	altitude distance speed vertical_rate                      eq neq lt le gt ge (also lte gte)
//	altitude_above altitude_below speed_above speed_below      a number; "le", "ge" for the bound itself, too
//	altitude_between                                           {"min": 1000, "max": 5000} or [1000, 5000], both included
//	distance_within                                            NM from the receiver, or {"lat", "lon", "radius_nm"}
//	military emergency helicopter on_ground                    eq neq, true or false
//	class                                                      eq, "military"
//	geofence                                                   inside outside entering leaving
//	entering_geofence leaving_geofence                         as the operator of geofence
//
// proximity is distance, aircraft_type is type. Units are feet, knots, feet a minute
// and nautical miles; who is on the ground is at 0 ft. Text is compared without
// the case of ASCII letters; regex (RE2) must match at the start. A number or a boolean may
// be written as a string and a squawk as a number. A record that lacks what a
// condition asks for fails it, whatever the operator.
//
// A geofence is {"type": "circle", "center": {"lat", "lon"}, "radius_nm"}, {"type":
// "polygon", "points": [{"lat", "lon"}, …]} or a GeoJSON Polygon without holes. A
// polygon's edges are straight on a map of latitude and longitude, and take the
// shorter way around the earth: one that crosses the antimeridian is like any other.
// Who is first seen inside has not entered; without a position nobody enters or leaves.
//
// What the reference knows and no record tells (law_enforcement, turbulence and the
// other classes) is refused, rather than taken and never found.
//
// # An alert
//
// An alert is told when a rule comes to hold for an aircraft, and then not again
// within its cooldown: what comes to hold again meanwhile is told at its end, if it
// still holds. What goes on holding is not told again. A rule that is disabled, not yet
// begun, over, or suppressed holds for nobody, so that what it finds when that ends
// is told. Times count to the second.
// A rule that got other conditions starts anew; otherwise it goes on, with its cooldowns.
//
// # Use
//
// A [Rule] is immutable. A [Monitor] is a mechanism: it is told the time, and holds
// no goroutine, clock or lock; one goroutine owns it. A [Book] owns a monitor, the
// rules and the place where they are kept, and is safe for concurrent use.
package rules
