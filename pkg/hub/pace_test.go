package hub_test

import (
	"fmt"
	"testing"
	"time"
)

// A rate is a fold: what happened in between is one update.
func TestRates(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=0")
		fast, slow := s.enter("fast"), s.enter("slow")
		fast.subscribe("aircraft", "aircraft.rate=10")
		slow.subscribe("aircraft", "aircraft.rate=1")
		fast.forget()
		slow.forget()
		for i := range 30 { // 3 s
			s.change(fmt.Sprintf("~A gs=%d", i))
			s.wait(100 * time.Millisecond)
		}
		slow.want("aircraft:update 1→2 ~A{gs=0}", "aircraft:update 2→11 ~A{gs=9}", "aircraft:update 11→21 ~A{gs=19}", "aircraft:update 21→31 ~A{gs=29}")
		if n := fast.view.topics["aircraft"].messages - 1; n != 16 { // one at once, and five a second
			t.Errorf("%d updates in 3 s of 10 Hz, want 16", n)
		}
		s.wait(2 * time.Second)
		slow.want()
		s.change("~A gs=30")
		slow.want("aircraft:update 31→32 ~A{gs=30}") // nothing was told for longer than its interval
		slow.subscribe("aircraft", "aircraft.rate=")
		slow.want("subscribed aircraft", "aircraft:snapshot @32 A{gs=30}")
		s.change("~A gs=31")
		s.wait(window)
		slow.want("aircraft:update 32→33 ~A{gs=31}")
	})
}

// A change of view together with one of the pace is one update all the same.
func TestARateAndAFilterAtOnce(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A lat=45 lon=5 gs=1", "+B lat=10 lon=5")
		anna := s.enter("anna")
		anna.subscribe("aircraft", "legacy=false")
		anna.subscribe("aircraft", near, "aircraft.rate=0.5")
		anna.want("subscribed aircraft", "aircraft:snapshot @1 A{gs=1 lat=45 lon=5} B{lat=10 lon=5}", "subscribed aircraft", "aircraft:update 1→1 -B")
		s.change("~A gs=2")
		s.change("~A gs=3")
		s.wait(window)
		anna.want("aircraft:update 1→2 ~A{gs=2}")
		s.wait(2 * time.Second)
		anna.want("aircraft:update 2→3 ~A{gs=3}")
	})
}

// stuck loses something of the aircraft, and reads on.
func (g *guest) stuck() {
	g.room.state = 0
	g.stall(true)
	for _, change := range []string{"~A gs=1", "~A gs=2"} { // the first one is partly out
		g.scene.change(change)
		g.scene.wait(1500 * time.Millisecond)
	}
	g.forget()
	g.drain()
}

// A session that does not keep up gets slower, step by step, and faster again.
func TestASlowSession(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=0", "+B gs=0")
		anna, bert := s.enter("anna"), s.enter("bert")
		anna.subscribe("aircraft")
		bert.subscribe("aircraft")
		anna.stuck()
		anna.want("aircraft:update 1→2 ~A{gs=1}", "stream:pace aircraft 2 slow", "aircraft:snapshot @3 A{gs=2} B{gs=0}")
		s.change("~A gs=3")
		s.wait(window)
		s.change("~B gs=1")
		s.wait(window)
		s.change("~A gs=4")
		s.wait(500 * time.Millisecond)
		anna.want("aircraft:update 3→4 ~A{gs=3}", "aircraft:update 4→6 ~A{gs=4} ~B{gs=1}") // twice a second
		anna.stuck()
		anna.want("aircraft:update 6→7 ~A{gs=1}", "stream:pace aircraft 1 slow", "aircraft:snapshot @8 A{gs=2} B{gs=1}")
		anna.stuck() // there is no slower one
		anna.want("aircraft:update 8→9 ~A{gs=1}", "aircraft:snapshot @10 A{gs=2} B{gs=1}")
		s.wait(29 * time.Second)
		anna.want()
		s.wait(2 * time.Second)
		anna.want("stream:pace aircraft 2 recovered")
		s.change("~A gs=7")
		anna.want("aircraft:update 10→11 ~A{gs=7}")
		s.wait(30 * time.Second)
		anna.want("stream:pace aircraft 5 recovered")
		s.wait(2 * time.Minute)
		anna.want()
		for _, wrong := range bert.view.paces {
			t.Errorf("bert, who kept up, got %v", wrong)
		}
		bert.forget()
		s.change("~A gs=8")
		anna.want("aircraft:update 11→12 ~A{gs=8}")
		bert.want("aircraft:update 11→12 ~A{gs=8}")
	})
}

// A client that asked for less than it can take is not told of another pace than it
// asked for.
func TestASlowSessionThatAskedForLittle(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=0")
		anna := s.enter("anna")
		anna.subscribe("aircraft", "aircraft.rate=2")
		anna.stuck()
		anna.want("aircraft:update 1→2 ~A{gs=1}", "stream:pace aircraft 1 slow", "aircraft:snapshot @3 A{gs=2}")
		s.wait(31 * time.Second)
		anna.want("stream:pace aircraft 2 recovered")
		s.wait(2 * time.Minute)
		anna.want()
	})
}

// Whoever is made faster keeps their position, and the change of view that waits.
func TestFasterInTheMidstOfThings(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=0", "+B gs=0")
		anna := s.enter("anna")
		anna.subscribe("aircraft", "legacy=false")
		anna.stuck()
		anna.forget()
		slowed := time.Now()
		for time.Since(slowed) < 32*time.Second {
			s.change("~A gs=5")
			anna.subscribe("aircraft", `aircraft.filter={"icao":["A"]}`)
			s.wait(50 * time.Millisecond)
			s.change("~A gs=6")
			anna.subscribe("aircraft", "aircraft.filter={}")
			s.wait(60 * time.Millisecond)
		}
		s.wait(time.Second)
		if holds := anna.holds("aircraft"); len(holds) != 2 || holds["A"]["gs"] != "6" {
			t.Errorf("it holds %v", holds)
		}
		if got := len(anna.view.paces); got != 2 {
			t.Errorf("its paces: %v", anna.view.paces)
		}
	})
}

// Whoever is made faster while the parts of a snapshot are on their way is told so, too.
func TestFasterInTheMidstOfParts(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A "+longValue, "+B "+longValue, "+C "+longValue)
		anna := s.enter("anna")
		anna.subscribe("aircraft")
		anna.stuck()
		anna.room.state = 1000
		anna.stall(true)
		anna.subscribe("aircraft", "legacy=false")
		anna.forget()
		s.wait(31 * time.Second)
		anna.drain()
		anna.want("stream:pace aircraft 5 recovered", "subscribed aircraft", "aircraft:snapshot part 1/2 A{gs=2} B", "aircraft:update part 2/2 0→3 +C")
		s.change("~A gs=3")
		s.wait(window)
		s.change("~A gs=4")
		s.wait(window)
		anna.want("aircraft:update 3→4 ~A{gs=3}", "aircraft:update 4→5 ~A{gs=4}")
	}, inParts)
}
