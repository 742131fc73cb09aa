package acars

import (
	"encoding/json"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// ask is the payload of "subscribe" and "unsubscribe".
type ask struct {
	Topics names                     `json:"topics"`
	Since  map[string]*wire.Position `json:"since"` // under "acars"
}

func subscribe(s *gateway.Session, a ask, ack gateway.Ack) error {
	all, aircraft, err := a.Topics.read("subscribe")
	if err != nil {
		return err
	}
	l := stateOf(s)
	if err := l.add(all, aircraft); err != nil {
		return err
	}
	joined := append([]string{}, a.Topics...)
	var data json.RawMessage
	err = l.answering(func(m *wire.Message) *wire.Message {
		var answer wire.Subscribed
		if json.Unmarshal(m.Data, &answer) != nil {
			return m
		}
		answer.Topics, answer.Joined = l.topics(), joined
		told, err := wire.New(m.Event, answer)
		if err != nil {
			return m
		}
		told.Class, data = m.Class, told.Data
		return told
	}, func() error { return listen(s, a.Since[topicName]) })
	if err == nil && ack != nil {
		ack(data)
	}
	return err
}

// unsubscribe leaves "all", aircraft, or both. Who is left with some aircraft gets a
// snapshot of theirs.
func unsubscribe(s *gateway.Session, a ask, ack gateway.Ack) error {
	all, aircraft, err := a.Topics.read("unsubscribe")
	if err != nil {
		return err
	}
	l := stateOf(s)
	before, err := l.filter()
	if err != nil {
		return err
	}
	answer := wire.Unsubscribed{Topics: l.drop(all, aircraft), Remaining: l.topics()}
	message, err := wire.New("unsubscribed", answer)
	if err != nil {
		return err
	}
	message.Class = wire.Ordered
	err = l.answering(func(*wire.Message) *wire.Message { return message }, func() error {
		switch after, err := l.filter(); {
		case err != nil:
			return err
		case len(answer.Remaining) == 0:
			_, err := s.Unsubscribe([]string{topicName})
			return err
		case len(answer.Topics) == 0 || string(before.Canonical()) == string(after.Canonical()):
			_, err := s.Unsubscribe(nil)
			return err
		}
		return listen(s, nil)
	})
	if err == nil && ack != nil {
		ack(message.Data)
	}
	return err
}

// answering has the hub's answer told in other words while something is done.
func (l *listener) answering(words func(*wire.Message) *wire.Message, do func() error) error {
	l.answer = words
	defer func() { l.answer = nil }()
	return do()
}

// listen has the hub send what the session listens to.
func listen(s *gateway.Session, since *wire.Position) error {
	l := stateOf(s)
	if len(l.topics()) == 0 {
		_, err := s.Subscribe(hub.Subscribe{})
		return err
	}
	filter, err := l.filter()
	if err != nil {
		return err
	}
	want := hub.Subscribe{Topics: []string{topicName}, Filters: map[string]*view.Filter{topicName: filter}}
	if since != nil {
		want.Since = map[string]wire.Position{topicName: *since}
	}
	_, err = s.Subscribe(want)
	return err
}
