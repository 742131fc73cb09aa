package rules

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// Store is where a book is kept. It is called by one at a time.
type Store interface {
	// Load gives what was saved last; the zero value when nothing was.
	Load() (Saved, error)
	// Save keeps all of it, or, with an error, what was kept before.
	Save(Saved) error
}

// Book owns the rules: the monitor that watches by them, and the store that keeps
// them. What is changed is in force when it is kept. It is safe for concurrent use.
//
// Lock order: edit, then mu. Observations wait for mu alone, and so never for the store.
type Book struct {
	// Static.
	store     Store
	triggered func(Alert)
	address   func(string) error // nil takes all

	edit   sync.Mutex // held while rules are changed; guards the two below
	nextID uint64
	loaded bool // what the store has is known

	mu      sync.Mutex // guards all below
	monitor *Monitor
	recent  []found // newest last
}

// Config is what a book is made of.
type Config struct {
	// Store keeps the rules; nil keeps them in memory alone.
	Store Store
	// Zone is that of the times in suppression windows; nil is UTC.
	Zone *time.Location
	// Triggered is told of each alert, before it is published, by the goroutine that
	// observes; it must not wait. nil is nobody.
	Triggered func(Alert)
	// Address says what is wrong with the api_url of a rule that is made or changed; nil
	// takes all. Rules that are there already are not asked about.
	Address func(string) error
}

// Open gives a book with the rules that the store has. A [SharedStore] that is away for
// now is no error: the rules come with [Book.Run], and until then there are none.
func Open(cfg Config) (*Book, error) {
	b := &Book{store: cfg.Store, triggered: cfg.Triggered, address: cfg.Address, monitor: New(cfg.Zone), nextID: 1, loaded: cfg.Store == nil}
	b.monitor.budget = newBudget()
	_, shared := cfg.Store.(SharedStore)
	if err := b.Reload(); err != nil && (!shared || !errors.Is(err, ErrAway)) {
		return nil, err
	}
	return b, nil
}

// Observe takes what a record says now; see [Monitor.Observe].
func (b *Book) Observe(key string, fields record.Fields, _ int64, now time.Time) []record.Event {
	b.mu.Lock()
	found := b.monitor.Alerts(key, fields, now)
	b.remember(key, found, now)
	b.mu.Unlock()
	b.tell(found)
	return events(found)
}

func (b *Book) tell(alerts []Alert) {
	if b.triggered != nil {
		for _, a := range alerts {
			b.triggered(a)
		}
	}
}

// Gone takes note that nobody hears an aircraft any more.
func (b *Book) Gone(key string, now time.Time) []record.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.monitor.Gone(key, now)
}

// Tick takes note of the time.
func (b *Book) Tick(now time.Time) []record.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.monitor.Tick(now)
}

// Dropped counts, by reason, what was put off because there was too much of it.
func (b *Book) Dropped() map[string]uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.monitor.budget.late == 0 {
		return nil
	}
	return map[string]uint64{lateAlerts: b.monitor.budget.late}
}

// List gives the rules that a user may see, in the order in which they were made.
func (b *Book) List(u User) []*Rule {
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := []*Rule{}
	for _, r := range b.monitor.Rules() {
		if u.sees(r) {
			seen = append(seen, r)
		}
	}
	return seen
}

// Create adds a rule of a user's, from its JSON. One of a user without a name cannot
// be private: all who have none are the same user; it is public, and says so. The error is an [*Error] when
// that is wrong, [ErrTooMany], [ErrTooDear], or the store's.
func (b *Book) Create(u User, raw json.RawMessage, now time.Time) (*Rule, error) {
	parsed, err := Parse(raw)
	if err == nil {
		err = b.checkAddress(parsed.APIURL)
	}
	if err != nil {
		return nil, err
	}
	var r *Rule
	err = b.write(func() (edited, error) {
		r = parsed.copy()
		r.ID, r.Owner = strconv.FormatUint(b.nextID, 10), u.ID
		r.CreatedAt = now.UTC().Truncate(time.Millisecond)
		r.UpdatedAt = r.CreatedAt
		if r.ofNobody() {
			r.Visibility = Public
		}
		all := append(b.rules(), r)
		return edited{all, b.nextID + 1, func(m *Monitor) { m.Set(r) }}, room(all, r.Owner)
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Update changes a rule: what the JSON object names becomes as it says, and its
// default where it says null; all else stays. The error is as of Create, or
// [ErrNotFound], or [ErrNotYours].
func (b *Book) Update(u User, id string, patch json.RawMessage, now time.Time) (*Rule, error) {
	return b.change(u, id, now, func(old *Rule) (*Rule, error) { return old.with(patch) })
}

// Toggle enables or disables a rule; nil turns it to what it is not. The error is
// as of Update.
func (b *Book) Toggle(u User, id string, enabled *bool, now time.Time) (*Rule, error) {
	return b.change(u, id, now, func(old *Rule) (*Rule, error) {
		r := old.copy()
		r.Enabled = !old.Enabled
		if enabled != nil {
			r.Enabled = *enabled
		}
		r.schedule.enabled = r.Enabled
		return r, nil
	})
}

// Delete takes a rule out. The error is as of Update.
func (b *Book) Delete(u User, id string) error {
	return b.write(func() (edited, error) {
		if _, err := b.editable(u, id); err != nil {
			return edited{}, err
		}
		left := []*Rule{}
		for _, r := range b.rules() {
			if r.ID != id {
				left = append(left, r)
			}
		}
		return edited{left, b.nextID, func(m *Monitor) { m.Remove(id) }}, nil
	})
}

func (b *Book) change(u User, id string, now time.Time, edit func(old *Rule) (*Rule, error)) (*Rule, error) {
	var r *Rule
	err := b.write(func() (edited, error) {
		old, err := b.editable(u, id)
		if err != nil {
			return edited{}, err
		}
		if r, err = edit(old); err == nil && r.APIURL != old.APIURL {
			err = b.checkAddress(r.APIURL)
		}
		if err != nil {
			return edited{}, err
		}
		r.ID, r.Owner, r.CreatedAt = old.ID, old.Owner, old.CreatedAt
		r.UpdatedAt = now.UTC().Truncate(time.Millisecond)
		if r.ofNobody() {
			r.Visibility = Public
		}
		all := b.rules()
		for i := range all {
			if all[i].ID == id {
				all[i] = r
			}
		}
		// What costs more than before needs room; who has too much may still have less.
		if r.cost > old.cost {
			err = room(all, r.Owner)
		}
		return edited{all, b.nextID, func(m *Monitor) { m.Set(r) }}, err
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (b *Book) checkAddress(address string) error {
	if b.address == nil || address == "" {
		return nil
	}
	if err := b.address(address); err != nil {
		return wrong("api_url", "%v", err)
	}
	return nil
}

// with gives the rule with what a client changes of it.
func (r *Rule) with(patch json.RawMessage) (*Rule, error) {
	if len(patch) > maxBytes {
		return nil, wrong("", "a rule of %d bytes is too long: at most %d", len(patch), maxBytes)
	}
	raw, err := r.JSON()
	if err != nil {
		return nil, err
	}
	whole := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(patch, &whole); err != nil {
		return nil, wrong("", "a rule is a JSON object")
	}
	merged, err := json.Marshal(whole)
	if err != nil {
		return nil, err
	}
	return Parse(merged)
}

func (b *Book) editable(u User, id string) (*Rule, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.monitor.Rule(id)
	switch {
	case r == nil || !u.sees(r):
		return nil, ErrNotFound
	case !u.owns(r):
		return nil, ErrNotYours
	}
	return r, nil
}

func (b *Book) rules() []*Rule {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.monitor.Rules()
}

func (b *Book) save(nextID uint64, all []*Rule) error {
	if b.store == nil {
		return nil
	}
	if err := b.store.Save(Saved{NextID: nextID, Rules: all}); err != nil {
		return fmt.Errorf("keep alert rules: %w", err)
	}
	return nil
}
