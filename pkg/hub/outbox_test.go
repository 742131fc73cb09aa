package hub_test

import (
	"slices"

	"github.com/skygate-io/skygate/pkg/wire"
)

// pushLocked sends messages, or has them wait, and says how many it took.
func (l *line) pushLocked(to lane, messages []*wire.Message) (taken int) {
	if !l.held && l.emptyLocked() {
		switch {
		case !l.stalled:
			for _, m := range messages {
				l.read(m)
			}
			return len(messages)
		case to >= eventLane && len(messages)%2 == 1: // the kernel takes a part of the first one
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
		case urgentLane, eventLane:
			l.owed = true
		}
	}
	l.settleLocked()
	return taken
}

// takeLocked puts into a lane what finds room there.
func (l *line) takeLocked(to lane, messages []*wire.Message) (taken int) {
	switch to {
	case prioLane, urgentLane:
		most := l.room.priority
		if to == urgentLane {
			most = max(most/2, 1)
		}
		for taken < len(messages) && len(l.priority) < most {
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
