package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// epochs is a log of events that goes from epoch to epoch, as one does that is
// elsewhere and loses its tail.
type epochs struct {
	feedlog.Log
	mu      sync.Mutex // guards all below
	entries []*feedlog.Entry
	empty   bool // it knows nothing of the topic
	grown   chan struct{}
}

func newEpochs() *epochs { return &epochs{grown: make(chan struct{})} }

func (l *epochs) at() topic.Position {
	if l.empty {
		return topic.Position{}
	}
	if len(l.entries) == 0 {
		return topic.Position{Epoch: "E1"}
	}
	return l.entries[len(l.entries)-1].At
}

func (l *epochs) Load(context.Context, string) (feedlog.State, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return feedlog.State{At: l.at(), Entries: l.entries}, nil
}

func (l *epochs) Read(ctx context.Context, _ string, after topic.Position) ([]*feedlog.Entry, error) {
	for {
		l.mu.Lock()
		at, grown := l.at(), l.grown
		var found []*feedlog.Entry
		for _, e := range l.entries {
			if e.At.Epoch == at.Epoch && e.At.Seq > after.Seq {
				found = append(found, e)
			}
		}
		l.mu.Unlock()
		switch {
		case at.Epoch != after.Epoch || at.Seq < after.Seq || len(found) > 0 && found[0].Base != after.Seq:
			return nil, feedlog.ErrGone
		case len(found) > 0:
			return found, nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// become gives the log other entries.
func (l *epochs) become(entries ...*feedlog.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries, l.empty = entries, false
	close(l.grown)
	l.grown = make(chan struct{})
}

// event is an event at a place, told by its name; one that had another place before
// names that.
func at(epoch string, seq uint64, key string, origin ...topic.Position) *feedlog.Entry {
	e := &feedlog.Entry{
		Base: seq - 1, At: topic.Position{Epoch: epoch, Seq: seq},
		Change: &record.Change{Event: &record.Event{Name: "acars:event", Record: record.Record{Key: key}}},
	}
	if len(origin) > 0 {
		e.Origin = origin[0]
	}
	return e
}

// begin is where an epoch begins that continues another.
func begin(epoch, before string, seq uint64) *feedlog.Entry {
	return &feedlog.Entry{At: topic.Position{Epoch: epoch}, Continues: topic.Position{Epoch: before, Seq: seq}, Change: &record.Change{}}
}

// A log loses its tail and goes on in another epoch, where what was lost is told
// again: a process that has told it does not tell it twice, and who comes from the
// old epoch, to this process or to another, gets what it lacks and no more.
func TestEventsAcrossEpochs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		log := newEpochs()
		policies := []topic.Policy{{Name: "acars", Prefix: "acars", Kind: topic.Event, Key: "hex", List: "events", Retention: retention, RetainMost: 100, RetainBytes: 1 << 20, Recent: 3, Bypass: true}}
		done := make(chan error, 2)
		open := func() *hub.Hub {
			h := hub.New(log, policies, batch.DefaultConfig(), zerolog.Nop())
			go func() { done <- h.Run(ctx) }()
			synctest.Wait()
			return h
		}
		here := &scene{T: t, hub: open()}
		a, b, c, d := at("E1", 1, "A"), at("E1", 2, "B"), at("E1", 3, "C"), at("E1", 4, "D")
		anna := here.enter("anna")
		anna.subscribe("acars")
		log.become(a, b)
		log.become(a, b, c, d)
		anna.want("subscribed acars", "acars:snapshot @0", "acars:event 0→1 A", "acars:event 1→2 B", "acars:event 2→3 C", "acars:event 3→4 D")
		held := anna.position("acars")

		// C and D are lost, and told again; then comes what is new.
		c2, d2, e := at("E2", 1, "C", c.At), at("E2", 2, "D", d.At), at("E2", 3, "E")
		log.become(a, b, begin("E2", "E1", 2))
		synctest.Wait()
		anna.want()
		log.become(a, b, begin("E2", "E1", 2), c2)
		synctest.Wait()
		log.become(a, b, begin("E2", "E1", 2), c2, d2)
		synctest.Wait()
		anna.want()
		log.become(a, b, begin("E2", "E1", 2), c2, d2, e)
		synctest.Wait()
		if got := fmt.Sprint(anna.lately(9)); got != "[acars:event 2→3 E]" {
			t.Errorf("anna got %s", got)
		}
		anna.forgive() // it is of another epoch: she asks

		there := &scene{T: t, hub: open()} // another process, that comes now
		for name, tc := range map[string]struct {
			epoch string
			seq   uint64
			want  string
		}{
			"all that was told":           {"E1", 4, "[E]"},
			"a part of what was lost":     {"E1", 3, "[D E]"},
			"nothing of what was lost":    {"E1", 2, "[C D E]"},
			"a part of what was kept":     {"E1", 1, "[B C D E]"},
			"what was lost, at its place": {"E2", 1, "[D E]"},
			"all":                         {"E2", 3, "[]"},
		} {
			for where, s := range map[string]*scene{"here": here, "there": there} {
				if where == "here" && tc.epoch == "E2" && tc.seq == 1 {
					continue // this process gives nobody that position
				}
				g := s.enter(name + ", " + where)
				at := held
				at.Epoch, at.Seq = tc.epoch, tc.seq
				g.hold("acars", at)
				g.subscribe("acars", "acars.since=held")
				got := g.lately(9)
				keys := []string{}
				for _, text := range got[1:] {
					words := strings.Fields(text)
					keys = append(keys, words[len(words)-1])
				}
				if got[0] != "subscribed acars resumed" || fmt.Sprint(keys) != tc.want {
					t.Errorf("who has %s, %s: %q, want %s", name, where, got, tc.want)
				}
				g.forgive()
				if got, at := s.goOn(held.View, topic.Position{Epoch: tc.epoch, Seq: tc.seq}); fmt.Sprint(got) != tc.want || at != e.At {
					t.Errorf("who has %s, %s, and keeps to the rules gets %q, and is at %v; want %s, %v", name, where, got, at, tc.want, e.At)
				}
			}
		}
		cancel()
		for range cap(done) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
}

// A log loses all that it has, the topic itself included, before those who published
// begin it again: what a process holds stays, and so does what its clients have.
func TestALogThatIsEmptied(t *testing.T) {
	for name, empty := range map[string]time.Duration{"for a moment": 0, "for a while": 10 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				log := newEpochs()
				policies := []topic.Policy{{Name: "acars", Prefix: "acars", Kind: topic.Event, Key: "hex", List: "events", Retention: 1_000_000 * time.Hour, RetainMost: 100, RetainBytes: 1 << 20, Recent: 3, Bypass: true}}
				h := hub.New(log, policies, batch.DefaultConfig(), zerolog.Nop())
				done := make(chan error, 1)
				go func() { done <- h.Run(ctx) }()
				synctest.Wait()
				s := &scene{T: t, hub: h}
				a, b := at("E1", 1, "A"), at("E1", 2, "B")
				log.become(a, b)
				synctest.Wait()
				anna := s.enter("anna")
				anna.subscribe("acars")
				anna.want("subscribed acars", "acars:snapshot @2 B A")
				log.lose()
				synctest.Wait()
				time.Sleep(empty)
				log.become(at("E2", 1, "A", a.At), at("E2", 2, "B", b.At), at("E2", 3, "C"))
				time.Sleep(10 * time.Second)
				anna.forgive() // C is of another epoch: she asks
				keys, _ := s.goOn(anna.position("acars").View, b.At)
				if got := fmt.Sprint(keys); got != "[C]" {
					t.Errorf("who had all before gets %s, want [C]; anna got %q", got, anna.lately(9))
				}
				for _, line := range anna.lately(9) {
					if strings.Contains(line, "snapshot") || strings.HasSuffix(line, " A") || strings.HasSuffix(line, " B") {
						t.Errorf("anna got %s once more", line)
					}
				}
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// lose empties the log.
func (l *epochs) lose() {
	l.become()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.empty = true
	close(l.grown)
	l.grown = make(chan struct{})
}

// goOn is a client that keeps to the rules: it begins where subscribed says, takes what
// continues its own position, in the same epoch, and else asks again from there. (It
// gives up after three times.)
func (s *scene) goOn(view string, from topic.Position) (keys []string, at topic.Position) {
	s.Helper()
	at = from
	for range 3 {
		var got recorded
		m := s.hub.Enter(&got, func(string) bool { return true })
		since := wire.Position{Epoch: at.Epoch, Seq: at.Seq, View: view}
		answer, err := m.Subscribe(hub.Subscribe{Topics: []string{"acars"}, Since: map[string]wire.Position{"acars": since}})
		if err != nil {
			s.Fatal(err)
		}
		m.Leave()
		at = topic.Position{Epoch: answer.Positions["acars"].Epoch, Seq: answer.Positions["acars"].Seq}
		hole := false
		for _, m := range got {
			if m.Event != "acars:event" {
				continue
			}
			var e struct {
				Epoch, Hex string
				Base, Seq  uint64
			}
			if err := json.Unmarshal(m.Data, &e); err != nil {
				s.Fatal(err)
			}
			if hole = e.Epoch != at.Epoch || e.Base != at.Seq; hole {
				break
			}
			keys, at.Seq = append(keys, e.Hex), e.Seq
		}
		if !hole {
			return keys, at
		}
	}
	return append(keys, "..."), at
}

// recorded keeps all that is sent to it.
type recorded []*wire.Message

func (r *recorded) Send(messages ...*wire.Message) { *r = append(*r, messages...) }
func (r *recorded) Hold()                          {}
func (r *recorded) Release()                       {}
func (r *recorded) Close(string)                   {}
func (r *recorded) Purge(string)                   {}
