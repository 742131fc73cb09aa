package hub_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestAllAtOnce has everybody do what they like at the same time. In the end each
// has what they should, as in [TestModel], and nobody waits for anybody for ever.
func TestAllAtOnce(t *testing.T) {
	runs := uint64(40)
	if testing.Short() {
		runs = 10
	}
	for seed := range runs {
		synctest.Test(t, func(t *testing.T) {
			if allAtOnce(t, seed); t.Failed() {
				t.Errorf("seed %d", seed)
			}
		})
	}
}

func allAtOnce(t *testing.T, seed uint64) {
	m := newModel(t, rand.New(rand.NewPCG(seed, 8)))
	m.room = room{1000, 1000, 1000}
	ctx, cancel := context.WithCancel(t.Context())
	var running, busy sync.WaitGroup
	running.Go(func() { _ = m.hub.Run(ctx) })
	synctest.Wait()
	for i := range uint64(6) {
		c := m.newVisitor()
		busy.Go(func() { m.hurry(c, rand.New(rand.NewPCG(seed, i))) })
	}
	busy.Go(func() {
		for range 60 {
			c := m.world.Change(m.rng, m.keys, m.part)
			at, err := m.writer.Append(ctx, c)
			if err != nil {
				t.Error(err)
			}
			m.at = at
			m.world.Apply(c, at.Seq)
			time.Sleep(time.Duration(m.rng.IntN(40)) * time.Millisecond)
		}
	})
	var mu sync.Mutex // guards m.events
	for i, name := range []string{"acars", "safety"} {
		rng := rand.New(rand.NewPCG(seed, uint64(100+i)))
		busy.Go(func() {
			for n := range 60 {
				happened, err := m.happen(rng, name, n)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				m.events[name] = append(m.events[name], happened)
				mu.Unlock()
				time.Sleep(time.Duration(rng.IntN(40)) * time.Millisecond)
			}
		})
	}
	busy.Wait()
	m.sleep(longest)
	m.compare()
	cancel()
	running.Wait()
}

// hurry has a client do many things, one after the other and without a look at
// what comes of it. Now and then it comes again and goes on where it was.
func (m *model) hurry(c *visitor, rng *rand.Rand) {
	comes := func() {
		m.connect(c)
		c.line.faulty = true // the model does not count for it
		for _, f := range c.topics {
			f.batch = true
		}
	}
	comes()
	for range 40 {
		switch p := rng.IntN(10); {
		case p < 5:
			c.want(m, rng, false)
		case p < 6:
			m.leaveOne(c, pick(rng, "aircraft", "positions", "acars", "safety"))
		case p < 7:
			c.member.Leave()
			c.line.Close("the client has left")
			comes()
			c.want(m, rng, true)
		default:
			time.Sleep(time.Duration(rng.IntN(100)) * time.Millisecond)
		}
		if lost := c.line.drained(); lost != nil {
			c.member.Drained(lost)
		}
	}
}

// want has a client subscribe to something, or to all that it had.
func (c *visitor) want(m *model, rng *rand.Rand, resuming bool) {
	ask := newAsk()
	for _, p := range m.policies {
		w, f := c.wishes[p.Name], c.topics[p.Name]
		if !resuming && rng.IntN(3) > 0 {
			continue
		}
		ask.Topics = append(ask.Topics, p.Name)
		wishes(rng, &ask, w, &p, resuming)
		w.joined = true
		if resuming && f.begun && !f.partial {
			ask.Since[p.Name] = f.at
		}
	}
	if rng.IntN(4) == 0 {
		batch := rng.IntN(2) == 0
		ask.Batch = &batch
	}
	if _, err := c.member.Subscribe(ask); err != nil {
		m.Error(err)
	}
}
