package feedlog

import (
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// What the memory log keeps of a topic for its readers, who live in the same
// process and are rarely more than one entry behind. (What clients need to resume
// is kept by the hub.) At 10,000 aircraft that all change, 20,000 records are two
// entries and some 12 MB; without that bound it was over 1 GB.
const (
	keptEntries = 256
	keptEvents  = 10_000
	keptBytes   = 16 << 20 // of events
	keptRecords = 20_000   // in all of them but the newest
)

// Memory is the log of a gateway that runs alone.
type Memory struct {
	mu     sync.Mutex // guards all below
	topics map[string]*sequence
	closed chan struct{}
}

// sequence is one topic. Guarded by Memory.mu.
type sequence struct {
	at      topic.Position
	table   *record.Table // the state at at
	entries []*Entry      // the newest entries of this epoch
	records int           // that they name
	bytes   int           // of events, about
	grown   chan struct{} // closed and replaced when at moves
	told    once
}

var (
	_ Log      = (*Memory)(nil)
	_ Beginner = (*Memory)(nil)
)

// NewMemory gives an empty log.
func NewMemory() *Memory {
	return &Memory{topics: map[string]*sequence{}, closed: make(chan struct{})}
}

// Begin implements [Log].
func (m *Memory) Begin(ctx context.Context, name string) (Writer, error) {
	return m.BeginWith(ctx, name, nil)
}

// BeginWith implements [Beginner].
func (m *Memory) BeginWith(_ context.Context, name string, records []record.Record) (Writer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.isClosed() {
		return nil, ErrClosed
	}
	s := m.sequenceLocked(name)
	s.at = topic.Position{Epoch: newEpoch()}
	s.table, s.entries, s.records, s.bytes = record.NewTable(), nil, 0, 0
	s.table.Apply(&record.Change{Added: records})
	s.wakeLocked()
	return &memoryWriter{log: m, name: name, epoch: s.at.Epoch}, nil
}

// Publish implements [Log].
func (m *Memory) Publish(_ context.Context, name string, c *record.Change) (topic.Position, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.isClosed() {
		return topic.Position{}, ErrClosed
	}
	s := m.sequenceLocked(name)
	if s.at.Epoch == "" {
		s.at.Epoch = newEpoch()
		s.wakeLocked()
	}
	if c == nil {
		return s.at, nil
	}
	if c.Once.Key == "" {
		return s.appendLocked(c), nil
	}
	now := time.Now()
	if first, ok := s.told.find(c.Once.Key, now); ok {
		return first, nil
	}
	at := s.appendLocked(c)
	s.told.add(c.Once, at, now)
	return at, nil
}

// Load implements [Log].
func (m *Memory) Load(_ context.Context, name string) (State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.isClosed() {
		return State{}, ErrClosed
	}
	s := m.sequenceLocked(name)
	return State{At: s.at, Records: s.table.Records(), Entries: slices.Clone(s.entries)}, nil
}

// Read implements [Log].
func (m *Memory) Read(ctx context.Context, name string, after topic.Position) ([]*Entry, error) {
	for {
		entries, grown, err := m.next(name, after)
		if err != nil || entries != nil {
			return entries, err
		}
		select {
		case <-grown:
		case <-m.closed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (m *Memory) next(name string, after topic.Position) ([]*Entry, <-chan struct{}, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.isClosed() {
		return nil, nil, ErrClosed
	}
	s := m.sequenceLocked(name)
	if after.Epoch != s.at.Epoch || after.Seq > s.at.Seq {
		return nil, nil, ErrGone
	}
	missing := int(s.at.Seq - after.Seq)
	if missing > len(s.entries) {
		return nil, nil, ErrGone
	}
	if missing == 0 {
		return nil, s.grown, nil
	}
	return append([]*Entry(nil), s.entries[len(s.entries)-missing:]...), nil, nil
}

// Close ends every call that waits. A second Close does nothing.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.isClosed() {
		close(m.closed)
	}
	return nil
}

func (m *Memory) isClosed() bool {
	select {
	case <-m.closed:
		return true
	default:
		return false
	}
}

func (m *Memory) sequenceLocked(name string) *sequence {
	s := m.topics[name]
	if s == nil {
		s = &sequence{table: record.NewTable(), grown: make(chan struct{})}
		m.topics[name] = s
	}
	return s
}

// appendLocked adds a change.
func (s *sequence) appendLocked(c *record.Change) topic.Position {
	base := s.at.Seq
	s.at.Seq++
	s.table.Apply(c)
	s.keepLocked(&Entry{Base: base, At: s.at, Time: time.Now().UnixMilli(), Change: c})
	s.wakeLocked()
	return s.at
}

// keepLocked appends an entry and lets the oldest go that are over the bounds.
func (s *sequence) keepLocked(e *Entry) {
	most, size := keptEntries, 0
	if e.Change.Event != nil {
		most, size = keptEvents, e.Change.Size()
	}
	drop := 0
	for drop < len(s.entries) && (len(s.entries)-drop >= most || s.records > keptRecords || s.bytes+size > keptBytes) {
		old := s.entries[drop].Change
		s.records -= old.Len()
		if old.Event != nil {
			s.bytes -= old.Size()
		}
		drop++
	}
	s.entries = append(slices.Delete(s.entries, 0, drop), e)
	s.records += e.Change.Len()
	s.bytes += size
}

func (s *sequence) wakeLocked() {
	close(s.grown)
	s.grown = make(chan struct{})
}

type memoryWriter struct {
	log   *Memory
	name  string
	epoch string
}

// Append implements [Writer].
func (w *memoryWriter) Append(_ context.Context, c *record.Change) (topic.Position, error) {
	m := w.log
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.isClosed() {
		return topic.Position{}, ErrClosed
	}
	s := m.sequenceLocked(w.name)
	if s.at.Epoch != w.epoch {
		return topic.Position{}, ErrFenced
	}
	return s.appendLocked(c), nil
}

// newEpoch is the time, so that epochs can be told apart by eye, and chance, so
// that two of one millisecond differ.
func newEpoch() string {
	return strconv.FormatInt(time.Now().UnixMilli(), 36) + "-" + rand.Text()[:6]
}
