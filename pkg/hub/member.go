package hub

import (
	"slices"
	"sync"
	"time"

	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// All in a list of topics stands for every one that the session may see and
// that is not opt-in; when unsubscribing, for every one it is subscribed to.
const All = "all"

// Member is a session in the hub. It is safe for concurrent use.
type Member struct {
	// Static.
	hub   *Hub
	to    Receiver
	may   func(permission string) bool
	owner string // set by Own

	mu     sync.Mutex // guards all below
	left   bool
	batch  bool
	legacy bool
	subs   map[*stream]*subscription
}

// Own says who the session belongs to, by the id of an identity: of topics whose
// events have owners it sees that one's, and those of nobody. It is called before
// anything else.
func (m *Member) Own(id string) { m.owner = id }

// AutoJoin subscribes to the topics that are joined by themselves. Their
// snapshot waits one window: a session that asks for what it wants by then gets
// that instead.
func (m *Member) AutoJoin() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	var joined []*stream
	for _, s := range m.hub.streams {
		if m.left || !s.policy.AutoJoin || !m.may(s.policy.Permission) || m.subs[s] != nil {
			continue
		}
		m.subs[s] = m.newSubscription(s)
		joined = append(joined, s)
	}
	unlock := m.lockStreams()
	defer unlock()
	m.share()
	for _, s := range joined {
		if s.policy.Along != "" { // without a snapshot there is nothing to wait for
			s.joinLocked(m.subs[s], now)
			continue
		}
		s.oweLocked(m.subs[s], now.Add(m.hub.batch.Window))
	}
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
		if s == nil || m.subs[s] == nil || s.policy.Along != "" {
			continue
		}
		for _, left := range append(m.hub.along(s), s) {
			if m.subs[left] != nil {
				left.endLocked(m.subs[left])
				delete(m.subs, left)
				m.to.Purge(left.policy.Name)
			}
		}
		answer.Topics = append(answer.Topics, name)
	}
	m.share()
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

// Drained says that nothing waits any more on the session's connection, and of
// which topics something found no room there: of one of state the session gets its
// view anew, and from now on less often; in one of events it goes on after the seq
// that the value is. The next part of a large snapshot goes, too.
func (m *Member) Drained(lost map[string]uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	for _, s := range m.hub.streams {
		sub := m.subs[s]
		if sub == nil {
			continue
		}
		if base, ok := lost[s.policy.Name]; ok {
			m.regain(s, sub, base, now)
			continue
		}
		s.mu.Lock()
		if sub.parts != nil {
			s.partLocked(sub)
		}
		s.mu.Unlock()
	}
}

func (m *Member) regain(s *stream, sub *subscription, base uint64, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.policy.Kind == topic.State {
		s.demoteLocked(sub, now)
		m.to.Send(s.joinLocked(sub, now)...)
		return
	}
	messages, ok := s.regainLocked(sub, base, now)
	if !ok {
		m.to.Close(ReasonTooSlow)
		return
	}
	m.to.Send(messages...)
}

// Leave ends the membership: nothing is sent any more. A second Leave does nothing.
func (m *Member) Leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.left = true
	for s, sub := range m.subs {
		s.mu.Lock()
		s.endLocked(sub)
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
		if m.subs[s] != nil && s.policy.Along == "" {
			names = append(names, s.policy.Name)
		}
	}
	return names
}

func (m *Member) newSubscription(s *stream) *subscription {
	v := everything
	if class := m.class(s); class != "" {
		v = view.New(nil, nil, class)
	}
	return &subscription{to: m.to, batch: m.batch, legacy: m.legacy, view: v}
}

// class is what decides, beside filter and fields, on what the session sees of a
// topic: who it belongs to, where events have owners.
func (m *Member) class(s *stream) string {
	if !s.policy.Owned {
		return ""
	}
	return m.owner
}

// share tells the subscriptions, whose streams are locked, what the session's
// options are. (In a topic that goes along with another little happens: it is not
// worth waiting for.)
func (m *Member) share() {
	several := len(m.topics()) > 1
	for _, sub := range m.subs {
		sub.batch, sub.legacy, sub.several = m.batch, m.legacy, several
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
