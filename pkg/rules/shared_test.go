package rules_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/rules"
)

// library is a shelf that several books share; each has a card.
type library struct {
	mu      sync.Mutex // guards all below
	saved   rules.Saved
	version int
	away    bool
}

type card struct {
	*library
	version int // of what it has loaded
}

var _ rules.SharedStore = (*card)(nil)

func (c *card) Load() (rules.Saved, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.away {
		return rules.Saved{}, fmt.Errorf("closed: %w", rules.ErrAway)
	}
	c.version = c.library.version
	return c.saved, nil
}

func (c *card) Save(what rules.Saved) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.away:
		return fmt.Errorf("closed: %w", rules.ErrAway)
	case c.version != c.library.version:
		return rules.ErrChanged
	}
	c.library.version++
	c.version = c.library.version
	c.saved = rules.Saved{NextID: what.NextID, Rules: slices.Clone(what.Rules)}
	return nil
}

func (c *card) Watch(_ context.Context, changed func()) { changed() }

func (l *library) close(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = away
}

func (l *library) book(t *testing.T) *rules.Book {
	t.Helper()
	return open(t, rules.Config{Store: &card{library: l}})
}

func create(t *testing.T, b *rules.Book, u rules.User) *rules.Rule {
	t.Helper()
	r, err := b.Create(u, json.RawMessage(lowFlyer), start)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Each book edits on top of what the others have made, whether it was told or not.
func TestBooksOfOneStore(t *testing.T) {
	l := &library{}
	one, other := l.book(t), l.book(t)
	create(t, one, anna)
	if r := create(t, other, bert); r.ID != "2" {
		t.Errorf("the id %s is given twice", r.ID)
	}
	if got := ids(other.List(admin)); !slices.Equal(got, []string{"1 of anna", "2 of bert"}) {
		t.Errorf("the other has %v", got)
	}
	// One does not know the second rule yet.
	if _, err := one.Toggle(bert, "2", nil, start); err != nil {
		t.Error(err)
	}
	if _, err := one.Toggle(bert, "9", nil, start); !errors.Is(err, rules.ErrNotFound) {
		t.Error(err)
	}
	// The other deletes what one has changed meanwhile; one changes what is not there.
	if err := other.Delete(anna, "1"); err != nil {
		t.Error(err)
	}
	if _, err := one.Update(anna, "1", json.RawMessage(`{"name":"New"}`), start); !errors.Is(err, rules.ErrNotFound) {
		t.Error(err)
	}
	for _, b := range []*rules.Book{one, other} {
		if got := b.List(admin); len(got) != 1 || got[0].ID != "2" || got[0].Enabled {
			t.Errorf("left are %+v", got)
		}
	}
}

// What did not change goes on with what is known of it; what was taken out goes.
func TestReloadKeepsWhatIsKnown(t *testing.T) {
	l := &library{}
	one, other := l.book(t), l.book(t)
	for range 3 {
		create(t, one, anna)
	}
	run := func() {
		t.Helper()
		if err := other.Run(t.Context(), func(err error) { t.Error(err) }); err != nil {
			t.Error(err)
		}
	}
	run()
	if got := other.Observe("A1", fields(t, low), 0, start); len(got) != 3 {
		t.Fatalf("%d alerts", len(got))
	}
	if err := one.Delete(anna, "1"); err != nil {
		t.Fatal(err)
	}
	for id, patch := range map[string]string{"2": `{"value":4000}`, "3": `{"name":"New"}`} {
		if _, err := one.Update(anna, id, json.RawMessage(patch), start); err != nil {
			t.Fatal(err)
		}
	}
	run()
	got := other.Observe("A1", fields(t, low), 0, start.Add(time.Second))
	if len(got) != 1 || got[0].Fields.Get("rule_id") != "2" {
		t.Errorf("told again: %v", got)
	}
}

// While the store is away the rules stay in force, and are not changed; a book that was
// opened then has them later.
func TestTheStoreIsAway(t *testing.T) {
	l := &library{}
	one := l.book(t)
	create(t, one, anna)
	l.close(true)
	late := l.book(t)
	for what, err := range map[string]error{
		"create":         second(one.Create(anna, json.RawMessage(lowFlyer), start)),
		"update":         second(one.Update(anna, "1", json.RawMessage(`{"name":"New"}`), start)),
		"toggle":         second(one.Toggle(anna, "1", nil, start)),
		"delete":         one.Delete(anna, "1"),
		"of none":        one.Delete(anna, "7"),
		"reload":         one.Reload(),
		"before a load":  second(late.Create(anna, json.RawMessage(lowFlyer), start)),
		"of what may be": late.Delete(anna, "1"),
	} {
		if !errors.Is(err, rules.ErrAway) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got := one.Observe("A1", fields(t, low), 0, start); len(got) != 1 {
		t.Errorf("%d alerts meanwhile", len(got))
	}
	var failed error
	_ = late.Run(t.Context(), func(err error) { failed = err })
	if !errors.Is(failed, rules.ErrAway) {
		t.Errorf("it is told %v", failed)
	}
	l.close(false)
	if r := create(t, late, bert); r.ID != "2" || len(late.List(admin)) != 2 {
		t.Errorf("it makes %s of %d", r.ID, len(late.List(admin)))
	}
}

// Under the race detector: all edit at a time, and nothing is lost.
func TestBooksEditAtATime(t *testing.T) {
	l := &library{}
	var all sync.WaitGroup
	for i := range 4 {
		b := l.book(t)
		all.Go(func() {
			for range 20 {
				for {
					_, err := b.Create(rules.User{ID: fmt.Sprint(i)}, json.RawMessage(lowFlyer), start)
					if err == nil {
						break
					}
					if !errors.Is(err, rules.ErrAway) { // too many were first
						t.Error(err)
						return
					}
				}
			}
		})
	}
	all.Wait()
	if n := len(l.book(t).List(admin)); n != 80 {
		t.Errorf("%d rules, want 80", n)
	}
	if l.saved.NextID != 81 {
		t.Errorf("the next id is %d", l.saved.NextID)
	}
}
