package hub_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// A topic that goes along with another is joined and left with that one, without a
// snapshot and without a word of its own; what it tells can be resumed.
func TestAlong(t *testing.T) {
	play(t, func(s *scene) {
		anna, bert, carl := s.enter("anna"), s.enter("bert"), s.enter("carl")
		anna.subscribe("aircraft")
		bert.subscribe("safety")
		carl.AutoJoin()
		s.wait(2 * window)
		dora := s.enter("dora")
		dora.AutoJoin()
		s.happen("acars", "0") // before the snapshot of the topic that it goes along with
		dora.want("acars:event 0→1 0")
		s.wait(2 * window)
		dora.want("aircraft:snapshot @0")
		anna.want("subscribed aircraft", "aircraft:snapshot @0", "acars:event 0→1 0")
		bert.want("subscribed safety", "safety:snapshot @0")
		carl.want("aircraft:snapshot @0", "acars:event 0→1 0")
		s.happen("acars", "A")
		s.wait(window)
		anna.want("acars:event 1→2 A")
		bert.want()
		carl.want("acars:event 1→2 A")
		if d := cmp.Diff([]string{"aircraft"}, anna.Topics()); d != "" {
			t.Errorf("anna's topics (-want +got):\n%s", d)
		}

		left, err := carl.Unsubscribe([]string{"acars", "aircraft"})
		if err != nil || len(left.Topics) != 1 || len(left.Remaining) != 0 {
			t.Errorf("left %+v, %v", left, err)
		}
		carl.forget()
		s.happen("acars", "B")
		s.wait(window)
		carl.want()
		anna.want("acars:event 2→3 B")

		at, err := bert.Subscribe(hub.Subscribe{Topics: []string{"acars"}})
		if err != nil || len(at.Unknown) != 1 || len(at.Joined) != 0 {
			t.Errorf("by its own name: %+v, %v", at, err)
		}
		if at, err = anna.Subscribe(hub.Subscribe{Topics: []string{"aircraft"}}); err != nil || at.Positions["acars"].Seq != 3 {
			t.Errorf("anna is at %+v, %v", at, err)
		}
		since := wire.Position{Epoch: at.Positions["acars"].Epoch, Seq: 2, View: at.Views["acars"]}
		if at, err = carl.Subscribe(hub.Subscribe{Topics: []string{"aircraft"}, Since: map[string]wire.Position{"acars": since}}); err != nil || !at.Resumed["acars"] {
			t.Errorf("carl resumes: %+v, %v", at, err)
		}
		carl.want("subscribed aircraft", "aircraft:snapshot @0", "acars:event 2→3 B")

		anna.forget()
		bert.forget()
		anna.subscribe("all")
		anna.want("subscribed aircraft, vessels, safety", "aircraft:snapshot @0", "vessel:snapshot @0", "safety:snapshot @0")
		s.happen("acars", "C")
		s.wait(window)
		anna.want("acars:event 3→4 C")
		if _, err := anna.Unsubscribe([]string{"all"}); err != nil {
			t.Error(err)
		}
		anna.forget()
		s.happen("acars", "D")
		s.wait(window)
		anna.want()
		bert.want()
		for _, g := range []*guest{anna, bert, carl, dora} {
			g.forgive() // a client that knows nothing of such topics
		}
	}, func(policies []topic.Policy, _ *batch.Config) {
		policies[0].AutoJoin, policies[2].AutoJoin = true, true
		policies[2].Along = policies[0].Name
	})
}
