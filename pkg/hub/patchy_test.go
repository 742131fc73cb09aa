package hub_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/topic"
)

// patchy is a log that cannot be read for a while, and then no longer has all that
// was written in the meantime.
type patchy struct {
	*feedlog.Memory
	away atomic.Bool
	down atomic.Bool   // everything fails
	mute atomic.Bool   // then Load fails only after a minute
	from atomic.Uint64 // it has no entries up to this seq
	back chan struct{}
}

var errDown = errors.New("the log is down")

// Read implements feedlog.Log.
func (p *patchy) Read(ctx context.Context, name string, after topic.Position) ([]*feedlog.Entry, error) {
	entries, err := p.Memory.Read(ctx, name, after)
	if err == nil && p.down.Load() {
		return nil, errDown
	}
	if err == nil && p.away.Load() {
		select {
		case <-p.back:
			return nil, feedlog.ErrGone
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return entries, err
}

// Load implements feedlog.Log.
func (p *patchy) Load(ctx context.Context, name string) (feedlog.State, error) {
	if p.down.Load() {
		if p.mute.Load() {
			select {
			case <-time.After(time.Minute):
			case <-ctx.Done():
			}
		}
		return feedlog.State{}, errDown
	}
	state, err := p.Memory.Load(ctx, name)
	state.Entries = slices.DeleteFunc(state.Entries, func(e *feedlog.Entry) bool { return e.At.Seq <= p.from.Load() })
	return state, err
}

// missing has something happen while the log cannot be read, of which the log
// loses what is up to a seq.
func (s *scene) missing(upTo uint64, happens func()) {
	s.log.away.Store(true)
	happens()
	s.log.from.Store(upTo)
	s.log.away.Store(false)
	s.log.back <- struct{}{}
	s.wait(0)
}
