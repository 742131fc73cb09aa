package replica_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/skygate-io/skygate/pkg/hub/replica"
	"github.com/skygate-io/skygate/pkg/hub/replica/replicatest"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/view"
)

// TestModel plays random changes and has holders of random views led through
// them, from every kind of position. What each holds is what a plain map holds.
func TestModel(t *testing.T) {
	const shards = 4
	most := uint64(sequences)
	if testing.Short() {
		most = 200
	}
	for shard := range uint64(shards) {
		t.Run(fmt.Sprint("shard ", shard), func(t *testing.T) {
			t.Parallel()
			for seed := shard; seed < most && !t.Failed(); seed += shards {
				m := newModel(t, rand.New(rand.NewPCG(seed, 5)))
				for range 25 {
					m.step()
				}
				if t.Failed() {
					t.Errorf("seed %d", seed)
				}
			}
		})
	}
}

// FuzzModel is TestModel with each decision in the fuzzer's hands.
func FuzzModel(f *testing.F) {
	for seed := range byte(8) {
		script := make([]byte, 400)
		for i := range script {
			script[i] = byte(i*i)*31 + seed*byte(i)
		}
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		tape := &tape{script: script[:min(len(script), 1000)], after: rand.NewPCG(1, 1)}
		m := newModel(t, rand.New(tape))
		for len(tape.script) > 0 && !t.Failed() {
			m.step()
		}
	})
}

// tape is a source of chance that says what a script says, a byte for each decision.
type tape struct {
	script []byte
	after  rand.Source // once the script is over
}

// Uint64 implements rand.Source.
func (s *tape) Uint64() uint64 {
	if len(s.script) == 0 {
		return s.after.Uint64()
	}
	b := s.script[0]
	s.script = s.script[1:]
	return uint64(b) * 0x0101010101010101
}

type model struct {
	*testing.T
	rng     *rand.Rand
	keys    int
	part    float64 // of them is in a change
	only    []string
	whole   bool
	replica *replica.Replica
	world   replicatest.World
	past    map[uint64]replicatest.World // by seq, from the first that is known
	seq     uint64
	first   uint64
	now     int64
	gone    map[string]tomb // by key
	holders []*holder
}

// tomb is when a record went.
type tomb struct {
	seq uint64
	at  int64
}

// holder is what a hub has for those who see a view, and what these hold.
type holder struct {
	view    replicatest.View
	product *view.View
	visible replica.Set
	seen    uint64
	holds   replicatest.State
}

func newModel(t *testing.T, rng *rand.Rand) *model {
	m := &model{
		T: t, rng: rng, keys: []int{3, 6, 8, 8, 12, 12, 12, 12, 12, 90}[rng.IntN(10)], part: []float64{0.05, 0.3, 0.7}[rng.IntN(3)],
		world: replicatest.World{}, past: map[uint64]replicatest.World{}, gone: map[string]tomb{},
		now: 1_000_000,
	}
	if rng.IntN(3) == 0 {
		m.only, m.whole = []string{"alt_baro", "gs", "lat", "lon"}, rng.IntN(2) == 0
	}
	m.replica = replica.New(replicatest.KeyName, m.only, m.whole)
	if rng.IntN(2) == 0 { // a reader that begins in the midst of it
		m.seq = 1 + rng.Uint64N(1000)
		whole := &record.Change{Added: m.world.Change(rng, m.keys, 0.7).Added}
		m.world.Apply(whole, m.seq)
		m.replica.Load(whole.Added, m.seq)
	}
	m.first = m.seq
	m.past[m.seq] = m.world.Clone()
	return m
}

func (m *model) step() {
	m.now += m.rng.Int64N(2000)
	switch p := m.rng.IntN(20); {
	case p < 11:
		m.change()
	case p < 14:
		m.join()
	case p < 16:
		m.forget()
	}
	for _, h := range m.holders {
		switch p := m.rng.IntN(10); {
		case p < 5:
			m.advance(h)
		case p < 6:
			m.turn(h)
		}
	}
	m.resume(m.view())
	m.begin(m.view())
	if m.rng.IntN(5) == 0 {
		m.records()
	}
}

func (m *model) view() replicatest.View {
	v := replicatest.RandomView(m.rng)
	v.Only = m.only
	return v
}

func (m *model) change() {
	c := m.world.Change(m.rng, m.keys, m.part)
	m.seq++
	m.world.Apply(c, m.seq)
	m.past[m.seq] = m.world.Clone()
	m.replica.Apply(c, m.seq, m.now)
	for _, r := range c.Added {
		delete(m.gone, r.Key)
	}
	for _, key := range c.Removed {
		m.gone[key] = tomb{m.seq, m.now}
	}
}

// join begins a holder with all there is to see, or that of another one's.
func (m *model) join() {
	if len(m.holders) > 5 {
		i := m.rng.IntN(len(m.holders))
		m.holders = slices.Delete(m.holders, i, i+1)
	}
	v := m.view()
	h := &holder{view: v, product: v.View(), seen: m.seq, holds: v.Of(m.world)}
	h.visible = m.replica.Select(h.product)
	m.holders = append(m.holders, h)
}

// forget lets go of what is old. As in a hub, those whom that concerns are
// brought past it first, or it is not let go of.
func (m *model) forget() {
	before, most := m.now-m.rng.Int64N(10_000), []int{0, 1, 3, 1000}[m.rng.IntN(4)]
	seq := m.replica.Forgettable(before, most)
	upTo := m.seq
	if m.rng.IntN(2) == 0 {
		for _, h := range m.holders {
			if h.seen < seq {
				m.advance(h)
			}
		}
	} else {
		for _, h := range m.holders {
			upTo = min(upTo, h.seen)
		}
	}
	floor := m.replica.Floor()
	m.replica.Forget(before, upTo, most)
	if now := m.replica.Floor(); now < floor || now > max(floor, min(upTo, seq)) {
		m.Errorf("after Forget up to %d the floor went from %d to %d", min(upTo, seq), floor, now)
	}
	for key, tomb := range m.gone {
		if tomb.at < before && tomb.seq <= upTo {
			delete(m.gone, key)
		}
	}
	kept := 0
	for key, tomb := range m.gone {
		if tomb.seq > m.replica.Floor() {
			kept++
		} else {
			delete(m.gone, key)
		}
	}
	if upTo == m.seq && kept > most {
		m.Errorf("%d are remembered that are gone, after at most %d were to be", kept, most)
	}
	if most == 1000 && len(m.gone) != kept {
		m.Errorf("%d are remembered that are gone, want %d", kept, len(m.gone))
	}
}
