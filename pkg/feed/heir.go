package feed

import (
	"context"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// Heir is a [Monitor] that goes on with what another process, or an earlier run of
// this one, has told.
type Heir interface {
	// Inherit is given the newest event of each key, oldest first, before the monitor
	// speaks, and gives what follows from it: what it has found meanwhile and nobody told.
	// Those that are lost only this process remembers: the log has no longer what was
	// told, or an older event of the key.
	Inherit(told, lost []record.Event, now time.Time) []record.Event
}

var _ Led = (*Lookout)(nil)

// Lead implements [Led]. Before the monitor speaks it learns what was told.
func (l *Lookout) Lead(leads bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.leads = leads; !leads {
		l.speaks.Store(false)
		return
	}
	select {
	case l.claim <- struct{}{}:
	default:
	}
}

// Speaks says whether what the monitor finds is published.
func (l *Lookout) Speaks() bool { return l.speaks.Load() }

// Recall says what this process remembers of the lookout's topic, oldest first, in case
// the log loses it. It is called before the lookout runs.
func (l *Lookout) Recall(memory func() []*feedlog.Entry) { l.memory = memory }

// inherit has the monitor learn what was told, and speak from then on.
func (l *Lookout) inherit(ctx context.Context) {
	log, err := backoff.Retry(ctx, func() ([]*feedlog.Entry, error) {
		state, err := l.to.log.Load(ctx, l.to.topic)
		return state.Entries, err
	}, backoff.WithMaxElapsedTime(inheritFor))
	if err != nil && ctx.Err() == nil {
		l.logger.Error().Err(err).Msg("what was told before cannot be read; what this process does not remember may be told again")
	}
	var memory []*feedlog.Entry
	if l.memory != nil {
		memory = l.memory()
	}
	told, lost := newest(memory, log)
	if err != nil { // what the log has is not known
		told, lost = lost, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.leads {
		return
	}
	l.speaks.Store(true)
	if heir, ok := l.monitor.(Heir); ok && (err == nil || l.memory != nil) {
		l.publishLocked(heir.Inherit(told, lost, time.Now()), 0)
	}
}

// newest gives the newest event of each key, the oldest key first, of what the log has
// and what is remembered: told is in the log, lost is not. What is only in the log came
// after all that is remembered.
func newest(memory, log []*feedlog.Entry) (told, lost []record.Event) {
	known, kept := map[topic.Position]bool{}, map[topic.Position]bool{}
	for _, e := range memory {
		known[e.At], known[first(e)] = true, true
	}
	all := slices.Clone(memory)
	for _, e := range log {
		kept[e.At], kept[first(e)] = true, true
		if !known[e.At] && !known[first(e)] {
			all = append(all, e)
		}
	}
	at := map[string]int{}
	var events []*feedlog.Entry
	for _, e := range all {
		if e.Change.Event == nil {
			continue
		}
		key := e.Change.Event.Key
		if i, ok := at[key]; ok {
			events[i] = e
			continue
		}
		at[key] = len(events)
		events = append(events, e)
	}
	for _, e := range events {
		if kept[e.At] || kept[first(e)] {
			told = append(told, *e.Change.Event)
		} else {
			lost = append(lost, *e.Change.Event)
		}
	}
	return told, lost
}

// first is where an event was told first.
func first(e *feedlog.Entry) topic.Position {
	if e.Origin != (topic.Position{}) {
		return e.Origin
	}
	return e.At
}

// inheritFor is how long it is tried to learn what was told. Dangers do not wait
// for it for ever.
const inheritFor = 10 * time.Second
