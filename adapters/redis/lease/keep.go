package lease

import (
	"context"
	"strconv"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/pkg/feedlog"
)

// held is a lease.
type held struct {
	// Static once it is held.
	leases    *Leases
	part      *redis.Part
	logger    zerolog.Logger
	keys      []string
	value     string
	lost      chan struct{}
	release   chan struct{}
	releasing sync.Once
	before    time.Time // when who held it before last heard

	// Owned by who waits for it, then by who keeps it.
	ear ear
}

var _ feedlog.Lease = (*held)(nil)

// Lost implements [feedlog.Lease].
func (h *held) Lost() <-chan struct{} { return h.lost }

// Heard implements [feedlog.Lease].
func (h *held) Heard() time.Time { return h.before }

// Release implements [feedlog.Lease].
func (h *held) Release() {
	h.releasing.Do(func() { close(h.release) })
	<-h.lost
}

// take takes the topic if nobody has it, or this has it since an attempt whose answer
// was lost. It says also whether it wrote anything: who does not hear well leaves
// nothing where another holds the topic.
func (h *held) take(ctx context.Context, asked time.Time) (taken, wrote bool, err error) {
	duration := h.leases.config.Duration
	call, cancel := context.WithTimeout(ctx, duration/2)
	defer cancel()
	wish := ""
	if h.ear.isWell(asked) {
		wish = ms(duration / 2) // three attempts
	}
	answer, err := h.run(call, takeScript, ms(duration), wish).Int64Slice()
	if err != nil || len(answer) != 2 || answer[0] == 0 {
		return false, wish != "", err
	}
	if answer[1] >= 0 {
		h.before = asked.Add(-time.Duration(answer[1]) * time.Millisecond)
	}
	if answer[0] == mended {
		h.logger.Warn().Str("key", h.keys[0]).Msg("the topic was held by a key that no process renews and that does not expire; it is replaced")
	}
	return true, true, nil
}

// What scripts answer, beside 0 and 1.
const (
	mended = 2 // of taking: what was there is none of ours
	left   = 2 // of renewing: another hears, and this one does not
)

// start begins to renew; the lease was asked for at the given time.
func (h *held) start(asked time.Time) error {
	l := h.leases
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.closed:
		h.drop()
		close(h.lost)
		return feedlog.ErrClosed
	default:
	}
	l.running.Go(func() { h.keep(asked) })
	return nil
}

// keep renews until the lease is lost or released.
func (h *held) keep(asked time.Time) {
	defer close(h.lost)
	duration := h.leases.config.Duration
	until := asked.Add(duration)
	end := time.NewTimer(time.Until(until))
	defer end.Stop()
	renew := time.NewTicker(duration / 3)
	defer renew.Stop()
	level := zerolog.WarnLevel // for a renewal that does not come in time
	for {
		select {
		case <-end.C:
		case <-h.release:
			h.drop()
			return
		case <-h.leases.closed:
			h.drop()
			return
		case <-renew.C:
		}
		asked := time.Now()
		if !asked.Before(until) {
			h.logger.WithLevel(level).Msg("the lease of the topic is lost: it was not renewed in time")
			return
		}
		attempt := asked.Add(duration / 4) // so that there is time for another
		if attempt.After(until) {
			attempt = until
		}
		answer, err := h.renew(asked, attempt)
		if redis.IsAway(err) && attempt.Sub(asked) < duration/4 && !time.Now().Before(attempt) {
			continue // it was cut short here: that says nothing of Redis
		}
		h.part.Note(err)
		switch level = zerolog.WarnLevel; {
		case redis.IsAway(err): // that is said; perhaps the next one succeeds
			level = zerolog.DebugLevel
		case err != nil:
		case answer == left:
			h.logger.Warn().Msg("nothing is heard here; the topic is left to a process that hears its sources")
			return
		case answer == 0:
			h.logger.Warn().Msg("the lease of the topic is lost: another holds it, or it expired")
			return
		default:
			until = asked.Add(duration)
			end.Reset(time.Until(until))
		}
	}
}

// renew makes an attempt that ends at a time.
func (h *held) renew(asked, end time.Time) (answer int, err error) {
	ctx, cancel := context.WithDeadline(context.Background(), end)
	defer cancel()
	ago, deaf := "", ""
	if at, ok := h.ear.last(); ok {
		ago = ms(max(0, asked.Sub(at)))
	}
	if h.ear.isDeaf(asked) {
		deaf = "deaf"
	}
	return h.run(ctx, renewScript, ms(h.leases.config.Duration), ago, deaf).Int()
}

// drop lets another have the topic at once; if that fails, when the lease expires.
func (h *held) drop() {
	ctx, cancel := context.WithTimeout(context.Background(), h.leases.config.Duration/2)
	defer cancel()
	switch err := h.run(ctx, dropScript).Err(); {
	case redis.IsAway(err):
		h.logger.Debug().Err(err).Msg("the lease of the topic was not given back; it expires")
	case err != nil:
		h.logger.Warn().Err(err).Msg("the lease of the topic was not given back; it expires")
	}
}

func (h *held) run(ctx context.Context, s *goredis.Script, args ...any) *goredis.Cmd {
	return s.Run(ctx, h.leases.client, h.keys, append([]any{h.value}, args...)...)
}

// ms is how scripts are told a time.
func ms(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
