package hub

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// Subscribe is what a session asks for. What is not in it stays as it was.
type Subscribe struct {
	Topics []string
	// Filters, Rates (Hz) and Fields are by topic, each one of Topics; a nil value
	// clears what was asked for before.
	Filters map[string]*view.Filter
	Rates   map[string]*float64
	Fields  map[string][]string
	// Clear says what is cleared for all of Topics.
	Clear Clear
	// Since are positions that the session holds, and wants to go on from.
	Since map[string]wire.Position
	// Batch says whether the messages of a flush come as one event; not so at first.
	Batch *bool
	// Legacy says whether events for older clients come, too; so at first.
	Legacy *bool
	// Answered, when it is not nil, is given the answer before that is sent, so that what
	// is made of it is not behind what the answer's positions lead to. Topics are locked
	// meanwhile: it sends, and asks the hub nothing.
	Answered func(*wire.Subscribed)
}

// Clear names parts of what was asked for before.
type Clear struct{ Filters, Rates, Fields bool }

// The bounds of what may be asked for.
const (
	// MinRate is the slowest pace, in Hz.
	MinRate = 0.1
	// MaxFields is how many fields a session may name of a topic.
	MaxFields = 200
	// MaxFieldName is how many bytes each has at most.
	MaxFieldName = 100
)

// AskError says what is wrong with what a session asked for. It is for the
// client's author.
type AskError struct{ Message string }

// Error implements error.
func (e *AskError) Error() string { return e.Message }

func wrongAsk(format string, args ...any) error {
	return &AskError{fmt.Sprintf(format, args...)}
}

// everything is the view of those who ask for nothing in particular.
var everything = view.New(nil, nil, "")

// Subscribe joins topics: the session gets the answer, then of each topic joined
// a snapshot, or what leads from what it holds to the present; then its changes.
// The answer is also returned. An [*AskError] says what is wrong; then nothing
// has changed.
func (m *Member) Subscribe(ask Subscribe) (*wire.Subscribed, error) {
	m.await(ask.Since)
	m.mu.Lock()
	defer m.mu.Unlock()
	answer := &wire.Subscribed{Joined: []string{}}
	names := m.expand(ask.Topics)
	if err := m.check(&ask, names); err != nil {
		return nil, err
	}
	joined := m.sort(names, answer)
	if m.left {
		return answer, nil
	}
	m.options(&ask)
	fresh := map[*stream]bool{}
	for _, s := range joined {
		if m.subs[s] == nil {
			m.subs[s], fresh[s] = m.newSubscription(s), true
		}
	}
	unlock := m.lockStreams()
	defer unlock()
	m.share()
	return answer, m.begin(&ask, answer, joined, fresh)
}

// sort says of each name in the answer what becomes of it, and gives what is joined.
func (m *Member) sort(names []string, answer *wire.Subscribed) (joined []*stream) {
	for _, name := range names {
		s := m.hub.byName[name]
		switch {
		case s == nil || s.policy.Along != "":
			answer.Unknown = append(answer.Unknown, name)
		case !m.may(s.policy.Permission):
			answer.Denied = append(answer.Denied, name)
		default:
			answer.Joined = append(answer.Joined, name)
			joined = append(joined, s)
			for _, other := range m.hub.along(s) {
				if m.may(other.policy.Permission) {
					joined = append(joined, other)
				}
			}
		}
	}
	return joined
}

// begin fills and sends the answer, and what each topic begins with. The streams
// are locked.
func (m *Member) begin(ask *Subscribe, answer *wire.Subscribed, joined []*stream, fresh map[*stream]bool) error {
	answer.Topics = m.topics()
	answer.Filters, answer.Views = map[string]json.RawMessage{}, map[string]string{}
	answer.Positions, answer.Resumed = map[string]wire.Position{}, map[string]bool{}
	messages := make([]*wire.Message, 1, 1+len(joined))
	now := time.Now()
	for _, s := range joined {
		name, sub := s.policy.Name, m.subs[s]
		v := m.wanted(ask, name, sub)
		first, at, resumed := m.join(ask, s, v, fresh[s], now)
		messages = append(messages, first...)
		if len(first) > 0 && first[0].Event == s.policy.Prefix+":snapshot" {
			answer.Snapshots++
		}
		answer.Views[name] = v.Token()
		answer.Positions[name] = wire.Position{Epoch: at.Epoch, Seq: at.Seq}
		answer.Resumed[name] = resumed
	}
	for s, sub := range m.subs {
		if f := sub.target().Filter(); f != nil {
			answer.Filters[s.policy.Name] = f.Canonical()
		}
	}
	message, err := wire.New("subscribed", answer)
	if err != nil {
		return err
	}
	message.Class = wire.Ordered
	messages[0] = message
	if ask.Answered != nil {
		ask.Answered(answer)
	}
	m.to.Send(messages...)
	for _, s := range joined {
		if !s.stale.since.IsZero() {
			s.tellStaleLocked(m.subs[s])
		}
	}
	return nil
}

// join brings a topic's subscription to a view, and says what the session gets
// for it, and where that begins.
func (m *Member) join(ask *Subscribe, s *stream, v *view.View, fresh bool, now time.Time) (first []*wire.Message, at topic.Position, resumed bool) {
	name, sub := s.policy.Name, m.subs[s]
	held, since := ask.Since[name]
	turns := !fresh && !since && v.Token() != sub.target().Token() && sub.cohort != nil && sub.parts == nil && s.policy.Kind == topic.State
	repaced := m.repace(ask, s, sub)
	if turns {
		if repaced {
			s.moveLocked(sub)
		}
		at = topic.Position{Epoch: s.at.Epoch, Seq: sub.cohort.sent}
		return s.wantLocked(sub, v, now), at, false
	}
	if s.policy.Kind == topic.Event && sub.cohort != nil && !since { // what waits is not lost
		s.flushAudienceLocked(sub.cohort.audience, now, nil)
	}
	m.to.Purge(name)
	s.leaveLocked(sub) // with the view and the pace that it had
	sub.view = v
	if since {
		if first, from, ok := s.resumeLocked(sub, held, now); ok {
			if s.policy.Bypass {
				first = inOrder(first)
			}
			return first, from, true
		}
	}
	first = s.joinLocked(sub, now)
	return first, topic.Position{Epoch: s.at.Epoch, Seq: sub.cohort.sent}, false
}

// inOrder has messages of a topic that bypasses keep their place after the answer
// that they belong to.
func inOrder(messages []*wire.Message) []*wire.Message {
	out := make([]*wire.Message, len(messages))
	for i, m := range messages {
		out[i] = &wire.Message{Event: m.Event, Data: m.Data, Topic: m.Topic, Class: wire.Ordered, Bypass: true, Base: m.Base, Seq: m.Seq}
	}
	return out
}

// repace takes the pace that was asked for, and says whether it is another.
func (m *Member) repace(ask *Subscribe, s *stream, sub *subscription) bool {
	hz, ok := ask.Rates[s.policy.Name]
	if !ok && !ask.Clear.Rates {
		return false
	}
	before := s.interval(sub)
	sub.hz = 0
	if hz != nil {
		sub.hz = *hz
	}
	return s.interval(sub) != before
}

// target is the view that a subscription has, or turns to.
func (sub *subscription) target() *view.View {
	if sub.turn != nil {
		return sub.turn
	}
	return sub.view
}

// wanted is the view that a session asks for.
func (m *Member) wanted(ask *Subscribe, name string, sub *subscription) *view.View {
	filter, fields := sub.target().Filter(), sub.target().Fields()
	f, newFilter := ask.Filters[name]
	list, newFields := ask.Fields[name]
	newFilter, newFields = newFilter || ask.Clear.Filters, newFields || ask.Clear.Fields
	if !newFilter && !newFields {
		return sub.target()
	}
	if newFilter {
		filter = f
	}
	if newFields {
		fields = list
	}
	return view.New(filter, fields, m.class(m.hub.byName[name]))
}

// options takes the session's own options.
func (m *Member) options(ask *Subscribe) {
	if ask.Batch != nil {
		m.batch = *ask.Batch
	}
	if ask.Legacy != nil {
		m.legacy = *ask.Legacy
	}
}

// check says what is wrong with what is asked for.
func (m *Member) check(ask *Subscribe, names []string) error {
	for _, part := range []struct {
		name   string
		topics []string
	}{
		{"filters", keysOf(ask.Filters)}, {"rate", keysOf(ask.Rates)}, {"fields", keysOf(ask.Fields)}, {"since", keysOf(ask.Since)},
	} {
		for _, name := range part.topics {
			if !slices.Contains(names, m.hub.lead(name)) {
				return wrongAsk("%s.%s: this topic is not among the topics of this subscribe", part.name, name)
			}
		}
	}
	for _, name := range keysOf(ask.Rates) {
		hz := ask.Rates[name]
		switch s := m.hub.byName[name]; {
		case hz == nil || s == nil:
		case s.policy.Kind == topic.Event:
			return wrongAsk("rate.%s: events are not skipped; leave it out", name)
		case !(*hz >= MinRate && *hz <= math.MaxFloat64):
			return wrongAsk("rate.%s: %v is out of range: from %v (Hz)", name, *hz, MinRate)
		}
	}
	for _, name := range keysOf(ask.Fields) {
		fields := ask.Fields[name]
		if s := m.hub.byName[name]; s != nil && s.policy.Kind == topic.Event && fields != nil {
			return wrongAsk("fields.%s: an event is told whole; leave it out", name)
		}
		if len(fields) > MaxFields {
			return wrongAsk("fields.%s: %d names are too many: up to %d", name, len(fields), MaxFields)
		}
		for _, field := range fields {
			if len(field) > MaxFieldName {
				return wrongAsk("fields.%s: a name is longer than %d bytes", name, MaxFieldName)
			}
		}
	}
	return nil
}

func keysOf[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// expand gives each name once, and for [All] what it stands for.
func (m *Member) expand(names []string) []string {
	var out []string
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, name := range names {
		if name != All {
			add(name)
			continue
		}
		for _, s := range m.hub.streams {
			if !s.policy.OptIn && s.policy.Along == "" && m.may(s.policy.Permission) {
				add(s.policy.Name)
			}
		}
	}
	return out
}
