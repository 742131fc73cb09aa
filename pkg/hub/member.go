package hub

import (
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/skygate-io/skygate/pkg/wire"
)

// All in a list of topics stands for every one that the session may see and
// that is not opt-in; when unsubscribing, for every one it is subscribed to.
const All = "all"

// Subscribe is what a session asks for. What is nil stays as it was.
type Subscribe struct {
	Topics []string
	// Since are positions that the session holds. None is resumed yet: each
	// topic answers with a snapshot.
	Since map[string]wire.Position
	// Batch says whether the messages of a flush come as one event; not so at first.
	Batch *bool
	// Legacy says whether events for older clients come, too; so at first.
	Legacy *bool
}

// Member is a session in the hub. It is safe for concurrent use.
type Member struct {
	// Static.
	hub *Hub
	to  Receiver
	may func(permission string) bool

	mu     sync.Mutex // guards all below
	left   bool
	batch  bool
	legacy bool
	subs   map[*stream]*subscription
}

// AutoJoin subscribes to the topics that are joined by themselves. Their
// snapshot waits one window: a session that asks for what it wants by then gets
// that instead.
func (m *Member) AutoJoin() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	for _, s := range m.hub.streams {
		if m.left || !s.policy.AutoJoin || !m.may(s.policy.Permission) || m.subs[s] != nil {
			continue
		}
		sub := m.newSubscription()
		m.subs[s] = sub
		s.mu.Lock()
		s.oweLocked(sub, now)
		s.mu.Unlock()
	}
}

// Subscribe joins topics: the session gets the answer, then a snapshot of each
// topic joined, then its changes. The answer is also returned.
func (m *Member) Subscribe(ask Subscribe) (*wire.Subscribed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var joined []*stream
	answer := &wire.Subscribed{Joined: []string{}}
	for _, name := range m.expand(ask.Topics) {
		s := m.hub.byName[name]
		switch {
		case s == nil:
			answer.Unknown = append(answer.Unknown, name)
		case !m.may(s.policy.Permission):
			answer.Denied = append(answer.Denied, name)
		default:
			answer.Joined = append(answer.Joined, name)
			joined = append(joined, s)
		}
	}
	if m.left {
		return answer, nil
	}
	for _, s := range joined {
		if m.subs[s] == nil {
			m.subs[s] = m.newSubscription()
		}
	}
	unlock := m.lockStreams()
	defer unlock()
	m.setOptions(ask)
	messages := make([]*wire.Message, 1, 1+len(joined))
	now := time.Now()
	answer.Topics = m.topics()
	answer.Filters, answer.Views = map[string]json.RawMessage{}, map[string]string{}
	answer.Positions, answer.Resumed = map[string]wire.Position{}, map[string]bool{}
	for _, s := range joined {
		m.to.Purge(s.policy.Name)
		messages = append(messages, s.joinLocked(m.subs[s], now))
		answer.Views[s.policy.Name] = wholeView
		answer.Positions[s.policy.Name] = wire.Position{Epoch: s.at.Epoch, Seq: s.at.Seq}
		answer.Resumed[s.policy.Name] = false
	}
	message, err := wire.New("subscribed", answer)
	if err != nil {
		return nil, err
	}
	message.Class = wire.Ordered
	messages[0] = message
	m.to.Send(messages...)
	return answer, nil
}

// Unsubscribe leaves topics. After the answer nothing of them comes.
func (m *Member) Unsubscribe(names []string) (*wire.Unsubscribed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.Contains(names, All) {
		names = m.topics()
	}
	unlock := m.lockStreams()
	defer unlock()
	answer := &wire.Unsubscribed{Topics: []string{}}
	for _, name := range names {
		s := m.hub.byName[name]
		if s == nil || m.subs[s] == nil {
			continue
		}
		s.leaveLocked(m.subs[s])
		delete(m.subs, s)
		m.to.Purge(name)
		answer.Topics = append(answer.Topics, name)
	}
	answer.Remaining = m.topics()
	message, err := wire.New("unsubscribed", answer)
	if err != nil {
		return nil, err
	}
	if !m.left {
		message.Class = wire.Ordered
		m.to.Send(message)
	}
	return answer, nil
}

// Resync gives the session a snapshot of each of the topics that it is
// subscribed to: something of them was dropped on the way to it.
func (m *Member) Resync(topics []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	for _, name := range topics {
		s := m.hub.byName[name]
		if s == nil || m.subs[s] == nil {
			continue
		}
		s.mu.Lock()
		m.to.Send(s.joinLocked(m.subs[s], now))
		s.mu.Unlock()
	}
}

// Leave ends the membership: nothing is sent any more. A second Leave does nothing.
func (m *Member) Leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left = true
	for s, sub := range m.subs {
		s.mu.Lock()
		s.leaveLocked(sub)
		s.mu.Unlock()
	}
	clear(m.subs)
}

// Topics are those that the session is subscribed to, in the order of the policies.
func (m *Member) Topics() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.topics()
}

func (m *Member) topics() []string {
	names := []string{}
	for _, s := range m.hub.streams {
		if m.subs[s] != nil {
			names = append(names, s.policy.Name)
		}
	}
	return names
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
			if !s.policy.OptIn && m.may(s.policy.Permission) {
				add(s.policy.Name)
			}
		}
	}
	return out
}

func (m *Member) newSubscription() *subscription {
	return &subscription{to: m.to, batch: m.batch, legacy: m.legacy}
}

// setOptions applies the session's options to all its subscriptions, whose
// streams are locked.
func (m *Member) setOptions(ask Subscribe) {
	if ask.Batch != nil {
		m.batch = *ask.Batch
	}
	if ask.Legacy != nil {
		m.legacy = *ask.Legacy
	}
	for _, sub := range m.subs {
		sub.batch, sub.legacy = m.batch, m.legacy
	}
}

// lockStreams locks every stream of the session's, in their order. The caller
// unlocks the same ones.
func (m *Member) lockStreams() (unlock func()) {
	var locked []*stream
	for _, s := range m.hub.streams {
		if m.subs[s] != nil {
			s.mu.Lock()
			locked = append(locked, s)
		}
	}
	return func() {
		for _, s := range locked {
			s.mu.Unlock()
		}
	}
}
