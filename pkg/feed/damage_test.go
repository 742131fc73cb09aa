package feed_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/skygate-io/skygate/pkg/feedlog"
)

// damaged is a log that cannot load what it has until a topic is begun anew.
type damaged struct {
	*feedlog.Memory
	broken atomic.Bool
}

func (l *damaged) Load(ctx context.Context, name string) (feedlog.State, error) {
	if l.broken.Load() {
		return feedlog.State{}, fmt.Errorf("the snapshot: %w", feedlog.ErrDamaged)
	}
	return l.Memory.Load(ctx, name)
}

// TestWhatIsDamagedIsBegunAnew: who takes over does not wait for what nobody else mends.
func TestWhatIsDamagedIsBegunAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, leases := &damaged{Memory: feedlog.NewMemory()}, newOneLease()
		first, second := start(t, log, leases), start(t, log, leases)
		first.hear(rec("ONLY", "gs", "1"))
		second.hear(rec("A", "gs", "2"))
		log.broken.Store(true)
		first.end(t)
		second.hear(rec("B", "gs", "3"))
		log.broken.Store(false)
		state, err := log.Load(t.Context(), policy.Name)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, r := range state.Records {
			keys = append(keys, r.Key)
		}
		if got := fmt.Sprint(keys); got != "[A B]" || !second.Leads() {
			t.Errorf("it has %s, and the second leads: %v", got, second.Leads())
		}
		second.end(t)
	})
}
