package lease

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
)

// saying gives leases that last a second, and what they log: to be read when nothing runs.
func saying(t *testing.T, server *redistest.Server) (*Leases, *bytes.Buffer) {
	t.Helper()
	client, err := redis.Open(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	l := New(client, Config{Duration: time.Second, Deaf: 200 * time.Millisecond}, t.Name(), zerolog.New(zerolog.SyncWriter(&said)))
	t.Cleanup(func() {
		_ = l.Close()
		_ = client.Close()
	})
	return l, &said
}

// TestAnAttemptThatIsCutShortIsNoOutage: what is left of a lease may be too short for
// any answer.
func TestAnAttemptThatIsCutShortIsNoOutage(t *testing.T) {
	server := redistest.Single(t)
	l, said := saying(t, server)
	h := l.newHeld("aircraft", nil)
	asked := time.Now()
	if ok, _, err := h.take(t.Context(), asked); !ok || err != nil {
		t.Fatalf("taken: %v, %v", ok, err)
	}
	server.Freeze() // slower than what is left
	defer server.Thaw()
	// Of the lease 50ms are left when it is to be renewed.
	if err := h.start(time.Now().Add(-l.config.Duration*2/3 + 50*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	<-h.Lost()
	if got := said.String(); strings.Contains(got, "redis is away") || !strings.Contains(got, `"warn"`) || !strings.Contains(got, "not renewed in time") {
		t.Errorf("it says %s", got)
	}
}

// TestWhoWritesNothingMendsNothing: who only learns that another holds the topic does
// not know whether Redis takes what is written again.
func TestWhoWritesNothingMendsNothing(t *testing.T) {
	const again = "redis does again what is asked of it"
	server := redistest.Single(t)
	if err := server.Client().Set(t.Context(), "{skygate:aircraft}:lease", "another", longest).Err(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		heard func() time.Time
		mends bool
	}{
		"deaf":           {func() time.Time { return time.Time{} }, false},
		"who would hear": {time.Now, true}, // it says so in Redis
	} {
		t.Run(name, func(t *testing.T) {
			l, said := saying(t, server)
			l.client.Part("the lease of aircraft", l.logger).Fails(errors.New("READONLY"), "redis refuses what is asked of it")
			ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
			defer cancel()
			if _, err := l.Hold(ctx, "aircraft", c.heard); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("Hold: %v", err)
			}
			if got := said.String(); strings.Contains(got, again) != c.mends {
				t.Errorf("it says %s", got)
			}
		})
	}
}
