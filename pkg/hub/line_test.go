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
			to = prioLane
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

// pushLocked sends messages, or has them wait, and says how many it took.
func (l *line) pushLocked(to lane, messages []*wire.Message) (taken int) {
	if !l.held && l.emptyLocked() {
		switch {
		case !l.stalled:
			for _, m := range messages {
				l.read(m)
			}
			return len(messages)
		case to != prioLane && len(messages)%2 == 1: // the kernel takes a part of the first one
			l.begun, taken = messages[0], 1
			if to == stateLane {
				for _, m := range messages[1:] {
					l.stream = append(l.stream, waiting{m, true})
				}
				return len(messages)
			}
		}
	}
	for {
		n := l.takeLocked(to, messages[taken:])
		taken += n
		l.flushLocked()
		if n == 0 || taken == len(messages) || !l.emptyLocked() {
			break
		}
	}
	if taken < len(messages) {
		switch to {
		case prioLane:
			l.closeLocked("priority lane full")
		case stateLane:
			l.dropLocked(messages[0].Topic)
			fallthrough
		case eventLane:
			l.owed = true
		}
	}
	l.settleLocked()
	return taken
}

// takeLocked puts into a lane what finds room there.
func (l *line) takeLocked(to lane, messages []*wire.Message) (taken int) {
	switch to {
	case prioLane:
		for taken < len(messages) && len(l.priority) < l.room.priority {
			l.priority = append(l.priority, waiting{messages[taken], false})
			taken++
		}
	case eventLane:
		for taken < len(messages) && (len(l.stream) < l.room.stream || !l.stalled) {
			l.stream = append(l.stream, waiting{messages[taken], false})
			taken++
		}
	case stateLane:
		if l.held && !l.stalled { // the bounds are so small only for what is not read
			for _, m := range messages {
				l.stream = append(l.stream, waiting{m, true})
			}
			return len(messages)
		}
		nothing := len(l.stream) == 0 && l.begun == nil
		if l.gate || !nothing && len(l.stream)+len(messages) > l.room.state {
			l.gate = true
			return 0
		}
		for _, m := range messages {
			l.stream = append(l.stream, waiting{m, true})
		}
		taken = len(messages)
	}
	return taken
}

func (l *line) emptyLocked() bool { return l.begun == nil && len(l.priority)+len(l.stream) == 0 }

func (l *line) flushLocked() {
	if !l.stalled && (!l.held || len(l.priority) > 0) {
		for !l.emptyLocked() && l.closed == "" {
			l.readOneLocked()
		}
	}
}

func (l *line) readOneLocked() {
	var m *wire.Message
	switch {
	case l.begun != nil:
		m, l.begun = l.begun, nil
	case len(l.priority) > 0:
		m, l.priority = l.priority[0].Message, l.priority[1:]
	default:
		m, l.stream = l.stream[0].Message, l.stream[1:]
	}
	l.read(m)
}

func (l *line) dropLocked(topic string) {
	l.stream = slices.DeleteFunc(l.stream, func(w waiting) bool { return w.droppable && w.Topic == topic })
}

func (l *line) tellLocked() {
	l.owed = true
	l.settleLocked()
}

func (l *line) settleLocked() {
	l.telling = l.telling || l.owed && l.closed == "" && l.emptyLocked()
}

func (l *line) closeLocked(reason string) {
	if l.closed == "" {
		l.closed = reason
	}
	l.begun, l.priority, l.stream = nil, nil, nil
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
