package gatewaytest

import (
	"context"
	"testing"
	"testing/synctest"
)

// Run runs what a namespace needs, such as a hub, until the test ends, in a bubble of
// [synctest]. It returns when all of it waits.
func Run(t *testing.T, runs ...func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, len(runs))
	for _, run := range runs {
		go func() { ended <- run(ctx) }()
	}
	t.Cleanup(func() {
		cancel()
		for range runs {
			if err := <-ended; err != nil {
				t.Errorf("Run: %v", err)
			}
		}
	})
	synctest.Wait()
}
