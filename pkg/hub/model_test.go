package hub_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
	"github.com/skygate-io/skygate/pkg/wire/wiretest"
)

// keeper remembers the newest message.
type keeper struct{ last *wire.Message }

func (k *keeper) Purge(string) {}
func (k *keeper) Hold()        {}
func (k *keeper) Release()     {}
func (k *keeper) Close(string) {}

func (k *keeper) Send(messages ...*wire.Message) { k.last = messages[len(messages)-1] }

// TestModel plays random sequences of changes, joins, resyncs, leaves, stalls,
// epochs and waits. After each, every client that is subscribed holds what a plain map
// holds to which the same changes were applied, and nobody met a hole.
func TestModel(t *testing.T) {
	sequences := 1500
	if testing.Short() {
		sequences = 100
	}
	for seed := range uint64(sequences) {
		run(t, func(f *fixture) {
			m := &model{fixture: f, rng: rand.New(rand.NewPCG(seed, 3)), world: map[string]map[string]string{}}
			for range 60 {
				m.step()
			}
			m.settle()
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

type model struct {
	*fixture
	rng     *rand.Rand
	world   map[string]map[string]string
	clients []*modelClient
}

type modelClient struct {
	*client
	member     *hub.Member
	subscribed bool
}

func (m *model) step() {
	switch p := m.rng.IntN(100); {
	case p < 50:
		m.change()
	case p < 60:
		c, member := m.enter(fmt.Sprint("client ", len(m.clients)))
		mc := &modelClient{client: c, member: member, subscribed: true}
		m.clients = append(m.clients, mc)
		if m.rng.IntN(2) == 0 {
			member.AutoJoin()
		} else {
			m.resubscribe(mc)
		}
	case p < 70 && len(m.clients) > 0:
		m.resubscribe(m.clients[m.rng.IntN(len(m.clients))])
	case p < 75 && len(m.clients) > 0:
		mc := m.clients[m.rng.IntN(len(m.clients))]
		mc.subscribed = false
		if _, err := mc.member.Unsubscribe([]string{"aircraft"}); err != nil {
			m.Fatal(err)
		}
	case p < 79 && len(m.clients) > 0:
		mc := m.clients[m.rng.IntN(len(m.clients))]
		mc.stall(true)
	case p < 82 && len(m.clients) > 0:
		m.drain(m.clients[m.rng.IntN(len(m.clients))])
	case p < 84:
		m.world = map[string]map[string]string{}
		m.begin()
	case p < 87:
		m.settle()
	default:
		time.Sleep(time.Duration(m.rng.IntN(120)) * time.Millisecond)
	}
}

// drain ends a client's stall: what it lost comes anew.
func (m *model) drain(mc *modelClient) {
	if mc.stall(false) {
		mc.member.Drained(map[string]uint64{"aircraft": 0})
	}
}

func (m *model) resubscribe(mc *modelClient) {
	mc.subscribed = true
	ask := hub.Subscribe{Topics: []string{"aircraft"}}
	if m.rng.IntN(3) == 0 {
		batch, legacy := m.rng.IntN(2) == 0, m.rng.IntN(2) == 0
		ask.Batch, ask.Legacy = &batch, &legacy
	}
	if _, err := mc.member.Subscribe(ask); err != nil {
		m.Fatal(err)
	}
}

// change appends a random change that makes sense for the world, as a feed does.
func (m *model) change() {
	c := record.Change{Observed: time.Now().UnixMilli()}
	for i := range 6 {
		key := fmt.Sprint("AC", i)
		fields := m.world[key]
		switch p := m.rng.IntN(10); {
		case fields == nil && p < 3:
			m.world[key] = map[string]string{"gs": fmt.Sprint(m.rng.IntN(5)), "lat": "1"}
			c.Added = append(c.Added, record.Record{Key: key, Fields: record.Fields{{Name: "gs", Raw: m.world[key]["gs"]}, {Name: "lat", Raw: "1"}}})
		case fields != nil && p < 4:
			fields["gs"] = fmt.Sprint(m.rng.IntN(5))
			c.Updated = append(c.Updated, record.Record{Key: key, Fields: record.Fields{{Name: "gs", Raw: fields["gs"]}}})
		case fields != nil && p < 6:
			delete(fields, "lat")
			c.Updated = append(c.Updated, record.Record{Key: key, Fields: record.Fields{{Name: "lat"}}})
		case fields != nil && p < 7:
			delete(m.world, key)
			c.Removed = append(c.Removed, key)
		}
	}
	if !c.Empty() {
		m.append(c)
	}
}

// settle waits until nothing waits, and compares.
func (m *model) settle() {
	m.Helper()
	for _, c := range m.clients {
		m.drain(c)
	}
	time.Sleep(2 * window)
	synctest.Wait()
	want := map[string]wiretest.Fields{}
	for key, fields := range m.world {
		want[key] = wiretest.Fields{"hex": json.RawMessage(`"` + key + `"`)}
		for name, raw := range fields {
			want[key][name] = json.RawMessage(raw)
		}
	}
	_, at, err := m.hub.Records("aircraft")
	if err != nil {
		m.Fatal(err)
	}
	for _, c := range m.clients {
		if !c.subscribed {
			continue
		}
		if got := c.State(); !reflect.DeepEqual(want, got) {
			m.Errorf("%s holds (-want +got):\n%s", c.name, cmp.Diff(want, got))
		}
		if c.Holes() > 0 {
			m.Errorf("%s met %d holes", c.name, c.Holes())
		}
		if p := c.Position(); p.Epoch != at.Epoch || p.Seq != at.Seq {
			m.Errorf("%s is at %v, the topic at %v", c.name, p, at)
		}
	}
}
