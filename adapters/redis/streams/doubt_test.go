package streams_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/streams"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// TestAnEventWhoseAnswerIsLostWithTheLog: the log takes an event, all read it, and it is
// lost, with all else, before who publishes it is told so. When it is published again, who
// has read it is not told it twice.
func TestAnEventWhoseAnswerIsLostWithTheLog(t *testing.T) {
	for name, once := range map[string]record.Once{
		"with a key":    {Key: "7f3a", For: 1 << 40},
		"without a key": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Single(t)
			log, other := open(t, server.Config(), hasty), open(t, server.Config(), hasty)
			here, there := follow(t, log, "safety"), follow(t, other, "safety")
			publish(t, log, event(1))
			here.wantTold(t, 1)
			there.wantTold(t, 1)

			server.Freeze()
			second := event(2)
			second.Once = once
			if _, err := log.Publish(t.Context(), "safety", second); !errors.Is(err, feedlog.ErrAway) {
				t.Fatalf("Publish = %v, want ErrAway", err)
			}
			server.Thaw()
			here.wantTold(t, 1, 2)
			there.wantTold(t, 1, 2)
			wantFollowed(t, log, 2) // the readers may have loaded it
			server.Restart(false)

			insist(t, log, second)
			at := insist(t, log, event(3))
			late := follow(t, open(t, server.Config()), "safety")
			for _, f := range []*follower{here, there, late} {
				f.wantTold(t, 1, 2, 3)
				f.wantAt(t, at)
				f.wantNothingWrong(t)
			}
		})
	}
}

// TestAnEventWhoseAnswerIsLostStays: the log takes it, and keeps it over a restart.
func TestAnEventWhoseAnswerIsLostStays(t *testing.T) {
	server := redistest.Single(t)
	log := open(t, server.Config(), hasty)
	here := follow(t, log, "safety")
	first := publish(t, log, event(1))
	here.wantTold(t, 1)
	server.Freeze()
	second := event(2)
	if _, err := log.Publish(t.Context(), "safety", second); !errors.Is(err, feedlog.ErrAway) {
		t.Fatalf("Publish = %v, want ErrAway", err)
	}
	server.Thaw()
	here.wantTold(t, 1, 2)
	wantFollowed(t, log, 2)
	server.Restart(true)
	if at := insist(t, log, second); at != (topic.Position{Epoch: first.Epoch, Seq: 2}) {
		t.Errorf("it is at %v, after %v", at, first)
	}
	insist(t, log, event(3))
	here.wantTold(t, 1, 2, 3)
	follow(t, open(t, server.Config()), "safety").wantTold(t, 1, 2, 3)
	here.wantNothingWrong(t)
}

// wantFollowed waits until whoever follows the topic here has read it up to a seq.
func wantFollowed(t *testing.T, log *streams.Log, seq uint64) {
	t.Helper()
	eventually(t, "the topic is followed", func() error {
		if at := log.Newest("safety"); at.Seq != seq {
			return fmt.Errorf("up to %v", at)
		}
		return nil
	})
}
