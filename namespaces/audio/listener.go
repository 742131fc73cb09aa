package audio

import (
	"sync"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/wire"
)

// What clients may want.
const (
	wantTransmissions  = "transmissions"
	wantTranscriptions = "transcriptions"
	wantAll            = "all"
)

var wantable = []string{wantTransmissions, wantTranscriptions, wantAll}

// listener is a session: what it wants to hear of. But for what mu guards it is
// owned by the goroutine that handles the session's events.
type listener struct {
	library   *library
	automatic bool // it has asked for nothing yet, and so gets all
	wants     map[string]bool
	following string // the hub's topic; "" for none
	// answer gives what to tell instead of the hub's answer, while one is expected.
	answer func(m *wire.Message) *wire.Message

	mu    sync.Mutex // guards items
	items *items     // what was known when it last asked
}

func listenerOf(s *gateway.Session) *listener { return s.State.(*listener) }

// topics are what it wants, in the client's words.
func (l *listener) topics() []string {
	out := []string{}
	for _, name := range wantable {
		if l.wants[name] {
			out = append(out, name)
		}
	}
	return out
}

// topic is the hub's topic that has what it wants.
func (l *listener) topic() string {
	switch transmissions, transcriptions := l.wants[wantTransmissions], l.wants[wantTranscriptions]; {
	case l.wants[wantAll], transmissions && transcriptions:
		return topicAll
	case transmissions:
		return topicTransmissions
	case transcriptions:
		return topicTranscriptions
	}
	return ""
}

// follow has the hub send what the session wants, with a snapshot or from a
// position on.
func (l *listener) follow(s *gateway.Session, since *wire.Position) error {
	name := l.topic()
	if answer := l.answer; l.following != "" && l.following != name {
		l.answer = nil // it is the next one that counts
		if name == "" {
			l.answer = answer
		}
		left := l.following
		l.following = ""
		if _, err := s.Unsubscribe([]string{left}); err != nil || name == "" {
			return err
		}
		l.answer = answer
	}
	if name == "" {
		_, err := s.Subscribe(hub.Subscribe{})
		return err
	}
	known, err := l.library.known()
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.items = known
	l.mu.Unlock()
	want := hub.Subscribe{Topics: []string{name}}
	if since != nil {
		want.Since = map[string]wire.Position{name: *since}
	}
	l.following = name
	_, err = s.Subscribe(want)
	return err
}

// answering has the hub's answer told in other words while something is done.
func (l *listener) answering(words func(*wire.Message) *wire.Message, do func() error) error {
	l.answer = words
	defer func() { l.answer = nil }()
	return do()
}

// reword tells the hub's answers in the namespace's words, and a snapshot as the
// items that the events are of. Nobody is told what was joined by itself.
func reword(s *gateway.Session, m *wire.Message) *wire.Message {
	l := listenerOf(s)
	switch m.Event {
	case "subscribed", "unsubscribed":
		if l.answer == nil {
			return nil
		}
		return l.answer(m)
	case "audio:snapshot":
		l.mu.Lock()
		known := l.items
		l.mu.Unlock()
		return known.snapshot(m)
	}
	return m
}
