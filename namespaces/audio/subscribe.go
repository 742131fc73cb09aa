package audio

import (
	"encoding/json"
	"slices"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/wire"
)

// ask is the payload of "subscribe" and "unsubscribe".
type ask struct {
	Topics gateway.Names             `json:"topics"`
	Since  map[string]*wire.Position `json:"since"` // under "audio"
}

// The bounds of a list of names, far more than there are, and of a name in it.
const (
	maxNames = 100
	maxName  = 100 // bytes
)

// check parts the names that there are from others.
func (a ask) check(event string) (known, unknown []string, err error) {
	wrong := func(what string) error {
		return gateway.Errorf(gateway.CodeInvalidPayload, "Invalid %s payload: %s", event, what)
	}
	switch {
	case a.Topics == nil:
		return nil, nil, wrong("expected an object with 'topics': transmissions, transcriptions, all, or a list of those")
	case len(a.Topics) > maxNames:
		return nil, nil, wrong("'topics' has more than 100 names")
	}
	known = []string{}
	for _, name := range a.Topics {
		switch {
		case len(name) > maxName:
			return nil, nil, wrong("a name in 'topics' is longer than 100 bytes")
		case !slices.Contains(wantable, name):
			unknown = append(unknown, name)
		case !slices.Contains(known, name):
			known = append(known, name)
		}
	}
	return known, unknown, nil
}

// subscribe adds to what the session wants. The first one takes the place of what
// was joined by itself.
func subscribe(s *gateway.Session, a ask, ack gateway.Ack) error {
	joined, unknown, err := a.check("subscribe")
	if err != nil {
		return err
	}
	l := listenerOf(s)
	if l.automatic && len(joined) > 0 {
		l.automatic = false
		clear(l.wants)
	}
	for _, name := range joined {
		l.wants[name] = true
	}
	var data json.RawMessage
	err = l.answering(func(m *wire.Message) *wire.Message {
		var answer wire.Subscribed
		if json.Unmarshal(m.Data, &answer) != nil {
			return m
		}
		answer.Topics, answer.Joined, answer.Unknown = joined, joined, unknown // of this call, as in the reference
		answer.Views, answer.Positions, answer.Resumed = underOne(answer.Views), underOne(answer.Positions), underOne(answer.Resumed)
		told, err := wire.New(m.Event, answer)
		if err != nil {
			return m
		}
		told.Class, data = m.Class, told.Data
		return told
	}, func() error { return l.follow(s, a.Since[topicAll]) })
	if err == nil && ack != nil {
		ack(data)
	}
	return err
}

// underOne gives what is there under a topic's name under the one that clients know.
func underOne[V any](m map[string]V) map[string]V {
	for name, v := range m {
		if name != topicAll {
			delete(m, name)
			m[topicAll] = v
		}
	}
	return m
}

func unsubscribe(s *gateway.Session, a ask, ack gateway.Ack) error {
	named, _, err := a.check("unsubscribe")
	if err != nil {
		return err
	}
	l := listenerOf(s)
	answer := wire.Unsubscribed{Topics: []string{}}
	for _, name := range named {
		if l.wants[name] {
			delete(l.wants, name)
			l.automatic = false
			answer.Topics = append(answer.Topics, name)
		}
	}
	answer.Remaining = l.topics()
	message, err := wire.New("unsubscribed", answer)
	if err != nil {
		return err
	}
	message.Class = wire.Ordered
	err = l.answering(func(*wire.Message) *wire.Message { return message }, func() error {
		if l.topic() == l.following {
			_, err := s.Unsubscribe(nil)
			return err
		}
		return l.follow(s, nil)
	})
	if err == nil && ack != nil {
		ack(message.Data)
	}
	return err
}
