package hub

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// sink is a client that counts bytes.
type sink struct{ bytes int }

func (s *sink) Send(messages ...*wire.Message) {
	for _, m := range messages {
		s.bytes += len(m.Data)
	}
}
func (s *sink) Purge(string) {}
func (s *sink) Hold()        {}
func (s *sink) Release()     {}
func (s *sink) Close(string) {}

// BenchmarkFlush is one flush to 2,000 clients of 10,000 aircraft that have all
// moved: with a viewport of its own each, of about 50 aircraft, and with one that
// all of them share. "cores" is what five flushes a second take of one.
func BenchmarkFlush(b *testing.B) {
	const aircraft, clients = 10_000, 2_000
	for name, viewport := range map[string]func(i int) string{
		"viewports": func(i int) string { return box(i%40, i/40) },
		"shared":    func(int) string { return box(20, 25) },
	} {
		b.Run(name, func(b *testing.B) {
			policy := topic.Policy{Name: "aircraft", Prefix: "aircraft", Key: "hex", List: "aircraft"}
			h := New(feedlog.NewMemory(), []topic.Policy{policy}, batch.DefaultConfig(), zerolog.Nop())
			s := h.streams[0]
			rng := rand.New(rand.NewPCG(1, 2))
			all := record.Change{Observed: 1}
			for i := range aircraft {
				all.Added = append(all.Added, record.Record{Key: fmt.Sprintf("%06X", i), Fields: fields(rng, 20*rng.Float64(), 25*rng.Float64())})
			}
			seq := uint64(0)
			apply := func(c *record.Change) {
				seq++
				e := &feedlog.Entry{Base: seq - 1, At: topic.Position{Seq: seq}, Time: time.Now().UnixMilli(), Change: c}
				if err := s.apply([]*feedlog.Entry{e}, time.Now()); err != nil {
					b.Fatal(err)
				}
			}
			apply(&all)
			no, out := false, &sink{}
			for i := range clients {
				f, err := view.ParseFilter([]byte(viewport(i)))
				if err != nil {
					b.Fatal(err)
				}
				m := h.Enter(out, func(string) bool { return true })
				ask := Subscribe{Topics: []string{"aircraft"}, Legacy: &no, Filters: map[string]*view.Filter{"aircraft": f}}
				if _, err := m.Subscribe(ask); err != nil {
					b.Fatal(err)
				}
			}
			moved := record.Change{Observed: 1}
			for _, r := range all.Added {
				moved.Updated = append(moved.Updated, record.Record{Key: r.Key, Fields: record.Fields{
					{Name: "gs", Raw: fmt.Sprint(rng.IntN(500))}, {Name: "lat", Raw: r.Fields.Get("lat")}, {Name: "lon", Raw: r.Fields.Get("lon")},
				}})
			}
			out.bytes = 0
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				for _, a := range s.audiences {
					a.window = batch.New(batch.DefaultConfig(), time.Now().Add(-time.Hour), time.Hour)
					a.window.Flushed(time.Now(), s.carried, 1, true)
				}
				apply(&moved)
				b.StartTimer()
				s.mu.Lock()
				s.flushLocked(time.Now(), nil, everyone)
				s.mu.Unlock()
			}
			b.ReportMetric(float64(out.bytes)/float64(b.N)/clients, "bytes/client")
			b.ReportMetric(5*b.Elapsed().Seconds()/float64(b.N), "cores")
		})
	}
}

// box is a viewport of 1.58 degrees, in which 50 of 10,000 aircraft are.
func box(x, y int) string {
	south, west := float64(x)*18.4/40, float64(y)*23.4/50
	return fmt.Sprintf(`{"bbox":{"north":%.3f,"south":%.3f,"east":%.3f,"west":%.3f}}`, south+1.58, south, west+1.58, west)
}

func fields(rng *rand.Rand, lat, lon float64) record.Fields {
	f := record.Fields{
		{Name: "alt", Raw: fmt.Sprint(rng.IntN(40000))}, {Name: "flight", Raw: fmt.Sprintf(`"KLM%d"`, rng.IntN(999))},
		{Name: "gs", Raw: fmt.Sprint(rng.IntN(500))}, {Name: "lat", Raw: fmt.Sprintf("%.5f", lat)}, {Name: "lon", Raw: fmt.Sprintf("%.5f", lon)},
	}
	for i := range 20 {
		f = append(f, record.Field{Name: fmt.Sprintf("z%02d", i), Raw: fmt.Sprint(rng.IntN(1000))})
	}
	return f
}
