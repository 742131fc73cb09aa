package gateway

import (
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/ratelimit"
	"github.com/skygate-io/skygate/pkg/wire"
)

// Limits bound what each session may ask for. What is too much is refused with
// [CodeRateLimited], which says when to try again; nothing is dropped in silence.
//
// A page of the reference's dashboard asks for some thirty things when it opens, and
// then for a few a minute. A map that is dragged subscribes to what it shows several
// times a second, which costs little: one change of view in a window. A snapshot of
// everything is what is dear, so it has a bound of its own.
type Limits struct {
	// Requests are the events "request", and what a namespace counts with them.
	// Default 20 a second, 120 at once.
	Requests Limit `koanf:"requests"`
	// Subscribes are "subscribe" and "unsubscribe". Default 20 a second, 100 at once.
	Subscribes Limit `koanf:"subscribes"`
	// Snapshots are those that a subscribe leads to: one for each topic that begins
	// anew. Default 2 a second, 40 at once.
	Snapshots Limit `koanf:"snapshots"`
}

// Limit is a bound of how often.
type Limit struct {
	// Rate is how many a second, in the long run: 0 to 10,000; 0 is no bound.
	Rate float64 `koanf:"rate"`
	// Burst is how many at once, after a while without any: 1 to 10,000.
	Burst int `koanf:"burst"`
}

// mostAtOnce is the highest that a limit may be set to.
const mostAtOnce = 10_000

// DefaultLimits are what holds when nothing is set.
func DefaultLimits() Limits {
	return Limits{
		Requests:   Limit{Rate: 20, Burst: 120},
		Subscribes: Limit{Rate: 20, Burst: 100},
		Snapshots:  Limit{Rate: 2, Burst: 40},
	}
}

// Validate names the first value that is out of range.
func (l Limits) Validate() error {
	for _, one := range []struct {
		name  string
		limit Limit
	}{{"requests", l.Requests}, {"subscribes", l.Subscribes}, {"snapshots", l.Snapshots}} {
		if err := one.limit.Validate(); err != nil {
			return fmt.Errorf("%s.%w", one.name, err)
		}
	}
	return nil
}

// Validate names the first value that is out of range.
func (l Limit) Validate() error {
	switch {
	case !(l.Rate >= 0 && l.Rate <= mostAtOnce):
		return fmt.Errorf("rate: %v is out of range: 0 (no bound) to %d a second", l.Rate, mostAtOnce)
	case l.Burst < 1 || l.Burst > mostAtOnce:
		return fmt.Errorf("burst: %d is out of range: 1 to %d", l.Burst, mostAtOnce)
	}
	return nil
}

// Limit sets the limits of each session of the namespace, before clients connect;
// until then they are [DefaultLimits].
func (n *Namespace) Limit(l Limits) { n.limits = l }

// CountAsRequest has an event of the namespace count with the requests.
func (n *Namespace) CountAsRequest(event string) { n.asRequest[event] = true }

// Refused says how much was refused because a client asked for too much.
func (n *Namespace) Refused() uint64 { return n.refused.Load() }

// allowance is what a session may still ask for.
type allowance struct {
	requests, subscribes, snapshots *ratelimit.Bucket
	exceeded                        atomic.Bool // it was logged
}

func (l Limits) allowance() allowance {
	bucket := func(l Limit) *ratelimit.Bucket { return ratelimit.NewBucket(l.Rate, l.Burst) }
	return allowance{requests: bucket(l.Requests), subscribes: bucket(l.Subscribes), snapshots: bucket(l.Snapshots)}
}

// allow takes what an event costs, or says that there is none left. One that is
// unknown costs what a request does. (A request itself is looked at once its id is
// known.)
func (s *Session) allow(event string, known bool) error {
	now := time.Now()
	switch {
	case !known, s.namespace.asRequest[event]:
		return s.tooMuch(event, s.allowed.requests.Take(now))
	case event == "subscribe":
		if wait := s.allowed.snapshots.Wait(now); wait > 0 {
			return s.tooMuch(event, wait)
		}
		return s.tooMuch(event, s.allowed.subscribes.Take(now))
	case event == "unsubscribe":
		return s.tooMuch(event, s.allowed.subscribes.Take(now))
	}
	return nil
}

// tooMuch is the error for who has to wait, nil for who has not.
func (s *Session) tooMuch(what string, wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	s.namespace.refused.Add(1)
	if !s.allowed.exceeded.Swap(true) {
		s.logger.Warn().Str("event", what).Dur("wait", wait).Msg("a client asks for too much; it is told to slow down (more of it is not logged)")
	}
	err := errorf(CodeRateLimited, "Rate limit exceeded, please slow down")
	err.RetryAfter = math.Ceil(wait.Seconds()*1000) / 1000
	return err
}

// Subscribe is [hub.Member.Subscribe], and counts the snapshots that it led to. (It
// refuses nothing: who floods is refused before anything has changed.)
func (s *Session) Subscribe(ask hub.Subscribe) (*wire.Subscribed, error) {
	answer, err := s.Member.Subscribe(ask)
	s.keepRooms()
	if answer != nil && answer.Snapshots > 0 {
		s.allowed.snapshots.Spend(time.Now(), answer.Snapshots)
	}
	return answer, err
}
