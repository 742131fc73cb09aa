package cannonball_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/namespaces/cannonball"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/gateway/gatewaytest"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// BenchmarkPosition is what it costs to say what is near to one session: 10,000
// aircraft over Europe, of which some 60 are within the radius, every tenth a
// helicopter. A look of Run costs as much for each session.
func BenchmarkPosition(b *testing.B) {
	ctx := context.Background()
	log := feedlog.NewMemory()
	w, err := log.Begin(ctx, "aircraft")
	if err != nil {
		b.Fatal(err)
	}
	all := make([]record.Record, 10_000)
	for i := range all {
		category := `"A3"`
		if i%10 == 0 {
			category = `"A7"`
		}
		r := record.Record{Key: fmt.Sprintf("%06X", i), Fields: record.Fields{
			{Name: "lat", Raw: fmt.Sprintf("%.5f", 45+float64(i%100)*0.1)}, {Name: "lon", Raw: fmt.Sprintf("%.5f", 2+float64(i/100)*0.13)},
			{Name: "category", Raw: category}, {Name: "flight", Raw: `"TEST123"`}, {Name: "alt", Raw: "3000"},
		}}
		for j := range 30 {
			r.Fields = append(r.Fields, record.Field{Name: fmt.Sprintf("other%d", j), Raw: "12.5"})
		}
		r.Fields.Sort()
		all[i] = r
	}
	if _, err := w.Append(ctx, &record.Change{Added: all}); err != nil {
		b.Fatal(err)
	}
	h := hub.New(log, []topic.Policy{{Name: "aircraft", Prefix: "aircraft", Key: "hex", List: "aircraft"}}, batch.DefaultConfig(), zerolog.Nop())
	if err := h.Load(ctx); err != nil {
		b.Fatal(err)
	}
	n := cannonball.New(cannonball.Config{Hub: h, Auth: gateway.Everyone, Logger: zerolog.Nop()}).Namespace()
	n.Limit(gateway.Limits{}) // or it is the refusals that are measured
	who, _ := gateway.Everyone(ctx, nil)
	s := n.Connect(&gatewaytest.Recorder{}, who, nil)
	defer s.Close()
	s.Receive("position_update", []json.RawMessage{json.RawMessage(`{"lat":50,"lon":8}`)}, nil)
	for b.Loop() {
		s.Receive("request", []json.RawMessage{json.RawMessage(`{"type":"threats"}`)}, nil)
	}
}

// BenchmarkPatterns is what it costs to say what the paths of 1,000 aircraft look like
// that have been followed for long, of each kind of path as many: once in ten seconds,
// whoever looks on.
func BenchmarkPatterns(b *testing.B) {
	var paths []*cannonball.Path
	for i := range 1000 {
		p := newPilot(geo.Point{Lat: 45 + float64(i%100)*0.1, Lon: 8})
		switch i % 3 {
		case 0:
			p.fly(1200, 100, 0)
		case 1:
			p.fly(1200, 60, 3)
		default:
			p.fly(1200, 100, float64(i%7-3)/5)
		}
		paths = append(paths, &p.path)
	}
	for b.Loop() {
		for _, p := range paths {
			p.Patterns()
		}
	}
}
