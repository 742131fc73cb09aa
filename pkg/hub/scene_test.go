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

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/hub/replica/replicatest"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// scene is a hub of two topics of state and two of events, in a bubble with its
// own clock. Its retention is 10 s.
type scene struct {
	*testing.T
	hub    *hub.Hub
	log    *patchy
	writer feedlog.Writer
}

// scenePolicies are the topics of a scene.
func scenePolicies() []topic.Policy {
	events := topic.Policy{Kind: topic.Event, Key: "hex", List: "events", Retention: retention, RetainMost: 1000, RetainBytes: 1 << 20, Recent: 3}
	acars, safety := events, events
	acars.Name, acars.Prefix = "acars", "acars"
	safety.Name, safety.Prefix, safety.Bypass = "safety", "safety", true
	return []topic.Policy{
		{
			Name: "aircraft", Prefix: "aircraft", Key: "hex", List: "aircraft", Rate: 10, Retention: retention, RetainMost: 1000, Urgent: "emergency",
			Legacy: &topic.Legacy{New: "aircraft:new", NewList: "aircraft", Removed: "aircraft:remove", RemovedList: "icaos"},
		},
		{Name: "vessels", Prefix: "vessel", Key: "hex", List: "vessels", Rate: 10, Retention: retention, RetainMost: 1000},
		acars, safety,
	}
}

// play runs a script of a scene. change may change what the hub is made of.
func play(t *testing.T, script func(s *scene), change ...func(policies []topic.Policy, batches *batch.Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		policies, batches := scenePolicies(), batch.DefaultConfig()
		for _, change := range change {
			change(policies, &batches)
		}
		log := &patchy{Memory: feedlog.NewMemory(), back: make(chan struct{})}
		s := &scene{T: t, log: log, hub: hub.New(log, policies, batches, zerolog.Nop())}
		s.begin()
		for _, name := range []string{"acars", "safety"} {
			if _, err := log.Publish(t.Context(), name, nil); err != nil {
				t.Fatal(err)
			}
		}
		done := make(chan error)
		go func() { done <- s.hub.Run(ctx) }()
		synctest.Wait()
		script(s)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// begin begins a new epoch of the aircraft.
func (s *scene) begin() {
	s.Helper()
	var err error
	if s.writer, err = s.log.Begin(s.Context(), "aircraft"); err != nil {
		s.Fatal(err)
	}
	synctest.Wait()
}

// change appends changes of the aircraft: "+A gs=1" adds, "~A gs=2 alt=" updates, "-A" removes.
func (s *scene) change(parts ...string) {
	s.Helper()
	c := &record.Change{Observed: time.Now().UnixMilli()}
	for _, part := range parts {
		key, fields, _ := strings.Cut(part[1:], " ")
		r := record.Record{Key: key, Fields: fieldsFrom(fields)}
		switch part[0] {
		case '+':
			c.Added = append(c.Added, r)
		case '~':
			c.Updated = append(c.Updated, r)
		case '-':
			c.Removed = append(c.Removed, key)
		}
	}
	if _, err := s.writer.Append(s.Context(), c); err != nil {
		s.Fatal(err)
	}
	synctest.Wait()
}

func fieldsFrom(text string) (fields record.Fields) {
	for _, pair := range strings.Fields(text) {
		name, raw, _ := strings.Cut(pair, "=")
		fields = append(fields, record.Field{Name: name, Raw: raw})
	}
	fields.Sort()
	return fields
}

// happen publishes events of a topic: "A military=true".
func (s *scene) happen(name string, events ...string) {
	s.Helper()
	for _, event := range events {
		key, fields, _ := strings.Cut(event, " ")
		e := &record.Event{Name: name + ":event", Record: record.Record{Key: key, Fields: fieldsFrom(fields)}}
		if _, err := s.log.Publish(s.Context(), name, &record.Change{Event: e}); err != nil {
			s.Fatal(err)
		}
		synctest.Wait()
	}
}

// wait lets time pass.
func (s *scene) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// guest is a client in a scene.
type guest struct {
	*line
	*hub.Member
	scene *scene
	name  string
	view  *viewer

	mu   sync.Mutex // guards all below
	got  []string
	last *wire.Message
}

// enter has a client come, whose outbox is as large as in the product.
func (s *scene) enter(name string) *guest { return s.enterFor(name, scenePolicies()) }

// enterFor is enter in a scene of other topics.
func (s *scene) enterFor(name string, policies []topic.Policy) *guest {
	g := &guest{scene: s, name: name, view: newViewer(policies, 1_000_000)}
	g.line = &line{room: room{1000, 1000, 256}, read: g.take}
	g.Member = s.hub.Enter(g.line, func(string) bool { return true })
	s.Cleanup(func() {
		for _, wrong := range g.view.wrong {
			s.Errorf("%s: %s", name, wrong)
		}
	})
	return g
}

func (g *guest) take(m *wire.Message) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.got = append(g.got, textOf(m.Event, m.Data))
	g.last = m
	g.view.read(m)
}

// subscribe subscribes; the options are "aircraft.filter={…}", "aircraft.fields=gs,alt",
// "aircraft.rate=1", "aircraft.since=held", "batch=true", "legacy=false", and names of topics.
func (g *guest) subscribe(options ...string) {
	g.scene.Helper()
	if err := g.try(options...); err != nil {
		g.scene.Fatal(err)
	}
}

func (g *guest) try(options ...string) error {
	ask := hub.Subscribe{Filters: map[string]*view.Filter{}, Fields: map[string][]string{}, Rates: map[string]*float64{}, Since: map[string]wire.Position{}}
	for _, option := range options {
		path, value, given := strings.Cut(option, "=")
		name, what, _ := strings.Cut(path, ".")
		switch {
		case !given:
			ask.Topics = append(ask.Topics, option)
		case what == "filter":
			f, err := view.ParseFilter(json.RawMessage(value))
			if err != nil {
				panic(err)
			}
			ask.Filters[name] = f
		case what == "fields" && value == "":
			ask.Fields[name] = nil
		case what == "fields":
			ask.Fields[name] = strings.Split(value, ",")
		case what == "rate" && value == "":
			ask.Rates[name] = nil
		case what == "rate":
			var hz float64
			if _, err := fmt.Sscan(value, &hz); err != nil {
				panic(err)
			}
			ask.Rates[name] = &hz
		case what == "since":
			ask.Since[name] = g.position(name)
		case path == "batch":
			batch := value == "true"
			ask.Batch = &batch
			for _, f := range g.view.topics {
				f.batch = batch
			}
		case path == "legacy":
			legacy := value == "true"
			ask.Legacy = &legacy
		default:
			panic(option)
		}
	}
	_, err := g.Subscribe(ask)
	g.tell()
	return err
}

// position is the one that the client has reached in a topic.
func (g *guest) position(name string) wire.Position {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.view.topics[name].at
}

// hold has the client hold a position in a topic.
func (g *guest) hold(name string, at wire.Position) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.view.topics[name]
	f.begun, f.at = true, at
}

// holds is what the client has of a topic.
func (g *guest) holds(name string) replicatest.State {
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.view.topics[name].holds.Clone()
}

// forgive gives what was wrong, and forgets it.
func (g *guest) forgive() []string {
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	wrong := g.view.wrong
	g.view.wrong = nil
	return wrong
}

// drain has the client read all, and go on reading.
func (g *guest) drain() {
	g.stall(false)
	g.tell()
}

// tell tells the hub when nothing waits any more.
func (g *guest) tell() {
	synctest.Wait()
	for range 100 {
		lost := g.drained()
		if lost == nil {
			break
		}
		g.Drained(lost)
		synctest.Wait()
	}
}

// want compares what came since the last time.
func (g *guest) want(messages ...string) {
	g.scene.Helper()
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	if d := cmp.Diff(messages, g.got); d != "" {
		g.scene.Errorf("%s got (-want +got):\n%s", g.name, d)
	}
	g.got = nil
}

// forget has the next want begin here.
func (g *guest) forget() {
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.got = nil
}

// newest is the newest message that came.
func (g *guest) newest() *wire.Message {
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.last
}

// lately are the newest that came.
func (g *guest) lately(n int) []string {
	synctest.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.got[max(0, len(g.got)-n):]
}
