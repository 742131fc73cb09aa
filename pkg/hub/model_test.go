package hub_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/hub/replica/replicatest"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// TestModel plays random sequences of what can happen to a hub and to those whom
// it serves, and compares with plain maps and lists: see the steps, and
// [model.settle] for what holds after them.
func TestModel(t *testing.T) {
	const shards = 4
	most := uint64(sequences)
	if testing.Short() {
		most = 100
	}
	for shard := range uint64(shards) {
		t.Run(fmt.Sprint("shard ", shard), func(t *testing.T) {
			t.Parallel()
			for seed := shard; seed < most && !t.Failed(); seed += shards {
				synctest.Test(t, func(t *testing.T) {
					if sequence(t, seed, 100); t.Failed() {
						t.Errorf("seed %d", seed)
					}
				})
			}
		})
	}
}

// TestModelSeed plays one sequence and tells what happens: SEED=… go test -run TestModelSeed -v
func TestModelSeed(t *testing.T) {
	seed, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	if err != nil {
		t.Skip("SEED is not set")
	}
	synctest.Test(t, func(t *testing.T) { sequence(t, seed, 100) })
}

// tellf tells what happens, to those who look at one sequence.
func (m *model) tellf(format string, args ...any) {
	if os.Getenv("SEED") != "" {
		m.Helper()
		m.Logf(time.Now().Format("05.000000 ")+format, args...)
	}
}

// retention is how long the model's topics remember.
const retention = 10 * time.Second

// model is a hub with its writers and clients, and what they should have.
type model struct {
	*testing.T
	rng      *rand.Rand
	policies []topic.Policy
	batches  batch.Config
	hub      *hub.Hub
	log      *feedlog.Memory
	writer   feedlog.Writer
	keys     int
	part     float64 // of the keys is in a change
	room     room    // on each line
	clients  []*visitor

	// The reference.
	world  replicatest.World
	at     topic.Position
	gone   []moment            // when records went, in this epoch
	events map[string][]moment // by topic
	n      int                 // events, in all
}

// moment is something that happened at a seq.
type moment struct {
	seq  uint64
	time time.Time
	n    int
	record.Record
}

func sequence(t *testing.T, seed uint64, steps int) {
	m := newModel(t, rand.New(rand.NewPCG(seed, 3)))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- m.hub.Run(ctx) }()
	synctest.Wait()
	time.Sleep(137 * time.Microsecond) // what the model does falls on no end of a window
	for range steps {
		if m.step(); t.Failed() {
			break
		}
	}
	if !t.Failed() {
		m.settle()
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func newModel(t *testing.T, rng *rand.Rand) *model {
	most := pick(rng, 3, 1000, 1000)
	urgent := pick(rng, "", "", "military")
	m := &model{
		T: t, rng: rng, log: feedlog.NewMemory(), world: replicatest.World{}, events: map[string][]moment{},
		keys: pick(rng, 4, 8, 12), part: pick(rng, 0.1, 0.4),
		room: pick(rng, room{3, 2, 8}, room{6, 3, 40}, room{12, 5, 40}),
		batches: batch.Config{
			Window: pick(rng, window, window, window, 0), Messages: pick(rng, 5, 50), Bytes: 1 << 20, MaxMessage: pick(rng, 900, 1500, 1_000_000),
		},
		policies: []topic.Policy{
			{
				Name: "aircraft", Prefix: "aircraft", Key: "hex", List: "aircraft", AutoJoin: true, Rate: 10, Retention: retention, RetainMost: most, Urgent: urgent,
				Legacy: &topic.Legacy{New: "aircraft:new", NewList: "aircraft", Removed: "aircraft:remove", RemovedList: "icaos"},
			},
			{
				Name: "positions", Prefix: "positions", Key: "hex", List: "positions", OptIn: true, Rate: 10, Retention: retention, RetainMost: most,
				Of: "aircraft", Only: []string{"lat", "lon"}, Whole: true,
			},
			{
				Name: "acars", Prefix: "acars", Key: "hex", List: "events", Kind: topic.Event,
				Retention: retention, RetainMost: 1000, RetainBytes: 1 << 20, Recent: 3,
			},
			{
				Name: "safety", Prefix: "safety", Key: "hex", List: "events", Kind: topic.Event, Bypass: true,
				Retention: retention, RetainMost: 1000, RetainBytes: 1 << 20, Recent: 3,
			},
		},
	}
	m.hub = hub.New(m.log, m.policies, m.batches, zerolog.Nop())
	m.begin()
	for _, name := range []string{"acars", "safety"} {
		if _, err := m.log.Publish(t.Context(), name, nil); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func pick[T any](rng *rand.Rand, from ...T) T { return from[rng.IntN(len(from))] }

// step does one thing at random.
func (m *model) step() {
	c := m.any()
	switch p := m.rng.IntN(100); {
	case p < 35:
		m.change()
	case p < 45:
		for range pick(m.rng, 1, 1, 1, 3, 8) {
			m.publish(pick(m.rng, "acars", "acars", "safety"))
		}
	case p < 50 || c == nil:
		m.enter()
	case p < 60:
		m.ask(c, false)
	case p < 63:
		m.unsubscribe(c)
	case p < 66:
		m.disconnect(c)
	case p < 70:
		m.reconnect(c)
	case p < 74:
		m.tellf("%s stalls", c.name)
		c.line.stall(true)
	case p < 78:
		n := 1 + m.rng.IntN(4)
		m.tellf("%s reads %d", c.name, n)
		c.line.readSome(n)
	case p < 80:
		m.tellf("%s reads all", c.name)
		c.line.stall(false)
	case p < 82:
		m.begin()
	case p < 83:
		m.settle()
	case p < 86:
		m.sleep(time.Duration(m.rng.IntN(40)) * time.Second)
	default:
		m.sleep(time.Duration(m.rng.IntN(120)) * time.Millisecond)
	}
	m.pump()
}

func (m *model) any() *visitor {
	if len(m.clients) == 0 {
		return nil
	}
	return pick(m.rng, m.clients...)
}

// begin begins a new epoch of the state.
func (m *model) begin() {
	m.Helper()
	for _, c := range m.clients {
		c.restarted()
	}
	var err error
	if m.writer, err = m.log.Begin(m.Context(), "aircraft"); err != nil {
		m.Fatal(err)
	}
	m.world, m.gone = replicatest.World{}, nil
	state, err := m.log.Load(m.Context(), "aircraft")
	if err != nil {
		m.Fatal(err)
	}
	m.at = state.At
	m.tellf("a new epoch, %s", m.at.Epoch)
	synctest.Wait()
}

// change appends a change that makes sense, as a feed does.
func (m *model) change() {
	m.Helper()
	c := m.world.Change(m.rng, m.keys, m.part)
	if c.Empty() {
		return
	}
	var err error
	if m.at, err = m.writer.Append(m.Context(), c); err != nil {
		m.Fatal(err)
	}
	m.tellf("change %d", m.at.Seq)
	m.world.Apply(c, m.at.Seq)
	for range c.Removed {
		m.gone = append(m.gone, moment{seq: m.at.Seq, time: time.Now()})
	}
	synctest.Wait()
}

// publish has something happen.
func (m *model) publish(name string) {
	m.Helper()
	m.n++
	happened, err := m.happen(m.rng, name, m.n)
	if err != nil {
		m.Fatal(err)
	}
	m.events[name] = append(m.events[name], happened)
	synctest.Wait()
}

func (m *model) happen(rng *rand.Rand, name string, n int) (moment, error) {
	e := &record.Event{Name: name + ":event", Record: record.Record{Key: fmt.Sprint("AC", rng.IntN(m.keys))}}
	e.Fields = append(replicatest.RandomFields(rng), record.Field{Name: "n", Raw: fmt.Sprint(n)})
	at, err := m.log.Publish(m.Context(), name, &record.Change{Event: e, Observed: time.Now().UnixMilli()})
	m.tellf("%s %d", name, at.Seq)
	return moment{at.Seq, time.Now(), n, e.Record}, err
}

// sleep lets time pass, in which those who have drained say so.
func (m *model) sleep(d time.Duration) {
	slice := 30 * time.Millisecond
	if d > 5*time.Second {
		slice = time.Second
	}
	for ; d > 0; d -= slice {
		time.Sleep(min(d, slice) + time.Duration(m.rng.IntN(100))*time.Microsecond)
		synctest.Wait()
		m.pump()
	}
}

// pump tells the hub of every line on which nothing waits any more, sooner or
// later, and has those go whose line is closed.
func (m *model) pump() {
	m.Helper()
	for again := true; again; {
		again = false
		for _, c := range m.clients {
			if !c.online {
				continue
			}
			closed, faulty := c.line.state()
			if closed != "" {
				// (Who takes a snapshot in parts may be, while more goes than is remembered.)
				if !faulty && m.policies[0].RetainMost > m.keys {
					m.Errorf("%s is cut: %s", c.name, closed)
				}
				m.disconnect(c)
				continue
			}
			if c.pending == nil {
				c.pending = c.line.drained()
			}
			if c.pending != nil && (!faulty || m.rng.IntN(4) > 0) {
				m.tellf("%s has drained, and lost %v", c.name, c.pending)
				c.tell()
				again = true
			}
		}
		synctest.Wait()
	}
}
