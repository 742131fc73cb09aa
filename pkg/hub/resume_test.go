package hub_test

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// again has a client that was cut come again, with what it has.
func (g *guest) again() *guest {
	g.Leave()
	next := g.scene.enter(g.name)
	next.view = g.view
	return next
}

const near = `aircraft.filter={"bbox":{"north":50,"south":40,"east":10,"west":0}}`

func TestResume(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=1", "+B gs=1", "+C gs=1")
		anna := s.enter("anna")
		anna.subscribe("aircraft")
		anna.want("subscribed aircraft", "aircraft:snapshot @1 A{gs=1} B{gs=1} C{gs=1}")
		anna.Leave()
		s.change("~A gs=2 track=3")
		s.change("-B", "+D gs=4")
		s.change("~A track=")
		s.wait(retention - time.Second)
		anna = anna.again()
		anna.subscribe("aircraft", "aircraft.since=held")
		anna.want("subscribed aircraft resumed", "aircraft:update 1→4 +A{gs=2} +D{gs=4} -B")
		s.change("~A gs=3")
		anna.want("aircraft:update 4→5 ~A{gs=3}")
	})
}

// Nothing has changed: nothing is sent, and the next change leads on.
func TestResumeOfNothing(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=1")
		anna := s.enter("anna")
		anna.subscribe("aircraft")
		anna.Leave()
		s.change("-Z") // which nobody knew
		anna = anna.again()
		anna.subscribe("aircraft", "aircraft.since=held")
		s.change("~A gs=2")
		anna.want("subscribed aircraft resumed", "aircraft:update 1→3 ~A{gs=2}")
	})
}

// Of what was in a filtered view it is not known: whatever changed and is not in it
// now is gone.
func TestResumeOfAFilteredView(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+IN gs=1 lat=45 lon=5", "+LEAVES lat=45 lon=6", "+ENTERS lat=10 lon=6", "+OUT lat=10 lon=6", "+STAYS lat=46 lon=6")
		anna := s.enter("anna")
		anna.subscribe("aircraft", near)
		anna.want("subscribed aircraft", "aircraft:snapshot @1 IN{gs=1 lat=45 lon=5} LEAVES{lat=45 lon=6} STAYS{lat=46 lon=6}")
		anna.Leave()
		s.change("~IN gs=2", "~LEAVES lat=39", "~ENTERS lat=41", "~OUT gs=3")
		anna = anna.again()
		anna.subscribe("aircraft", near, "aircraft.since=held")
		anna.want("subscribed aircraft resumed", "aircraft:update 1→2 +IN{gs=2 lat=45 lon=5} +ENTERS{lat=41 lon=6} -LEAVES -OUT")
		s.change("~STAYS gs=1", "~OUT gs=4")
		anna.want("aircraft:update 2→3 ~STAYS{gs=1}")
	})
}

func TestResumeIsRefused(t *testing.T) {
	for name, away := range map[string]func(s *scene, g *guest) (next *guest, options []string){
		"too old: a record that went is forgotten": func(s *scene, g *guest) (*guest, []string) {
			g.Leave()
			s.change("-B")
			s.wait(retention + 2*time.Second)
			return g.again(), nil
		},
		"another view": func(_ *scene, g *guest) (*guest, []string) {
			return g.again(), []string{`aircraft.filter={"military":false}`}
		},
		"other fields": func(_ *scene, g *guest) (*guest, []string) {
			return g.again(), []string{`aircraft.fields=gs`}
		},
		"another epoch": func(s *scene, g *guest) (*guest, []string) {
			g.Leave()
			s.begin()
			s.change("+A gs=1 military=false")
			return g.again(), nil
		},
		"ahead": func(_ *scene, g *guest) (*guest, []string) {
			next := g.again()
			at := next.position("aircraft")
			next.hold("aircraft", wire.Position{Epoch: at.Epoch, Seq: at.Seq + 5, View: at.View})
			return next, nil
		},
		"of a connection that goes on, another view": func(_ *scene, g *guest) (*guest, []string) {
			return g, []string{`aircraft.filter={"military":false}`}
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				s.change("+A gs=1 military=false", "+B gs=1")
				anna := s.enter("anna")
				anna.subscribe("aircraft")
				anna, options := away(s, anna)
				anna.forget()
				anna.subscribe(append(options, "aircraft", "aircraft.since=held")...)
				last := anna.lately(2)
				if len(last) != 2 || last[0] != "subscribed aircraft" || last[1][:18] != "aircraft:snapshot " {
					t.Errorf("it got %v", last)
				}
				s.change("~A gs=2")
				if holds := anna.holds("aircraft"); holds["A"]["gs"] != "2" {
					t.Errorf("it holds %v", holds)
				}
			})
		})
	}
}

// A client that met a hole goes on without coming again.
func TestResumeAfterAHole(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A gs=1")
		anna := s.enter("anna")
		anna.subscribe("aircraft")
		s.change("~A gs=2")
		s.change("~A gs=3")
		at := anna.position("aircraft")
		anna.hold("aircraft", wire.Position{Epoch: at.Epoch, Seq: 1, View: at.View}) // it missed 2
		anna.forget()
		anna.subscribe("aircraft", "aircraft.since=held")
		anna.want("subscribed aircraft resumed", "aircraft:update 1→3 +A{gs=3}")
		s.change("~A gs=4")
		anna.want("aircraft:update 3→4 ~A{gs=4}")
	})
}

// What one process says that is gone is no more than what a snapshot takes.
func TestAResumeThatNamesTooManyIsASnapshot(t *testing.T) {
	play(t, func(s *scene) {
		anna := s.enter("anna")
		anna.subscribe("aircraft", near)
		anna.Leave()
		var add, gone []string
		for i := range 501 {
			add, gone = append(add, "+"+key(i)+" gs=1"), append(gone, "-"+key(i))
		}
		s.change(add...)
		s.change(gone...)
		anna = anna.again()
		anna.subscribe("aircraft", near, "aircraft.since=held")
		anna.want("subscribed aircraft", "aircraft:snapshot @2")
	}, func(policies []topic.Policy, _ *batch.Config) { policies[0].RetainMost = 1000 })
}

func TestResumeOfEvents(t *testing.T) {
	for name, bypass := range map[string]bool{"acars": false, "safety": true} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				anna := s.enter("anna")
				anna.subscribe(name)
				s.happen(name, "A", "B")
				s.wait(window)
				anna.want("subscribed "+name, name+":snapshot @0", name+":event 0→1 A", name+":event 1→2 B")
				anna.Leave()
				s.happen(name, "C")
				s.wait(retention - time.Second)
				s.happen(name, "D")
				anna = anna.again()
				anna.subscribe(name, name+".since=held")
				anna.want("subscribed "+name+" resumed", name+":event 2→3 C", name+":event 3→4 D")
				s.happen(name, "E")
				anna.want(name + ":event 4→5 E")
				anna.Leave()
				s.happen(name, "F", "G")
				s.wait(retention + 2*time.Second)
				s.happen(name, "H")
				anna = anna.again()
				anna.subscribe(name, name+".since=held")
				anna.want("subscribed "+name, name+":snapshot @8 H") // F and G are forgotten
				if bypass {
					s.happen(name, "I", "J")
					anna.want(name+":event 8→9 I", name+":event 9→10 J")
				}
			})
		})
	}
}

// Each position that a client may hold of a filtered topic of events leads on.
func TestResumeOfFilteredEvents(t *testing.T) {
	play(t, func(s *scene) {
		const military = `acars.filter={"military":true}`
		anna := s.enter("anna")
		anna.subscribe("acars", military)
		s.happen("acars", "A", "B military=true", "C")
		s.wait(window)
		anna.want("subscribed acars", "acars:snapshot @0", "acars:event 0→2 B{military=true}")
		anna = anna.again()
		s.happen("acars", "D", "E military=true", "F military=true", "G")
		anna.subscribe("acars", military, "acars.since=held")
		anna.want("subscribed acars resumed", "acars:event 2→5 E{military=true}", "acars:event 5→6 F{military=true}")
		anna = anna.again()
		anna.subscribe("acars", military, "acars.since=held")
		s.happen("acars", "H", "I military=true")
		s.wait(window)
		anna.want("subscribed acars resumed", "acars:event 6→9 I{military=true}")
		anna = anna.again()
		anna.subscribe("acars", "acars.filter={}", "acars.since=held")
		anna.want("subscribed acars", "acars:snapshot @9 I{military=true} H G")
	})
}
