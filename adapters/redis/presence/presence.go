// Package presence tells the processes of a cluster through Redis how many clients each
// of them has. Each writes its counts into one hash every few seconds, and reads those
// of all with the same script: what it costs depends on the number of processes, and
// not of clients. Who has not written for three times as long is gone, and the next who
// writes removes it.
//
// Time is the server's, as processes' clocks differ. While Redis is away the newest
// counts of the others are believed as long as they would be there, and after that
// only the own.
package presence

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/pkg/presence"
)

// Config says how old counts of other processes may be.
type Config struct {
	// Every is the time between two times that they are written and read: 200ms to 1m,
	// default 2s. A process that died is counted for three times as long.
	Every time.Duration `koanf:"every"`
}

// DefaultConfig has them a few seconds old.
func DefaultConfig() Config { return Config{Every: 2 * time.Second} }

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	if c.Every < 200*time.Millisecond || c.Every > time.Minute {
		return fmt.Errorf("every: %v is out of range: from 200ms to 1m", c.Every)
	}
	return nil
}

// missed is how many times in a row a process may fail to write until it is gone.
const missed = 3

// Presence is that of a cluster, as one of its processes sees it. It is safe for
// concurrent use.
type Presence struct {
	// Static.
	client *redis.Client
	every  time.Duration
	key    string
	id     string
	count  func() presence.Counts
	part   *redis.Part
	logger zerolog.Logger

	mu     sync.Mutex // guards all below
	others []presence.Counts
	read   time.Time // when that was
}

var _ presence.Presence = (*Presence)(nil)

// New gives the presence of a process whose clients a function counts. The client
// stays the caller's.
func New(client *redis.Client, config Config, count func() presence.Counts, logger zerolog.Logger) *Presence {
	return &Presence{
		client: client, every: config.Every, key: client.Key("presence", "processes"),
		id: rand.Text(), count: count, part: client.Part("counting clients", logger), logger: logger,
	}
}

// Total implements [presence.Presence]: what this process counts now, and what the
// others did when they were last read.
func (p *Presence) Total() presence.Total {
	all := []presence.Counts{p.count()}
	p.mu.Lock()
	if time.Since(p.read) < missed*p.every {
		all = append(all, p.others...)
	}
	p.mu.Unlock()
	return presence.Sum(all...)
}

// Run writes and reads until ctx ends; then it takes away what it wrote, and returns nil.
func (p *Presence) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		p.note(ctx, p.exchange(ctx))
		redis.Wait(ctx, redis.Spread(p.every))
	}
	return p.leave(ctx)
}

// errStrange is of counts of another process that cannot be read.
var errStrange = errors.New("what another process has counted cannot be read")

func (p *Presence) note(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
	case errors.Is(err, errStrange):
		p.part.Fails(err, "some of the clients of other processes cannot be counted")
	default:
		p.part.Note(err)
	}
}

// exchangeScript writes a process' counts, removes those of processes that are gone, and
// gives those of the others. A value begins with the time at which it was written.
var exchangeScript = goredis.NewScript(`local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local life = tonumber(ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now) .. ' ' .. ARGV[2])
redis.call('PEXPIRE', KEYS[1], 2 * life)
local all, others = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  local at, counts = string.match(all[i + 1], '^(%d+) (.*)$')
  if not at or now - tonumber(at) > life then
    redis.call('HDEL', KEYS[1], all[i])
  elseif all[i] ~= ARGV[1] then
    others[#others + 1] = counts
  end
end
return others`)

func (p *Presence) exchange(ctx context.Context) error {
	own, err := json.Marshal(p.count())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, p.every)
	defer cancel()
	told, err := exchangeScript.Run(ctx, p.client, []string{p.key}, p.id, own, (missed * p.every).Milliseconds()).StringSlice()
	if err != nil {
		return err
	}
	others, strange := make([]presence.Counts, 0, len(told)), error(nil)
	for _, text := range told {
		var c presence.Counts
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			strange = fmt.Errorf("%w: %w", errStrange, err)
			continue
		}
		others = append(others, c)
	}
	p.mu.Lock()
	p.others, p.read = others, time.Now()
	p.mu.Unlock()
	return strange
}

// leave takes away what was written. If that fails it expires.
func (p *Presence) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(p.every, time.Second))
	defer cancel()
	if err := p.client.HDel(ctx, p.key, p.id).Err(); err != nil {
		p.logger.Debug().Err(err).Msg("the counts of this process stay until they expire")
	}
	return nil
}
