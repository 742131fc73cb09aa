package hub_test

import (
	"maps"
	"slices"
	"sync"

	"github.com/skygate-io/skygate/pkg/wire"
)

// room is how many messages wait on a line at most.
type room struct {
	stream   int
	state    int // so many wait at most when a state is to find room
	priority int
}

// line is a session's connection, as adapters/socketio and pkg/engineio make it:
// what its client does not read waits in two lanes. State that finds no room is
// dropped; then the client gets nothing of its topic before a whole one. An event
// that finds none is handed back by drained.
type line struct {
	// Static.
	read func(*wire.Message) // has the client take a message
	room room

	mu       sync.Mutex // guards all below
	closed   string     // why
	stalled  bool       // the client does not read
	held     bool
	gate     bool // no state is taken
	owed     bool // drained is due when nothing waits
	telling  bool // it is due
	faulty   bool // it was stalled once
	lost     map[string]uint64
	begun    *wire.Message // is partly out: nothing drops it
	priority []waiting
	stream   []waiting
}

type waiting struct {
	*wire.Message
	droppable bool
}

type lane int

const (
	prioLane lane = iota
	urgentLane
	eventLane
	stateLane
)

// Send implements hub.Receiver.
func (l *line) Send(messages ...*wire.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	alike := func() int {
		n := slices.IndexFunc(messages, func(m *wire.Message) bool {
			return m.Class != messages[0].Class || m.Topic != messages[0].Topic
		})
		if n < 0 {
			n = len(messages)
		}
		return n
	}
	if len(messages) > 0 && alike() < len(messages) {
		l.held = true
		defer l.releaseLocked()
	}
	for len(messages) > 0 && l.closed == "" {
		n := alike()
		l.sendLocked(messages[:n])
		messages = messages[n:]
	}
}

// sendLocked sends messages of one class and topic.
func (l *line) sendLocked(messages []*wire.Message) {
	taking := slices.DeleteFunc(slices.Clone(messages), l.skipsLocked)
	if len(taking) == 0 {
		return
	}
	last := messages[len(messages)-1]
	switch last.Class {
	case wire.Reply:
		l.pushLocked(prioLane, taking)
	case wire.Ordered:
		if l.pushLocked(eventLane, taking) < len(taking) {
			l.closeLocked("no room for a reply")
		}
		if last.Bypass && (!l.emptyLocked() || l.stalled) {
			l.loseLocked(last.Topic, last.Seq)
			l.tellLocked()
		}
	case wire.State, wire.Whole:
		taken := l.pushLocked(stateLane, taking) == len(taking)
		for _, m := range messages {
			switch {
			case !taken:
				l.loseLocked(m.Topic, 0)
			case m.Class == wire.Whole:
				delete(l.lost, m.Topic)
			}
			if taken && m.More {
				l.tellLocked()
			}
		}
	case wire.Happened:
		to := eventLane
		if last.Bypass {
			to = urgentLane
		}
		if n := l.pushLocked(to, taking); n < len(taking) {
			l.loseLocked(last.Topic, taking[n].Base)
		}
	}
}

func (l *line) skipsLocked(m *wire.Message) bool {
	_, lost := l.lost[m.Topic]
	return lost && (m.Class == wire.State || m.Class == wire.Happened)
}

func (l *line) loseLocked(topic string, base uint64) {
	if l.lost == nil {
		l.lost = map[string]uint64{}
	}
	l.lost[topic] = base
}

// Hold implements hub.Receiver.
func (l *line) Hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = true
}

// Release implements hub.Receiver.
func (l *line) Release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.releaseLocked()
}

func (l *line) releaseLocked() {
	l.held = false
	l.flushLocked()
	l.settleLocked()
}

// Close implements hub.Receiver.
func (l *line) Close(reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closeLocked(reason)
}

// Purge implements hub.Receiver.
func (l *line) Purge(topic string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.lost, topic)
	l.dropLocked(topic)
	l.settleLocked()
}

// stall has the client read no more, or again.
func (l *line) stall(begin bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stalled = begin
	l.faulty = l.faulty || begin
	l.flushLocked()
	l.settleLocked()
}

// readSome has a stalled client read so many messages.
func (l *line) readSome(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for ; n > 0 && !l.emptyLocked(); n-- {
		l.readOneLocked()
	}
	l.settleLocked()
}

// drained says what was lost, when it is time to tell the hub; otherwise it is nil.
func (l *line) drained() map[string]uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.emptyLocked() { // it is told when that is out
		l.telling = false
	}
	if !l.telling || l.closed != "" {
		return nil
	}
	l.gate, l.owed, l.telling = false, false, false
	lost := map[string]uint64{}
	maps.Copy(lost, l.lost)
	return lost
}

// state says why it is closed, and whether it was ever stalled.
func (l *line) state() (closed string, faulty bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed, l.faulty
}
