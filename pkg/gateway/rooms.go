package gateway

import (
	"slices"

	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/wire"
)

// Roomer is a [Conn] whose transport has rooms, by which others than the hub may send
// something to all who are in one.
type Roomer interface {
	// Rooms has the connection in these rooms, and in no other of those that it was put
	// in this way. It does not call the session.
	Rooms(names []string)
}

// RoomOf has each session be in a room of the transport for each topic that it holds;
// the function names it. What the hub sends does not pass there. Call RoomOf before
// clients connect.
func (n *Namespace) RoomOf(name func(topicName string) string) { n.roomOf = name }

// AutoJoin is [hub.Member.AutoJoin].
func (s *Session) AutoJoin() {
	s.Member.AutoJoin()
	s.keepRooms()
}

// Unsubscribe is [hub.Member.Unsubscribe]. The rooms are left before the client is told.
func (s *Session) Unsubscribe(names []string) (*wire.Unsubscribed, error) {
	s.keepRooms(names...)
	defer s.keepRooms()
	return s.Member.Unsubscribe(names)
}

// keepRooms has the connection in the rooms of the topics that the session holds, but
// for some.
func (s *Session) keepRooms(but ...string) {
	to, ok := s.roomer()
	if !ok {
		return
	}
	rooms := []string{}
	for _, name := range s.Topics() {
		if !slices.Contains(but, name) && !slices.Contains(but, hub.All) {
			rooms = append(rooms, s.namespace.roomOf(name))
		}
	}
	to.Rooms(rooms)
}

// roomer gives what has the rooms, if there are any.
func (s *Session) roomer() (to Roomer, ok bool) {
	if s.namespace.roomOf == nil {
		return nil, false
	}
	conn := s.conn
	if words, is := conn.(*reworded); is {
		conn = words.Conn
	}
	to, ok = conn.(Roomer)
	return to, ok
}
