package safety_test

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/safety"
)

// A conflict goes on for minutes, longer than cooldown and expiry: it has one life.
func TestOngoing(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.14, 0)
	a.flies(400, 90)
	b.flies(400, 90)
	s.fly(200, a, b)
	b.at = geo.Destination(b.at, 0, 0.3) // apart, but not out of it
	s.fly(200, a, b)
	b.at = geo.Destination(b.at, 0, 0.3)
	s.fly(200, a, b)
	s.want("1 new critical"+both, "201 updated critical"+both, "216 updated warning"+both, "446 resolved warning"+both)
}

// What comes again within the cooldown is the same event, though the expiry is
// over; what comes later is another.
func TestAgain(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.14, 0)
	a.flies(400, 90)
	b.flies(400, 90)
	away := func() { b.at = geo.Destination(b.at, 0, 1) }
	back := func() { b.at = geo.Destination(b.at, 180, 1) }
	s.fly(2, a, b)
	away()
	s.fly(53, a, b) // 45 s of expiry, but not 60 s of cooldown
	back()
	s.fly(2, a, b)
	away()
	s.fly(45, a, b)
	s.want("1 new critical" + both)
	s.fly(1, a, b)
	back()
	s.fly(1, a, b)
	s.want("1 new critical"+both, "103 resolved critical"+both, "104 new critical"+both)
	if s.events[0].ID == s.events[2].ID || s.events[0].InternalID != s.events[2].InternalID {
		t.Errorf("ids %q and %q", s.events[0].ID, s.events[2].ID)
	}
}

// The feed falls silent in the middle of a conflict.
func TestSilence(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.1, 0)
	a.flies(400, 90)
	b.flies(400, 90)
	s.fly(30, a, b)
	s.fly(120)
	s.want("1 new critical"+both, "75 resolved critical"+both)
}

// One of them is heard no more: where it was extrapolated to is believed for 15 s.
func TestStalePosition(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.1, 0)
	a.flies(400, 90)
	b.flies(400, 90)
	s.fly(30, a, b)
	b.hidden = true
	s.fly(120, a, b)
	s.want("1 new critical"+both, "90 resolved critical"+both)
	if seen := s.events[1].LastSeen; !seen.Equal(start.Add(45 * time.Second)) {
		t.Errorf("last seen at %v", seen)
	}
}

func TestGoneEndsAConflict(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.1, 0)
	s.fly(5, a, b)
	s.gone("BBBBBB")
	s.gone("BBBBBB")
	s.fly(5, a)
	s.want("1 new critical"+both, "5 resolved critical"+both)
}

func TestProximityConfirm(t *testing.T) {
	s := newScript(t, func(cfg *safety.Config) { cfg.ProximityConfirm = 3 })
	a, b := pair(zurich, 0.3, 0)
	for range 2 { // a glitch
		s.fly(1, a, b)
		b.at.Lat += 0.012
		s.fly(1, a, b)
		b.at.Lat -= 0.012
	}
	s.want()
	s.fly(3, a, b)
	s.want("7 new warning" + both)
}

// A conflict swings around the line between critical and warning.
func TestSeverityDoesNotSwing(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.24, 0)
	for range 30 {
		b.at = geo.Destination(zurich, 0, 0.26)
		s.fly(1, a, b)
		b.at = geo.Destination(zurich, 0, 0.24)
		s.fly(1, a, b)
	}
	b.at = geo.Destination(zurich, 0, 0.26)
	s.fly(30, a, b)
	s.want("1 new warning"+both, "2 updated critical"+both, "76 updated warning"+both)
}

// One climbs away: past 500 ft it is no conflict that would be told, but only past
// 650 ft it is over.
func TestLeavesVertically(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.1, 0)
	s.fly(1, a, b)
	b.alt += 600
	s.fly(200, a, b)
	s.want("1 new critical"+both, "6 updated critical"+both, "17 updated low"+both)
	b.alt += 100
	s.fly(45, a, b)
	s.want("1 new critical"+both, "6 updated critical"+both, "17 updated low"+both)
	s.fly(1, a, b)
	s.want("1 new critical"+both, "6 updated critical"+both, "17 updated low"+both, "247 resolved low"+both)
}

// A position from a time that is yet to come, as it is after the clock was set
// back, is not compared with one of now.
func TestPositionToCome(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.1, 0)
	s.tell(a)
	s.now = s.now.Add(-time.Minute)
	s.tell(b)
	s.want()
	s.tell(a)
	s.want("-60 new critical" + both)
}
