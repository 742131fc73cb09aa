// Package rulestore keeps the alert rules of a cluster in Redis: one hash, with the
// document of all rules and a version that rises with each change.
//
// Who changes rules writes on top of the version that was read: when another process
// was first, nothing is written, and the edit is done again on what that has left. So two
// who edit at a time lose nothing, and no id is given twice. Each change is told over
// pub/sub, and the version is looked at every few seconds as well, so that a message
// that is lost does not matter.
//
// While Redis is away the rules stay in force and cannot be changed. When it comes
// back with less than it had (it was erased, or a fail-over lost the newest change),
// a process that knows more puts that back.
package rulestore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/pkg/rules"
)

const (
	// MaxBytes is how long the document of all rules may be.
	MaxBytes = 16 << 20
	// callFor is how long anything may take that is asked of Redis. Users wait for it.
	callFor = 3 * time.Second
	// checkEvery is how often the version is looked at.
	checkEvery = 3 * time.Second
)

// version names a change: number rises, mark tells two of a number apart. Its zero
// value is that of no rules at all.
type version struct {
	number uint64
	mark   string
}

func (v version) String() string { return strconv.FormatUint(v.number, 10) + "-" + v.mark }

// Store is the rules of a cluster, as one of its processes sees them. Load and Save are
// called by one at a time; Watch may run beside them.
type Store struct {
	// Static.
	client       *redis.Client
	key, channel string
	first        func() (rules.Saved, error)
	part         *redis.Part
	logger       zerolog.Logger
	every        time.Duration

	mu   sync.Mutex // guards all below
	at   version    // of what was loaded or saved last
	text []byte     // and the document
}

var _ rules.SharedStore = (*Store)(nil)

// New gives the store over a client, which stays the caller's. first gives the rules of
// a cluster that never had any; it may be nil.
func New(client *redis.Client, first func() (rules.Saved, error), logger zerolog.Logger) *Store {
	return &Store{
		client: client, key: client.Key("rules", "book"), channel: client.Channel("rules"),
		first: first, part: client.Part("the alert rules", logger), logger: logger, every: checkEvery,
	}
}

// Load implements [rules.Store].
func (s *Store) Load() (rules.Saved, error) {
	for range 3 { // others may be first to put something there
		at, text, err := s.read()
		if err != nil {
			return rules.Saved{}, err
		}
		before, known := s.known()
		if at.number < before.number {
			s.logger.Warn().Stringer("has", at).Stringer("had", before).Msg("redis has lost alert rules; they are put back")
			err = s.put(at, known)
		} else if at.number == 0 && s.first != nil {
			err = s.begin()
		} else {
			return s.take(at, text)
		}
		if err != nil && !errors.Is(err, rules.ErrChanged) {
			return rules.Saved{}, err
		}
	}
	return rules.Saved{}, fmt.Errorf("%w: it does not keep what is put there", rules.ErrAway)
}

// begin puts the first rules there.
func (s *Store) begin() error {
	saved, err := s.first()
	if err != nil {
		return err
	}
	text, err := encode(saved)
	if err != nil {
		return err
	}
	return s.put(version{}, text)
}

// take decodes what was read.
func (s *Store) take(at version, text []byte) (rules.Saved, error) {
	var saved rules.Saved
	if at.number > 0 {
		var err error
		if saved, err = rules.Decode(text); err == nil && len(saved.Rules) > rules.MaxRules {
			err = fmt.Errorf("%d rules are too many: at most %d", len(saved.Rules), rules.MaxRules)
		}
		if err != nil {
			return rules.Saved{}, fmt.Errorf("the alert rules in redis, %s, are damaged: %w; mend them, or delete the key to begin without rules (%w)", s.key, err, rules.ErrDamaged)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at, s.text = at, text
	return saved, nil
}

// Save implements [rules.Store].
func (s *Store) Save(what rules.Saved) error {
	text, err := encode(what)
	if err != nil {
		return err
	}
	on, _ := s.known()
	return s.put(on, text)
}

func encode(what rules.Saved) ([]byte, error) {
	text, err := what.Encode()
	if err == nil && len(text) > MaxBytes {
		err = fmt.Errorf("%w: %d bytes, at most %d", rules.ErrTooLong, len(text), MaxBytes)
	}
	return text, err
}

func (s *Store) known() (version, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at, s.text
}

// readScript gives number, mark and document; of one that is too long only how long it is.
var readScript = goredis.NewScript(`local n = redis.call('HSTRLEN', KEYS[1], 'rules')
if n > tonumber(ARGV[1]) then return {n} end
return redis.call('HMGET', KEYS[1], 'version', 'mark', 'rules')`)

func (s *Store) read() (version, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), callFor)
	defer cancel()
	got, err := readScript.Run(ctx, s.client, []string{s.key}, MaxBytes).Slice()
	if err != nil {
		return version{}, nil, away(err)
	}
	if len(got) != 3 {
		return version{}, nil, fmt.Errorf("the alert rules in redis, %s, are longer than %d bytes; delete the key to begin without rules (%w)", s.key, MaxBytes, rules.ErrDamaged)
	}
	text, _ := got[2].(string)
	at, err := readVersion(got[0], got[1])
	if err != nil {
		return version{}, nil, fmt.Errorf("the alert rules in redis, %s, are damaged: %w; mend them, or delete the key to begin without rules (%w)", s.key, err, rules.ErrDamaged)
	}
	return at, []byte(text), nil
}

// readVersion reads one from the fields of the hash.
func readVersion(number, mark any) (v version, err error) {
	if number == nil && mark == nil {
		return version{}, nil
	}
	text, _ := number.(string)
	v.mark, _ = mark.(string)
	if v.number, err = strconv.ParseUint(text, 10, 53); err != nil || v.number == 0 {
		return version{}, fmt.Errorf("version: %q is no number from 1 to 2^53", text)
	}
	return v, nil
}

// putScript writes a document on top of a version. An attempt whose answer was lost may
// be sent again: what it wrote has its mark.
var putScript = goredis.NewScript(`local at = redis.call('HMGET', KEYS[1], 'version', 'mark')
local number, mark = at[1] or '0', at[2] or ''
if mark == ARGV[4] then return 1 end
if number ~= ARGV[1] or mark ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[3], 'mark', ARGV[4], 'rules', ARGV[5])
redis.call('PUBLISH', ARGV[6], ARGV[3] .. '-' .. ARGV[4])
return 1`)

// put writes a document on top of what is there.
func (s *Store) put(on version, text []byte) error {
	before, _ := s.known()
	next := version{max(on.number, before.number) + 1, rand.Text()}
	ctx, cancel := context.WithTimeout(context.Background(), callFor)
	defer cancel()
	n, err := putScript.Run(ctx, s.client, []string{s.key},
		strconv.FormatUint(on.number, 10), on.mark, strconv.FormatUint(next.number, 10), next.mark, text, s.channel).Int()
	if err != nil {
		return away(err)
	}
	if n != 1 {
		return rules.ErrChanged
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at, s.text = next, text
	return nil
}

func away(err error) error { return fmt.Errorf("%w: %w", rules.ErrAway, err) }
