package hub

import (
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
)

// Near copies those records of a topic that a filter lets through, in no order. Of
// a filter with a region it looks only at what is there.
func (h *Hub) Near(topicName string, f *view.Filter) ([]record.Record, error) {
	s := h.byName[topicName]
	if s == nil {
		return nil, ErrUnknownTopic
	}
	v := view.New(f, nil, "")
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.content.(*picture); ok {
		return p.replica.Copy(p.replica.Select(v)), nil
	}
	return nil, nil
}

// Position is the place of a topic's newest change; the zero position for a topic
// that is unknown.
func (h *Hub) Position(topicName string) topic.Position {
	s := h.byName[topicName]
	if s == nil {
		return topic.Position{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

// Events gives the events of a topic that are remembered, oldest first; those that
// have an owner are not among them.
func (h *Hub) Events(topicName string) ([]*feedlog.Entry, error) {
	return h.EventsOf(topicName, "")
}

// EventsOf gives those as well that an owner has.
func (h *Hub) EventsOf(topicName, owner string) ([]*feedlog.Entry, error) {
	return h.events(topicName, func(of string) bool { return of == "" || of == owner })
}

// EventsOfAll gives them all, whoever has them.
func (h *Hub) EventsOfAll(topicName string) ([]*feedlog.Entry, error) {
	return h.events(topicName, func(string) bool { return true })
}

func (h *Hub) events(topicName string, whose func(owner string) bool) ([]*feedlog.Entry, error) {
	s := h.byName[topicName]
	if s == nil {
		return nil, ErrUnknownTopic
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	events, ok := s.content.(*history)
	if !ok {
		return nil, nil
	}
	out := make([]*feedlog.Entry, 0, len(events.kept))
	for _, e := range events.kept {
		if !e.other && whose(e.Change.Event.Owner) {
			out = append(out, e.Entry)
		}
	}
	return out, nil
}
