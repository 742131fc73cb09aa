package hub_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// A series is told once, in the snapshot; then each point alone. Only clients that
// keep none get it each time.
func TestASeriesIsToldOnce(t *testing.T) {
	play(t, func(s *scene) {
		plain, legacy := s.listen(false, nil), s.listen(true, nil)
		for _, step := range []struct{ event, whole, place string }{
			{"tick n=1", `[1]`, `0→1`},
			{"tick n=2", `[1,2]`, `1→2`},
			{"tick n=3", `[1,2,3]`, `2→3`},
			{"tick n=4", `[2,3,4]`, `3→4`},
		} {
			s.wait(retention) // what is forgotten is in the series all the same
			s.happen("acars", step.event)
			s.wait(window)
			plain.want(t, step.place, "")
			legacy.want(t, step.place, step.whole)
		}
		late := s.listen(false, nil)
		late.want(t, "→4", `[2,3,4]`)
		s.happen("acars", "other m=9")
		s.wait(window)
		s.listen(false, nil).want(t, "→5", `[2,3,4]`)

		s.happen("acars", "tick n=5")
		back := s.listen(true, &wire.Position{Epoch: late.epoch, Seq: 5, View: late.view}) // it has what was before
		back.want(t, "5→6", "")
	}, func(policies []topic.Policy, _ *batch.Config) {
		policies[2].Series = &topic.Series{Event: "acars:event", Point: "n", List: "series", Most: 3}
	})
}

// listener keeps the newest message.
type listener struct {
	newest      *wire.Message
	epoch, view string
}

func (l *listener) Send(messages ...*wire.Message) { l.newest = messages[len(messages)-1] }
func (l *listener) Hold()                          {}
func (l *listener) Release()                       {}
func (l *listener) Close(string)                   {}
func (l *listener) Purge(string)                   {}

// listen has somebody subscribe, who goes on from a position if it is given.
func (s *scene) listen(legacy bool, since *wire.Position) *listener {
	s.Helper()
	l := &listener{}
	ask := hub.Subscribe{Topics: []string{"acars"}, Legacy: &legacy}
	if since != nil {
		ask.Since = map[string]wire.Position{"acars": *since}
	}
	answer, err := s.hub.Enter(l, func(string) bool { return true }).Subscribe(ask)
	if err != nil {
		s.Fatal(err)
	}
	l.epoch, l.view = answer.Positions["acars"].Epoch, answer.Views["acars"]
	return l
}

// want compares the place and the series of the newest event, or of that in a snapshot.
func (l *listener) want(t *testing.T, place, series string) {
	t.Helper()
	synctest.Wait()
	type event struct {
		Hex    string
		Series json.RawMessage
	}
	var m struct {
		event
		Base, Seq json.Number
		Events    []event
	}
	if err := json.Unmarshal(l.newest.Data, &m); err != nil {
		t.Fatal(err)
	}
	for _, e := range m.Events {
		if e.Hex == "tick" {
			m.event = e
		}
	}
	got := []string{string(m.Base) + "→" + string(m.Seq), string(m.Series)}
	if d := cmp.Diff([]string{place, series}, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", l.newest.Data, d)
	}
}
