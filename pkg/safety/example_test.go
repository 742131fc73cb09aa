package safety_test

import (
	"fmt"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/safety"
)

// Two aircraft at one level fly towards each other, 1.8 NM apart.
func Example() {
	m := safety.New(safety.DefaultConfig())
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	tell := func(events []safety.Event) {
		for _, e := range events {
			fmt.Println(e.Record().Name, e.Severity, e.Message)
		}
	}
	for key, f := range map[string]record.Fields{
		"4B1805": {{Name: "alt_baro", Raw: "30000"}, {Name: "gs", Raw: "450"}, {Name: "lat", Raw: "0"}, {Name: "lon", Raw: "0.01"}, {Name: "track", Raw: "90"}},
		"3C6444": {{Name: "alt_baro", Raw: "30200"}, {Name: "gs", Raw: "450"}, {Name: "lat", Raw: "0"}, {Name: "lon", Raw: "0.04"}, {Name: "track", Raw: "270"}},
	} {
		tell(m.Observe(safety.Read(key, f, now.UnixMilli()), now))
	}
	for range 60 { // and are heard no more
		now = now.Add(time.Second)
		tell(m.Tick(now))
	}
	// Output:
	// safety:event critical Proximity conflict: 3C6444 and 4B1805 within 1.80nm, 200ft altitude separation now, converging to 0.00nm / 200ft in 7s
	// safety:event_resolved critical Proximity conflict: 3C6444 and 4B1805 within 1.80nm, 200ft altitude separation now, converging to 0.00nm / 200ft in 7s
}
