package hub_test

import (
	"fmt"
	"testing"
	"time"
)

const far = `aircraft.filter={"bbox":{"north":20,"south":0,"east":10,"west":0}}`

func TestAChangeOfFilter(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+NEAR lat=45 lon=5", "+BOTH lat=45 lon=5", "+FAR lat=10 lon=5")
		anna := s.enter("anna")
		anna.subscribe("aircraft", near)
		anna.want("subscribed aircraft", "aircraft:snapshot @1 NEAR{lat=45 lon=5} BOTH{lat=45 lon=5}")
		s.change("~BOTH gs=1")
		s.change("~BOTH lat=15 gs=2", "~FAR gs=3") // waits for the end of the window
		anna.want("aircraft:update 1→2 ~BOTH{gs=1}")
		anna.subscribe("aircraft", far) // what waits is in the difference
		anna.want("subscribed aircraft", "aircraft:update 2→3 +FAR{gs=3 lat=10 lon=5} ~BOTH{gs=2 lat=15} -NEAR",
			"aircraft:remove -NEAR", "aircraft:new FAR{gs=3 lat=10 lon=5}")
		s.wait(window)
		anna.subscribe("aircraft", "aircraft.filter={}")
		anna.want("subscribed aircraft", "aircraft:update 3→3 +NEAR{lat=45 lon=5}", "aircraft:new NEAR{lat=45 lon=5}")
		s.change("-NEAR")
		anna.want("aircraft:update 3→4 -NEAR", "aircraft:remove -NEAR")
	})
}

// Another view that shows the same is told, too: the client waits for it.
func TestAChangeOfFilterThatChangesNothing(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A lat=45 lon=5")
		anna := s.enter("anna")
		anna.subscribe("aircraft")
		anna.forget()
		anna.subscribe("aircraft", near)
		anna.want("subscribed aircraft", "aircraft:update 1→1")
		s.wait(time.Second)
		s.change("+B lat=10 lon=5")
		s.change("~A gs=1")
		anna.want("aircraft:update 1→3 ~A{gs=1}") // B is none of its business
	})
}

func TestTheNewestOfTheFiltersOfAWindowCounts(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+NEAR lat=45 lon=5", "+FAR lat=10 lon=5")
		anna := s.enter("anna")
		anna.subscribe("aircraft", "legacy=false")
		anna.forget()
		s.wait(40 * time.Millisecond)
		anna.subscribe("aircraft", near)
		anna.want("subscribed aircraft", "aircraft:update 1→1 -FAR")
		anna.subscribe("aircraft", `aircraft.filter={"military":true}`)
		s.wait(window / 2)
		anna.subscribe("aircraft", far)
		anna.want("subscribed aircraft", "subscribed aircraft") // every one is answered
		s.change("~NEAR gs=1")
		anna.want("aircraft:update 1→2 ~NEAR{gs=1}")
		s.wait(window/2 - time.Millisecond)
		anna.want()
		s.wait(time.Millisecond)
		anna.want("aircraft:update 2→2 +FAR{lat=10 lon=5} -NEAR")
		s.wait(time.Second)
		anna.want()
	})
}

// A change of filter that waits outlives a snapshot in between, and a new epoch.
func TestAChangeOfFilterThatWaitsIsNotLost(t *testing.T) {
	for name, between := range map[string]struct {
		happens func(s *scene, g *guest)
		want    []string
	}{
		"the client drained": {
			func(_ *scene, g *guest) { g.Drained(map[string]uint64{"aircraft": 0}) },
			[]string{"stream:pace aircraft 2 slow", "aircraft:snapshot @1 FAR{lat=10 lon=5}"},
		},
		"a new epoch": {
			func(s *scene, _ *guest) { s.begin() },
			[]string{"aircraft:snapshot @0"},
		},
		"a resync": {
			func(_ *scene, g *guest) { g.subscribe("aircraft") },
			[]string{"subscribed aircraft", "aircraft:snapshot @1 FAR{lat=10 lon=5}"},
		},
		"other fields": {
			func(_ *scene, g *guest) { g.subscribe("aircraft", "aircraft.fields=lat") },
			[]string{"subscribed aircraft", "aircraft:update 1→1 +FAR{lat=10} -NEAR"},
		},
		"another pace": {
			func(_ *scene, g *guest) {
				g.subscribe("aircraft", "aircraft.rate=1", `aircraft.filter={"military":true}`)
				g.subscribe("aircraft", "aircraft.rate=0.5", far)
			},
			[]string{"subscribed aircraft", "subscribed aircraft", "aircraft:update 1→1 +FAR{lat=10 lon=5} -NEAR"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				s.change("+NEAR lat=45 lon=5", "+FAR lat=10 lon=5")
				anna := s.enter("anna")
				anna.subscribe("aircraft", "legacy=false")
				anna.subscribe("aircraft", near)
				anna.subscribe("aircraft", far)
				anna.forget()
				between.happens(s, anna)
				s.wait(2 * time.Second)
				anna.want(between.want...)
				s.change("+NEW lat=10 lon=6", "+OTHER lat=45 lon=6")
				if holds := anna.holds("aircraft"); holds["NEW"] == nil || holds["OTHER"] != nil {
					t.Errorf("it holds %v", holds)
				}
			})
		})
	}
}

// A new epoch gives a crowd their snapshots over a while. Those whose change of
// view falls due in it get one of the new view.
func TestACrowdWithChangesOfFilterThatWaitMeetsANewEpoch(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+NEAR lat=45 lon=5")
		var crowd []*guest
		for range 1000 {
			g := s.enter("one of many")
			g.subscribe("aircraft", "legacy=false")
			g.subscribe("aircraft", near)
			g.subscribe("aircraft", far)
			g.forget()
			crowd = append(crowd, g)
		}
		s.wait(window - time.Millisecond) // and a millisecond later the filters would change
		s.begin()
		s.wait(time.Second)
		for _, g := range crowd {
			g.want("aircraft:snapshot @0")
		}
		s.change("+NEAR lat=45 lon=5", "+FAR lat=10 lon=5")
		s.wait(window)
		for _, g := range crowd {
			g.want("aircraft:update 0→1 +FAR{lat=10 lon=5}")
		}
	})
}

func TestFields(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=1 track=1", "+B track=1")
		anna := s.enter("anna")
		anna.subscribe("aircraft", "aircraft.fields=gs,alt", "legacy=false")
		anna.want("subscribed aircraft", "aircraft:snapshot @1 A{gs=1} B")
		s.change("~A track=2", "~B track=2")
		s.wait(window)
		anna.want()
		s.change("~A gs=2 track=3", "~B track=3")
		anna.want("aircraft:update 1→3 ~A{gs=2}")
		s.wait(window)
		anna.subscribe("aircraft", "aircraft.fields=track")
		anna.want("subscribed aircraft", "aircraft:update 3→3 +A{track=3} +B{track=3}")
		s.wait(window)
		anna.subscribe("aircraft", "aircraft.fields=")
		anna.want("subscribed aircraft", "aircraft:update 3→3 +A{gs=2 track=3} +B{track=3}")
		s.wait(window)
		anna.subscribe("aircraft", `aircraft.filter={"icao":["B"]}`, "aircraft.fields=track") // both at once
		anna.want("subscribed aircraft", "aircraft:update 3→3 +B{track=3} -A")
		s.wait(window)
		anna.subscribe("aircraft", "aircraft.filter={}") // the fields stay as they are
		anna.want("subscribed aircraft", "aircraft:update 3→3 +A{track=3}")
	})
}

// Those who ask for the same in other words share every message.
func TestOneEncodingPerView(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A lat=45 lon=5 gs=1")
		words := []string{
			`aircraft.filter={"icao":["A","B"],"bbox":{"north":50,"south":40,"east":10,"west":0}}`,
			`aircraft.filter={"bbox":{"west":0,"north":50.0,"south":40,"east":1e1},"icao":["b","a","A"],"military":null}`,
		}
		seen := map[any]int{}
		keepers := []*keeper{}
		for i := range 1000 {
			k := &keeper{}
			g := &guest{scene: s, name: "one of many", Member: s.hub.Enter(k, func(string) bool { return true })}
			g.view, g.line = newViewer(scenePolicies(), 1_000_000), &line{}
			g.subscribe("aircraft", words[i%2], "legacy=false")
			seen[k.last]++
			keepers = append(keepers, k)
		}
		if len(seen) != 1 {
			t.Errorf("1000 joins got %d different snapshots", len(seen))
		}
		s.change("~A gs=2")
		s.wait(time.Second)
		clear(seen)
		for _, k := range keepers {
			seen[k.last]++
		}
		if len(seen) != 1 {
			t.Errorf("1000 got %d different updates", len(seen))
		}
	})
}

// Those who came at different moments share every message once one has led them to
// the same position.
func TestOneEncodingForThoseWhoHaveMet(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=0")
		var crowd []*keeper
		different := func() int {
			seen := map[any]bool{}
			for _, k := range crowd {
				seen[k.last] = true
			}
			return len(seen)
		}
		for i := range 5 {
			k := &keeper{}
			g := &guest{scene: s, Member: s.hub.Enter(k, func(string) bool { return true }), view: newViewer(scenePolicies(), 1_000_000), line: &line{}}
			g.subscribe("aircraft", "legacy=false", "aircraft.rate=0.5")
			crowd = append(crowd, k)
			s.change(fmt.Sprint("~A gs=", i))
			s.wait(window + time.Millisecond)
		}
		s.wait(time.Second)
		if n := different(); n != 4 { // the first two were at one position
			t.Errorf("%d different updates from five positions", n)
		}
		s.change("~A gs=9")
		s.wait(2 * time.Second)
		if n := different(); n != 1 {
			t.Errorf("%d different updates from one position", n)
		}
	})
}

// A snapshot is shared for as long as a window, and no longer.
func TestASnapshotIsNotOlderThanAWindow(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=0")
		anna, bert, carl := s.enter("anna"), s.enter("bert"), s.enter("carl")
		anna.subscribe("aircraft")
		s.wait(window)
		bert.subscribe("aircraft")
		s.wait(time.Millisecond)
		carl.subscribe("aircraft")
		if anna.newest() != bert.newest() {
			t.Error("within a window two got different snapshots")
		}
		if carl.newest() == bert.newest() {
			t.Error("a snapshot was shared for longer than a window")
		}
	})
}
