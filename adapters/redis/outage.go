package redis

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

const (
	// settled is how long no part may fail until Redis is said to be back: those that
	// look again at other times have not all done so when the first succeed.
	settled = time.Second
	// partlyAfter is how long some parts may fail beside others that do not, until it is
	// said which.
	partlyAfter = 15 * time.Second
)

// outage logs of a client, and of those that were made from it, that Redis is away, and
// that it is back: once each, whoever notices. All that is asked of Redis belongs to a
// [Part], which fails and recovers by itself.
type outage struct {
	mu     sync.Mutex // guards all below, and what parts have
	parts  map[string]*Part
	away   map[*Part]bool
	since  time.Time // when the first failed; zero when Redis is not said to be away
	moved  time.Time // when away changed last
	partly bool      // it was said that only some fail
	losses []loss
}

// loss counts what is lost while Redis is away.
type loss struct {
	what   string
	count  func() uint64
	before uint64 // when a part was last well before Redis went
}

func newOutage() *outage { return &outage{parts: map[string]*Part{}, away: map[*Part]bool{}} }

// Part is something that a process does with Redis. Whoever does it says each time
// how it went; what is new of that is logged. It is safe for concurrent use.
type Part struct {
	// Static.
	outage *outage
	name   string
	logger zerolog.Logger

	// Guarded by the outage's lock.
	well    time.Time // when it last succeeded
	failing string    // what fails for a reason of its own, "" when nothing does
	since   time.Time // when that began
}

// Part gives the one of a name, which people read.
func (c *Client) Part(name string, logger zerolog.Logger) *Part {
	o := c.outage
	o.mu.Lock()
	defer o.mu.Unlock()
	p := o.parts[name]
	if p == nil {
		p = &Part{outage: o, name: name, logger: logger}
		o.parts[name] = p
	}
	return p
}

// Loses has it said, when Redis is back, how much of something was lost meanwhile, if
// anything was. count is called with a lock held: it only reads a number.
func (c *Client) Loses(what string, count func() uint64) {
	c.outage.mu.Lock()
	defer c.outage.mu.Unlock()
	c.outage.losses = append(c.outage.losses, loss{what: what, count: count})
}

// Note takes the error of a call, nil when it succeeded. That Redis cannot be reached is
// said once for all parts, what it refuses of each part. That the caller has ended is no
// news.
func (p *Part) Note(err error) {
	switch {
	case err == nil:
		p.Well()
	case errors.Is(err, context.Canceled) || errors.Is(err, goredis.ErrClosed):
	case IsAway(err):
		p.away(err)
	default:
		p.Fails(err, "redis refuses what is asked of it")
	}
}

// Fails takes note that this part fails for a reason of its own, and says what: once,
// until it is something else. Such failures do not end by themselves.
func (p *Part) Fails(err error, what string) {
	o := p.outage
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	if before := p.failing; before != what+codeOf(err) {
		if p.failing = what + codeOf(err); before == "" {
			p.since = now
		}
		p.logger.Error().Err(err).Str("part", p.name).Msg(what)
	}
	o.removeLocked(p, now)
}

// Well takes note that it succeeds, or is given up.
func (p *Part) Well() {
	o := p.outage
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	if p.failing != "" {
		p.failing = ""
		p.logger.Info().Str("part", p.name).Stringer("after", now.Sub(p.since).Round(time.Millisecond)).Msg("redis does again what is asked of it")
	}
	p.answersLocked(now)
}

// Answers takes note that Redis is there, after a call that does not tell whether it
// does again what it has refused: one that wrote nothing.
func (p *Part) Answers() {
	p.outage.mu.Lock()
	defer p.outage.mu.Unlock()
	p.answersLocked(time.Now())
}

func (p *Part) answersLocked(now time.Time) {
	o := p.outage
	p.well = now
	if o.since.IsZero() { // not when it goes: a frozen server is noticed when some is lost already
		o.countLocked()
	}
	o.removeLocked(p, now)
}

// away takes note that this part cannot reach Redis.
func (p *Part) away(err error) {
	o := p.outage
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	p.failing = ""
	if o.since.IsZero() {
		o.since, o.partly = now, false
		p.logger.Warn().Err(err).Str("part", p.name).Msg("redis is away; trying until it is back")
	} else if !o.away[p] {
		p.logger.Debug().Err(err).Str("part", p.name).Msg("redis is away for this part, too")
	}
	if !o.away[p] {
		o.away[p], o.moved = true, now
	}
	o.judgeLocked(now, p.logger)
}

func (o *outage) removeLocked(p *Part, now time.Time) {
	if o.away[p] {
		delete(o.away, p)
		o.moved = now
	}
	o.judgeLocked(now, p.logger)
}

// judgeLocked says that Redis is back, or back for some.
func (o *outage) judgeLocked(now time.Time, logger zerolog.Logger) {
	rest := now.Sub(o.moved)
	switch {
	case o.since.IsZero():
	case len(o.away) == 0 && rest >= settled:
		line := logger.Info().Stringer("after", o.moved.Sub(o.since).Round(time.Millisecond))
		for _, l := range o.losses {
			if n := l.count() - l.before; n > 0 {
				line.Uint64(l.what, n)
			}
		}
		line.Msg("redis is back")
		o.since = time.Time{}
		o.countLocked()
	case len(o.away) > 0 && rest >= partlyAfter && !o.partly && o.anyWellLocked():
		o.partly = true
		var names []string
		for p := range o.away {
			names = append(names, p.name)
		}
		slices.Sort(names)
		logger.Warn().Strs("parts", names).Msg("redis is away for some parts, and there for others")
	}
}

func (o *outage) countLocked() {
	for i := range o.losses {
		o.losses[i].before = o.losses[i].count()
	}
}

// anyWellLocked says whether a part has succeeded since the last change.
func (o *outage) anyWellLocked() bool {
	for p := range maps.Values(o.parts) {
		if !o.away[p] && p.well.After(o.moved) {
			return true
		}
	}
	return false
}

// passing are answers of servers that are not there for now, or let nobody in. With
// them every part fails.
var passing = []string{"LOADING", "MASTERDOWN", "CLUSTERDOWN", "MOVED", "ASK", "TRYAGAIN", "UNBLOCKED", "NOAUTH", "WRONGPASS", "ERR max number of clients"}

// IsAway says whether an error of the library is that Redis cannot be reached or does not
// answer, or lets nobody in. It is not when Redis has answered that it refuses: a command that
// an ACL forbids, a key of another type, a full memory, a server that only reads.
func IsAway(err error) bool {
	var reply goredis.Error
	if !errors.As(err, &reply) {
		return err != nil
	}
	return slices.ContainsFunc(passing, func(code string) bool { return strings.HasPrefix(reply.Error(), code) })
}

// codeOf is by what the answers of Redis are told apart: NOPERM, OOM ..; "" for what is
// none.
func codeOf(err error) string {
	var reply goredis.Error
	if !errors.As(err, &reply) {
		return ""
	}
	code, _, _ := strings.Cut(reply.Error(), " ")
	return code
}
