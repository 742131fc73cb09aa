package webhook

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/record"
)

const (
	atOnce   = 16       // attempts that are under way
	perHost  = 2        // of them to one host
	maxBytes = 32 << 20 // of what waits
	maxHosts = 1000     // that are remembered as failing
)

// Sender delivers alerts. Use [New]. It is safe for concurrent use; [Sender.Run]
// is called once.
type Sender struct {
	// Static.
	cfg    Config
	client *http.Client
	logger zerolog.Logger
	wake   chan struct{} // holds one token when there may be something to do

	mu      sync.Mutex // guards all below
	waiting []*job     // the oldest first
	bytes   int
	busy    map[string]int  // attempts under way, by host
	running int             // all of them
	failing map[string]bool // hosts whose last alert was given up
	stats   Stats
}

// Stats count what became of alerts since the start.
type Stats struct {
	Delivered uint64
	Retried   uint64 // attempts beyond an alert's first
	// What was lost, by why: there was no room, the receiver (or the guard) refused
	// it, all attempts failed, the server ended.
	Full, Refused, Exhausted, Ended uint64
	Waiting                         int
}

// job is an alert on its way to one address.
type job struct {
	url, host string
	event, id string
	rule      string // its id, for logs
	body      []byte
	attempts  int
	due       time.Time
}

// New gives a sender. The configuration must be valid.
func New(cfg Config, logger zerolog.Logger) *Sender {
	return &Sender{
		cfg:     cfg,
		client:  &http.Client{Transport: newTransport(cfg), CheckRedirect: follow},
		logger:  logger,
		wake:    make(chan struct{}, 1),
		busy:    map[string]int{},
		failing: map[string]bool{},
	}
}

// Deliver takes an alert for an address, and says whether there was room for it.
// An alert without an address is taken, and nothing done.
func (s *Sender) Deliver(address string, e record.Event) bool {
	if address == "" {
		return true
	}
	now := time.Now()
	j := &job{url: address, event: e.Name, id: e.Key, rule: ruleOf(e), due: now, body: e.AppendJSON(nil, "id", now.UnixMilli())}
	u, err := url.Parse(address)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		s.stats.Refused++
		return false
	case len(s.waiting) >= s.cfg.Queue || s.bytes+len(j.body) > maxBytes:
		s.stats.Full++
		return false
	}
	j.host = u.Hostname()
	s.addLocked(j)
	return true
}

// ruleOf gives the id of an alert's rule; "" when it names none.
func ruleOf(e record.Event) (id string) {
	raw := e.Fields.Get("rule_id")
	if json.Unmarshal([]byte(raw), &id) != nil {
		return raw // a number
	}
	return id
}

func (s *Sender) addLocked(j *job) {
	s.waiting = append(s.waiting, j)
	s.bytes += len(j.body)
	s.wakeUp()
}

func (s *Sender) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Stats gives the counts.
func (s *Sender) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	stats.Waiting = len(s.waiting)
	return stats
}

// Run delivers until ctx ends. What waits then is lost, and counted. It returns nil.
func (s *Sender) Run(ctx context.Context) error {
	var attempts sync.WaitGroup
	defer s.client.CloseIdleConnections()
	defer s.end()
	defer attempts.Wait()
	for ctx.Err() == nil {
		j, wait := s.next(time.Now())
		if j != nil {
			attempts.Go(func() { s.try(ctx, j) })
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// next takes the oldest job that is due and may be tried, or says when to look again.
func (s *Sender) next(now time.Time) (*job, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait := time.Hour
	if s.running >= atOnce {
		return nil, wait // who ends wakes us up
	}
	for i, j := range s.waiting {
		if s.busy[j.host] >= perHost {
			continue
		}
		if left := j.due.Sub(now); left > 0 {
			wait = min(wait, left)
			continue
		}
		s.waiting = slices.Delete(s.waiting, i, i+1)
		s.bytes -= len(j.body)
		s.busy[j.host]++
		s.running++
		return j, 0
	}
	return nil, wait
}

func (s *Sender) try(ctx context.Context, j *job) {
	became, rest, err := s.attempt(ctx, j)
	j.attempts++
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
	if s.busy[j.host]--; s.busy[j.host] == 0 {
		delete(s.busy, j.host)
	}
	if j.attempts > 1 {
		s.stats.Retried++
	}
	switch {
	case became == taken:
		s.stats.Delivered++
		delete(s.failing, j.host)
	case ctx.Err() != nil:
		s.stats.Ended++
	case became == final:
		s.stats.Refused++
		s.givenUpLocked(j, err)
	case j.attempts >= s.cfg.Attempts:
		s.stats.Exhausted++
		s.givenUpLocked(j, err)
	default:
		// It had its place: it finds room again.
		j.due = time.Now().Add(max(pause(j.attempts), rest))
		s.addLocked(j)
	}
	s.wakeUp()
}

// givenUpLocked logs the first of a host's alerts that is given up.
func (s *Sender) givenUpLocked(j *job, err error) {
	if s.failing[j.host] {
		return
	}
	if len(s.failing) >= maxHosts {
		clear(s.failing)
	}
	s.failing[j.host] = true
	s.logger.Warn().Str("host", j.host).Str("rule", j.rule).Int("attempts", j.attempts).Err(err).Msg("an alert could not be delivered")
}

func (s *Sender) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Ended += uint64(len(s.waiting))
	s.waiting, s.bytes = nil, 0
}
