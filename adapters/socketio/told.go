package socketio

import (
	"encoding/json"
	"time"

	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io-go-parser/v2/parser"
	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// What other processes tell and ask of the namespace.

var _ backplane.Local = (*rooms)(nil)

// Has implements [backplane.Local].
func (r *rooms) Has(room string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.rooms[socket.Room(room)] != nil
}

// Obey implements [backplane.Local].
func (r *rooms) Obey(c backplane.Command) {
	switch c := c.(type) {
	case backplane.Broadcast:
		r.broadcast(c)
	case backplane.Join:
		r.eachOf(c.To, func(s *seat) { s.socket.Join(roomsOf(c.Rooms)...) })
	case backplane.Leave:
		r.eachOf(c.To, func(s *seat) { leaveAll(s, roomsOf(c.Rooms)) })
	case backplane.Disconnect:
		r.eachOf(c.To, func(s *seat) { s.socket.Disconnect(c.Close) })
	case backplane.ServerEvent:
		r.happen(c.Event, nil)
	}
}

// Answer implements [backplane.Local].
func (r *rooms) Answer(q backplane.Question, replies backplane.Replies) {
	switch q := q.(type) {
	case backplane.Confirm:
		r.confirm(q, replies)
	case backplane.Fetch:
		replies.Sockets(r.describe(q.To))
	case backplane.AskServers:
		r.happen(q.Event, func(args []any, _ error) {
			if len(args) == 0 {
				args = []any{nil}
			}
			replies.Value(valueOf(args[0]))
		})
	case backplane.ListRooms:
		replies.Rooms(r.names())
	}
}

// outgoing gives a told event as sockets' listeners for outgoing events get it.
func (r *rooms) outgoing(event backplane.Value) *parser.Packet {
	data, _ := read(event)
	return &parser.Packet{Type: parser.EVENT, Nsp: r.Nsp().Name(), Data: data}
}

func (r *rooms) broadcast(b backplane.Broadcast) {
	sent := frame(eventText(b.Event, r.Nsp().Name(), nil), b.Event.Binary)
	var p *parser.Packet // made when somebody listens
	r.eachOf(b.To, func(s *seat) {
		if tell := s.socket.NotifyOutgoingListeners(); tell != nil {
			if p == nil {
				p = r.outgoing(b.Event)
			}
			tell(p)
		}
		s.link.deliver(sent, b.Flags.Volatile)
	})
}

// confirmFor is how long acknowledgements are waited for that another process asked
// for without saying how long.
const confirmFor = 5 * time.Second

func (r *rooms) confirm(q backplane.Confirm, replies backplane.Replies) {
	id := r.Nsp().Ids()
	sent := frame(eventText(q.Event, r.Nsp().Name(), &id), q.Event.Binary)
	opts := optionsOf(q.To)
	timeout := q.Timeout
	if timeout <= 0 {
		timeout = confirmFor
	}
	n := r.ask(id, sent, opts, timeout, r.outgoing(q.Event), func(args []any) {
		if len(args) == 0 {
			args = []any{nil}
		}
		replies.Value(valueOf(args[0]))
	})
	replies.Count(n)
}

// describe gives the sockets of an audience as other processes are told of them.
func (r *rooms) describe(to backplane.Audience) []backplane.Socket {
	list := []backplane.Socket{}
	r.eachOf(to, func(s *seat) {
		data, shaken := backplane.Value{JSON: json.RawMessage("{}")}, s.socket.Handshake()
		switch kept := s.socket.Data().(type) {
		case nil:
		case *conn: // of the gateway, whose keys are nobody's business
			shaken = withoutSecrets(shaken)
		default:
			data = valueOf(kept)
		}
		list = append(list, backplane.Socket{
			ID: string(s.id), Handshake: writeHandshake(shaken),
			Rooms: texts(s.socket.Rooms().Keys()), Data: data,
		})
	})
	return list
}

// names gives the rooms that somebody here is in.
func (r *rooms) names() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	names := make([]string, 0, len(r.rooms))
	for name := range r.rooms {
		names = append(names, string(name))
	}
	return names
}

// happen calls the namespace's handlers of an event, in order, without holding up
// what else is told.
func (r *rooms) happen(event backplane.Value, answer socket.Ack) {
	values, err := read(event)
	args, ok := values.([]any)
	if err != nil || !ok {
		return
	}
	if answer != nil {
		args = append(args, answer)
	}
	r.happened.do(func() { r.Nsp().OnServerSideEmit(args) })
}

func (r *rooms) eachOf(to backplane.Audience, do func(*seat)) {
	r.eachIn(roomsOf(to.Rooms), roomsOf(to.Except), do)
}

func roomsOf(names []string) []socket.Room {
	out := make([]socket.Room, len(names))
	for i, name := range names {
		out[i] = socket.Room(name)
	}
	return out
}

func optionsOf(to backplane.Audience) *socket.BroadcastOptions {
	return &socket.BroadcastOptions{Rooms: types.NewSet(roomsOf(to.Rooms)...), Except: types.NewSet(roomsOf(to.Except)...)}
}
