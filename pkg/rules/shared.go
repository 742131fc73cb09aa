package rules

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
)

// SharedStore is a [Store] that other processes write, too. Its Load fails with [ErrAway]
// when it cannot be reached; its Save with that, or with [ErrChanged] when another
// process has saved since this one loaded.
type SharedStore interface {
	Store
	// Watch calls changed, again and again, when the store has what was not loaded
	// here, until ctx ends. It may be called while the store is used.
	Watch(ctx context.Context, changed func())
}

// mostTries is how often an edit is done again because others were first.
const mostTries = 20

// edited is what an edit makes of the rules: all that are left, and how they come into
// force.
type edited struct {
	all    []*Rule
	nextID uint64
	apply  func(m *Monitor)
}

// write does an edit and keeps what it makes of the rules; only then that is in force.
// When another process was first, the edit is done again on what that has left.
func (b *Book) write(edit func() (edited, error)) error {
	b.edit.Lock()
	defer b.edit.Unlock()
	fresh := b.loaded
	if !fresh {
		if err := b.reload(); err != nil {
			return err
		}
	}
	_, shared := b.store.(SharedStore)
	looked := !fresh
	for range mostTries {
		next, err := edit()
		if errors.Is(err, ErrNotFound) && shared && !looked {
			// Another process may have made it a moment ago.
			looked = true
			if err := b.reload(); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		err = b.save(next.nextID, next.all)
		if errors.Is(err, ErrChanged) {
			if err := b.reload(); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		b.nextID = next.nextID
		b.mu.Lock()
		next.apply(b.monitor)
		b.mu.Unlock()
		return nil
	}
	return fmt.Errorf("%w: others change the rules faster than they can be read", ErrAway)
}

// Run takes over what other processes make of the rules, until ctx ends. failed is told
// when that cannot be read: the rules stay as they are.
func (b *Book) Run(ctx context.Context, failed func(error)) error {
	store, ok := b.store.(SharedStore)
	if !ok {
		return nil
	}
	store.Watch(ctx, func() {
		if err := b.Reload(); err != nil {
			failed(err)
		}
	})
	return nil
}

// Reload puts in force what the store has now. Rules that did not change go on with what
// is known of them. With an error nothing changes.
func (b *Book) Reload() error {
	if b.store == nil {
		return nil
	}
	b.edit.Lock()
	defer b.edit.Unlock()
	return b.reload()
}

// reload needs edit held.
func (b *Book) reload() error {
	saved, err := b.store.Load()
	if err != nil {
		return fmt.Errorf("load alert rules: %w", err)
	}
	b.loaded = true
	b.nextID = max(b.nextID, saved.NextID, 1)
	before := map[string][]byte{}
	for _, r := range b.rules() {
		before[r.ID], _ = r.JSON()
	}
	var changed []*Rule
	for _, r := range saved.Rules {
		if r.ofNobody() {
			r = r.copy()
			r.Visibility = Public
		}
		if id, err := strconv.ParseUint(r.ID, 10, 53); err == nil {
			b.nextID = max(b.nextID, id+1)
		}
		if raw, err := r.JSON(); err != nil || !bytes.Equal(raw, before[r.ID]) {
			changed = append(changed, r)
		}
		delete(before, r.ID)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for id := range before { // they are left
		b.monitor.Remove(id)
	}
	for _, r := range changed {
		b.monitor.Set(r)
	}
	return nil
}
