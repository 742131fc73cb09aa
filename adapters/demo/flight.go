package demo

import (
	"math"

	"github.com/skygate-io/skygate/pkg/geo"
)

// performance is what a class of aircraft can do.
type performance struct {
	climb   float64 // ft/min at sea level
	ceiling float64 // ft: where a third of that climb is left
	descent float64 // ft/min, the steepest
	accel   float64 // kt/s in the air
	roll    float64 // kt/s on a runway
}

var (
	jet        = performance{climb: 2800, ceiling: 39000, descent: 3500, accel: 1, roll: 4}
	turboprop  = performance{climb: 1800, ceiling: 25000, descent: 2200, accel: 1, roll: 3.5}
	light      = performance{climb: 750, ceiling: 14000, descent: 900, accel: 1.2, roll: 2.5}
	glider     = performance{climb: 500, ceiling: 40000, descent: 500, accel: 1, roll: 2.5}
	rotorcraft = performance{climb: 1100, ceiling: 16000, descent: 1100, accel: 2, roll: 2}
	fighter    = performance{climb: 6000, ceiling: 50000, descent: 6000, accel: 3, roll: 6}
	vehicle    = performance{accel: 2, roll: 2}
)

const (
	// longestStep is the longest time that is reckoned in one go, in seconds.
	longestStep = 1.0
	// steepestTurn is the rate-one turn of instrument flight, in deg/s.
	steepestTurn = 3.0
	// bankedTurn is the turn rate times the speed (deg/s · kt) in a bank of 25°:
	// g·tan(bank)/v, in these units 1091·tan(25°).
	bankedTurn = 509.0
	// rateChange is how fast a vertical rate changes, in ft/min per second.
	rateChange = 200.0
	// capture is over how many minutes an altitude is levelled off at.
	capture = 0.15
	// linedUp is how far off its way an aircraft on the ground may point before it
	// gains or loses speed, in degrees: it rolls through bends as it entered them.
	linedUp = 5.0
	// arrived is how near a fix counts as there when the aircraft stops at it, in NM.
	arrived = 0.01
)

// motion is where an aircraft is and how it moves. The reported values are
// these, so that a position follows from the one before it.
type motion struct {
	at     float64 // when that is, in seconds of the simulation
	pos    geo.Point
	alt    float64 // ft above the sea
	gs     float64 // kt
	track  float64 // degrees true
	rate   float64 // ft/min
	ground bool
}

// flight is one aircraft (or vehicle) on its way along a route.
type flight struct {
	identity
	motion
	perf      *performance
	ahead     route   // the fixes that it has yet to reach
	holdUntil float64 // seconds of the simulation

	// A wingman has a leader, and keeps this far from it.
	leader    *flight
	leaderWas geo.Point // where the leader was when bearing was right
	bearing   float64   // degrees true
	distance  float64   // NM

	kind  int // the index of its kind
	alarm alarm
	reception
	image image
}

// begin puts the flight at the beginning of its route.
func (f *flight) begin(r route, now float64) {
	first := r[0]
	f.motion = motion{at: now, pos: first.at, alt: first.alt, gs: first.gs, ground: first.ground, track: first.turn}
	f.ahead = r[1:]
	f.holdUntil = now + first.hold
}

// follow makes the flight the wingman of another. Its way is the leader's,
// moved sideways, so that it never turns tighter or flies faster.
func (f *flight) follow(leader *flight, bearing, distance float64) {
	f.leader, f.leaderWas, f.bearing, f.distance = leader, leader.pos, bearing, distance
	f.advance(leader.at)
}

// landed says that the route is at its end: at a stand, or where the area ends.
func (f *flight) landed() bool {
	if f.leader != nil {
		return f.leader.over || f.leader.landed()
	}
	return len(f.ahead) == 0 && f.at >= f.holdUntil
}

// advance moves the flight on to a time. A leader is moved before its wingman.
func (f *flight) advance(to float64) {
	if f.leader != nil {
		f.accompany()
		return
	}
	for f.at < to && !f.landed() {
		f.step(math.Min(to-f.at, longestStep))
	}
}

// accompany takes a wingman to its place beside the leader. Both directions are
// carried along, so that the pair does not turn about itself near a pole.
func (f *flight) accompany() {
	l := f.leader
	f.bearing += convergence(f.leaderWas, l.pos)
	f.leaderWas = l.pos
	f.motion = l.motion
	f.pos = geo.Destination(l.pos, f.bearing, f.distance)
	f.track = math.Mod(l.track+convergence(l.pos, f.pos)+360, 360)
}

func (f *flight) step(dt float64) {
	if f.at < f.holdUntil {
		f.at += dt
		return
	}
	distance, bearing, ok := f.approach()
	if !ok {
		return // what is held, or is at its end, does not move in this step
	}
	f.at += dt
	next := &f.ahead[0]
	f.touch(next)
	if !f.ground || math.Abs(angle(f.track, bearing)) < linedUp {
		f.changeSpeed(next, distance, dt)
	}
	f.turn(bearing, dt)
	if !f.ground {
		f.changeAltitude(next, distance, dt)
	}
	f.alt += f.rate * dt / 60
	f.move(f.gs * dt / 3600)
}

// move takes the aircraft straight on.
func (f *flight) move(distance float64) {
	from := f.pos
	f.pos = geo.Destination(from, f.track, distance)
	f.track = math.Mod(f.track+convergence(from, f.pos)+360, 360)
}

// convergence is by how many degrees a direction changes, measured from north,
// when it is carried straight from one point to another: meridians converge, by
// the change of longitude times sin(latitude).
func convergence(from, to geo.Point) float64 {
	return angle(from.Lon, to.Lon) * math.Sin((from.Lat+to.Lat)/2*math.Pi/180)
}

// approach gives distance and bearing of the next fix, after it has ticked off
// those that were reached. It is not ok when there is none, or when the
// aircraft stays at one.
func (f *flight) approach() (distance, bearing float64, ok bool) {
	for len(f.ahead) > 0 && f.at >= f.holdUntil {
		next := &f.ahead[0]
		distance, bearing = geo.DistanceNM(f.pos, next.at), geo.BearingDeg(f.pos, next.at)
		if !f.reached(next, distance, bearing) {
			return distance, bearing, true
		}
		f.pass()
	}
	return 0, 0, false
}

// reached says whether the flight goes on to the fix after next: when it is
// there, when it has to begin the turn, or when it has missed it (a fix inside
// the turning circle would be circled for ever).
func (f *flight) reached(next *fix, distance, bearing float64) bool {
	if next.hold > 0 && distance < arrived {
		return true
	}
	nearly := f.gs / 3600 // a second's flight
	if distance <= nearly {
		return true
	}
	radius := f.gs / 3600 / (f.turnRate() * math.Pi / 180)
	if distance > 2*radius+nearly {
		return false
	}
	if math.Abs(angle(f.track, bearing)) > 90 {
		return true
	}
	if next.hold > 0 || len(f.ahead) == 1 {
		return false
	}
	corner := math.Min(math.Abs(angle(f.track, next.turn)), 120)
	return distance <= radius*math.Tan(corner/2*math.Pi/180)
}

// pass takes the next fix off the route.
func (f *flight) pass() {
	passed := &f.ahead[0]
	f.touch(passed)
	if passed.hold > 0 {
		f.holdUntil = f.at + passed.hold
		f.gs, f.rate = 0, 0
	}
	f.ahead = f.ahead[1:]
}

// touch puts the aircraft on the ground, or off it, as on the way to a fix.
func (f *flight) touch(to *fix) {
	if f.ground = to.ground; f.ground {
		f.alt, f.rate = to.alt, 0
	}
}

func (f *flight) turnRate() float64 {
	return math.Min(steepestTurn, bankedTurn/math.Max(f.gs, 1))
}

func (f *flight) turn(bearing, dt float64) {
	most := f.turnRate() * dt
	f.track = math.Mod(f.track+clamp(angle(f.track, bearing), most)+360, 360)
}

// changeSpeed gains speed as the aircraft can, and loses it evenly, so that it
// arrives with what the fix wants: a = (v² - u²) / 2s.
func (f *flight) changeSpeed(next *fix, distance, dt float64) {
	want := math.Max(next.gs, slowest)
	if want >= f.gs {
		gain := f.perf.accel
		if f.ground {
			gain = f.perf.roll
		}
		f.gs = math.Min(want, f.gs+gain*dt)
		return
	}
	loss := (f.gs*f.gs - want*want) / (2 * distance) / 3600
	f.gs = math.Max(want, f.gs-math.Min(loss, 6)*dt)
}

// changeAltitude climbs as the aircraft can, and descends evenly, so that it
// arrives at the altitude that the fix wants.
func (f *flight) changeAltitude(next *fix, distance, dt float64) {
	gap := next.alt - f.alt
	want := gap / capture
	if gap > 0 {
		best := f.perf.climb * (1 - math.Min(f.alt/f.perf.ceiling, 1)*2/3)
		want = math.Min(want, best)
	} else {
		minutes := distance / math.Max((f.gs+next.gs)/2, slowest) * 60
		want = math.Max(want, math.Max(gap/minutes, -f.perf.descent))
	}
	f.rate += clamp(want-f.rate, rateChange*dt)
}

// angle is the turn from one direction to another in degrees, -180 to 180,
// positive to the right.
func angle(from, to float64) float64 {
	return math.Mod(to-from+900, 360) - 180
}

func clamp(v, most float64) float64 { return math.Max(-most, math.Min(most, v)) }
