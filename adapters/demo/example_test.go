package demo_test

import (
	"fmt"
	"time"

	"github.com/skygate-io/skygate/adapters/demo"
)

// A load for a test: the same aircraft in each run.
func ExampleSim() {
	config := demo.DefaultConfig()
	config.Aircraft, config.Seed = 500, 7
	sim, err := demo.NewSim(config)
	if err != nil {
		panic(err)
	}
	now := time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	for range 3 {
		updates := sim.Step(now)
		fmt.Println(len(updates) > 400, len(updates[0].Fields) > 25)
		now = now.Add(config.Interval)
	}
	// Output:
	// true true
	// true true
	// true true
}
