package bench

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/demo"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// counter is a client that counts.
type counter struct{ updates chan int }

func (c *counter) Purge(string) {}
func (c *counter) Hold()        {}
func (c *counter) Release()     {}
func (c *counter) Close(string) {}

func (c *counter) Send(messages ...*wire.Message) {
	for _, m := range messages {
		if m.Event == "aircraft:update" {
			c.updates <- len(m.Data)
		}
	}
}

// BenchmarkFlow is one tick of 10,000 aircraft that all move: merge, delta, log,
// replica and encoding. "cores" is what ten ticks a second take of one.
func BenchmarkFlow(b *testing.B) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	policy := root.Aircraft()
	policy.Rate = 1e9 // the benchmark sets the pace
	log := feedlog.NewMemory()
	f := feed.New(policy, log, zerolog.Nop())
	h := hub.New(log, []topic.Policy{policy}, batch.Config{Messages: 1, Bytes: 1 << 30, MaxMessage: 1 << 30}, zerolog.Nop())
	if err := f.Begin(ctx); err != nil {
		b.Fatal(err)
	}
	done := make(chan error, 2)
	go func() { done <- f.Run(ctx) }()
	go func() { done <- h.Run(ctx) }()
	c := &counter{updates: make(chan int, 1)}
	m := h.Enter(c, func(string) bool { return true })
	no := false
	if _, err := m.Subscribe(hub.Subscribe{Topics: []string{"aircraft"}, Legacy: &no}); err != nil {
		b.Fatal(err)
	}
	records := traffic(b, 10_000)
	f.Put(records)
	<-c.updates
	bytes := 0
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		move(records, i)
		f.Put(records)
		bytes += <-c.updates
	}
	b.StopTimer()
	b.ReportMetric(float64(bytes)/float64(b.N), "bytes/tick")
	b.ReportMetric(10*b.Elapsed().Seconds()/float64(b.N), "cores")
	m.Leave()
	cancel()
	<-done
	<-done
}

func traffic(b *testing.B, n int) []record.Update {
	cfg := demo.DefaultConfig()
	cfg.Aircraft, cfg.Seed = n, 1
	sim, err := demo.NewSim(cfg)
	if err != nil {
		b.Fatal(err)
	}
	var out []record.Update
	for _, u := range sim.Step(time.Now()) {
		u.Record = *u.Clone()
		out = append(out, u)
	}
	return out
}

// move gives every aircraft another position and speed, as of now.
func move(records []record.Update, i int) {
	now := time.Now().UnixMilli()
	lat, gs := fmt.Sprintf("50.%05d", i%100000), fmt.Sprint(400+i%100)
	for j := range records {
		records[j].Observed = now
		records[j].Fields.Set("lat", lat)
		records[j].Fields.Set("gs", gs)
		records[j].Fields.Set("seen", record.Time(now))
	}
}
