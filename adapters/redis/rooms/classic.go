package rooms

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/tidwall/gjson"
	"github.com/tinylib/msgp/msgp"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// classic is the format of createAdapter of @socket.io/redis-adapter, and of
// @socket.io/redis-emitter:
//
//	socket.io#/ns#             MessagePack [uid, {type: 2, data: [event, ..], nsp}, {rooms, except, flags}]
//	socket.io#/ns#room#        likewise, for those in one room
//	socket.io-request#/ns#     JSON, or MessagePack, {uid, requestId, type, ..}
//	socket.io-response#/ns#    likewise {requestId, type, ..}
//	socket.io-response#/ns#uid#
//
// Everybody subscribes to the pattern socket.io#/ns#*. How many servers there are is
// how many subscribe to the channel of requests.
type classic struct {
	prefix, namespace, uid string
	most                   int // bytes of an event
}

// The types of requests and responses.
const (
	askSockets = iota // older versions: the ids of sockets
	askRooms
	tellJoin
	tellLeave
	tellDisconnect
	askFetch
	tellEvent
	askConfirm
	answerCount
	answerConfirm
)

var _ format = (*classic)(nil)

func (c *classic) channels() []string {
	return []string{c.counted(), c.responses(), c.responses() + c.uid + "#"}
}

func (c *classic) pattern() string { return literally(c.broadcasts()) + "*" }

func (c *classic) broadcasts() string { return c.prefix + "#" + c.namespace + "#" }
func (c *classic) counted() string    { return c.prefix + "-request#" + c.namespace + "#" }
func (c *classic) responses() string  { return c.prefix + "-response#" + c.namespace + "#" }

// room names the room that a channel is of, "" when it is of none.
func (c *classic) room(channel string) string {
	room, ok := strings.CutPrefix(channel, c.broadcasts())
	if !ok {
		return ""
	}
	return strings.TrimSuffix(room, "#")
}

// read implements format.
func (c *classic) read(channel string, raw []byte) (incoming, error) {
	switch {
	case strings.HasPrefix(channel, c.broadcasts()):
		return c.readBroadcast(raw)
	case channel == c.counted():
		return c.readRequest(raw)
	}
	return c.readResponse(raw)
}

func (c *classic) readBroadcast(raw []byte) (in incoming, err error) {
	if c.own(raw) {
		return incoming{own: true}, nil
	}
	message, err := open(raw, c.most+maxEnvelope)
	if err != nil {
		return in, err
	}
	parts := gjson.ParseBytes(message.JSON).Array()
	if len(parts) != 3 {
		return in, refuse(badFormat, "a broadcast is a list of three")
	}
	in.from = parts[0].String()
	in.own = in.from == c.uid
	in.command, err = orNone(broadcast(parts[1], parts[2], message.Binary, c.namespace, c.most))
	return in, err
}

// own sees by its first bytes that a broadcast is this process's.
func (c *classic) own(raw []byte) bool {
	_, rest, err := msgp.ReadArrayHeaderBytes(raw)
	if err != nil {
		return false
	}
	uid, _, err := msgp.ReadStringZC(rest)
	return err == nil && string(uid) == c.uid
}

func (c *classic) readRequest(raw []byte) (in incoming, err error) {
	message, err := open(raw, c.most+maxEnvelope)
	if err != nil {
		return in, err
	}
	r := gjson.ParseBytes(message.JSON)
	in.from, in.request = r.Get("uid").String(), r.Get("requestId").String()
	if in.own = in.from == c.uid; in.own {
		return in, nil
	}
	in.kind = int(r.Get("type").Int())
	if r.Get("type").Type != gjson.Number {
		in.kind = -1
	}
	switch in.kind {
	case tellJoin, tellLeave, tellDisconnect:
		in.command, err = readMove(in.kind, r)
	case tellEvent:
		var e backplane.Value
		if e, err = event(r.Get("data"), message.Binary, c.most); err == nil {
			err = toServers(e)
		}
		if in.request != "" {
			in.question = backplane.AskServers{Event: e}
		} else {
			in.command = backplane.ServerEvent{Event: e}
		}
	case askFetch:
		var to backplane.Audience
		to, err = audience(r.Get("opts"))
		in.question = backplane.Fetch{To: to}
	case askSockets:
		var rooms []string
		rooms, err = names(r.Get("rooms"))
		in.question = backplane.Fetch{To: backplane.Audience{Rooms: rooms}}
	case askRooms:
		in.question = backplane.ListRooms{}
	case askConfirm:
		var b backplane.Broadcast
		b, err = broadcast(r.Get("packet"), r.Get("opts"), message.Binary, c.namespace, c.most)
		in.question = backplane.Confirm{Broadcast: b, Timeout: milliseconds(r.Get("opts.flags.timeout"))}
	default:
		return in, refuse(badType, "a request of type %s", r.Get("type").Raw)
	}
	return in, err
}

// readMove reads what is done to sockets. Older versions named one by its sid.
func readMove(kind int, r gjson.Result) (backplane.Command, error) {
	to, err := audience(r.Get("opts"))
	if err != nil {
		return nil, err
	}
	rooms := r.Get("rooms")
	if sid := r.Get("sid"); !r.Get("opts").Exists() {
		if sid.Type != gjson.String {
			return nil, refuse(badFormat, "it says of no socket")
		}
		to.Rooms, rooms = []string{sid.String()}, gjson.Parse("["+r.Get("room").Raw+"]")
	}
	if kind == tellDisconnect {
		return backplane.Disconnect{To: to, Close: r.Get("close").Type == gjson.True}, nil
	}
	names, err := names(rooms)
	switch {
	case err != nil:
		return nil, err
	case len(names) == 0:
		return nil, refuse(badFormat, "it names no room")
	case kind == tellJoin:
		return backplane.Join{To: to, Rooms: names}, nil
	}
	return backplane.Leave{To: to, Rooms: names}, nil
}

func (c *classic) readResponse(raw []byte) (in incoming, err error) {
	message, err := open(raw, maxAnswer)
	if err != nil {
		return in, err
	}
	r := gjson.ParseBytes(message.JSON)
	in.request = r.Get("requestId").String()
	kind := r.Get("type")
	switch {
	case in.request == "":
		return in, refuse(badFormat, "a response to nothing")
	case kind.Exists() && kind.Int() == answerCount:
		in.answer = func(to backplane.Replies) { to.Count(int(r.Get("clientCount").Int())) }
	case kind.Exists() && kind.Int() == answerConfirm:
		in.answer = func(to backplane.Replies) { to.Value(answer(r.Get("packet"), message.Binary)) }
	case kind.Exists() && kind.Int() == tellEvent:
		in.answer = func(to backplane.Replies) { to.Value(answer(r.Get("data"), message.Binary)) }
	case r.Get("sockets").Exists():
		list, err := sockets(r.Get("sockets"), message.Binary)
		if err != nil {
			return in, err
		}
		in.answer = func(to backplane.Replies) { to.Sockets(list) }
	case r.Get("rooms").Exists():
		list, err := names(r.Get("rooms"))
		if err != nil {
			return in, err
		}
		in.answer = func(to backplane.Replies) { to.Rooms(list) }
	}
	return in, nil // others only say that something was done
}

// command implements format.
func (c *classic) command(command backplane.Command) (outgoing, error) {
	switch m := command.(type) {
	case backplane.Broadcast:
		channel := c.broadcasts()
		if len(m.To.Rooms) == 1 {
			channel += m.To.Rooms[0] + "#"
		}
		raw := msgp.AppendString(msgp.AppendArrayHeader(nil, 3), c.uid)
		raw, err := c.appendPacket(raw, m.Event)
		return outgoing{channel: channel, message: appendOptions(raw, m, 0)}, err
	case backplane.Join:
		return c.tell(request{Type: tellJoin, Opts: options(m.To), Rooms: m.Rooms})
	case backplane.Leave:
		return c.tell(request{Type: tellLeave, Opts: options(m.To), Rooms: m.Rooms})
	case backplane.Disconnect:
		return c.tell(request{Type: tellDisconnect, Opts: options(m.To), Close: &m.Close})
	case backplane.ServerEvent:
		return c.tell(request{Type: tellEvent, Data: inline(m.Event)})
	}
	return outgoing{}, errUnknown
}

// question implements format.
func (c *classic) question(q backplane.Question, id string, timeout time.Duration) (outgoing, error) {
	switch m := q.(type) {
	case backplane.Confirm:
		raw := msgp.AppendMapHeader(nil, 5)
		raw = msgp.AppendString(msgp.AppendString(raw, "uid"), c.uid)
		raw = msgp.AppendString(msgp.AppendString(raw, "requestId"), id)
		raw = msgp.AppendInt(msgp.AppendString(raw, "type"), askConfirm)
		raw, err := c.appendPacket(msgp.AppendString(raw, "packet"), m.Event)
		raw = appendOptions(msgp.AppendString(raw, "opts"), m.Broadcast, timeout)
		return outgoing{channel: c.counted(), message: raw}, err
	case backplane.Fetch:
		return c.tell(request{Type: askFetch, RequestID: id, Opts: options(m.To)})
	case backplane.AskServers:
		return c.tell(request{Type: tellEvent, RequestID: id, Data: inline(m.Event)})
	case backplane.ListRooms:
		return c.tell(request{Type: askRooms, RequestID: id})
	}
	return outgoing{}, errUnknown
}

// request is one in JSON.
type request struct {
	UID       string          `json:"uid"`
	RequestID string          `json:"requestId,omitempty"`
	Type      int             `json:"type"`
	Opts      *opts           `json:"opts,omitempty"`
	Rooms     []string        `json:"rooms,omitempty"`
	Close     *bool           `json:"close,omitempty"`
	Data      json.RawMessage `json:"data,omitempty"`
}

func (c *classic) tell(r request) (outgoing, error) {
	r.UID = c.uid
	raw, err := json.Marshal(r)
	return outgoing{channel: c.counted(), message: raw}, err
}

// appendPacket writes the packet of an event.
func (c *classic) appendPacket(raw []byte, event backplane.Value) ([]byte, error) {
	raw = msgp.AppendMapHeader(raw, 3)
	raw = msgp.AppendInt(msgp.AppendString(raw, "type"), 2)
	raw, err := appendPacked(msgp.AppendString(raw, "data"), event)
	return msgp.AppendString(msgp.AppendString(raw, "nsp"), c.namespace), err
}

// appendOptions writes whom a broadcast is for, and how it is sent.
func appendOptions(raw []byte, b backplane.Broadcast, timeout time.Duration) []byte {
	text, _ := json.Marshal(optionsWithFlags(b, timeout))
	raw, _ = appendPacked(raw, backplane.Value{JSON: text}) // it is of our own making
	return raw
}

// respond implements format. A response goes to who asked.
func (c *classic) respond(in incoming) backplane.Replies {
	channel := c.responses()
	if in.from != "" {
		channel += in.from + "#"
	}
	return &classicReplies{channel: channel, in: in}
}

type classicReplies struct {
	channel string
	in      incoming
}

func (r *classicReplies) send(members map[string]any) {
	members["requestId"] = r.in.request
	raw, err := json.Marshal(members)
	r.in.publish(outgoing{channel: r.channel, message: raw}, err)
}

// Count implements backplane.Replies.
func (r *classicReplies) Count(n int) {
	r.send(map[string]any{"type": answerCount, "clientCount": n})
}

// Value implements backplane.Replies.
func (r *classicReplies) Value(v backplane.Value) {
	if r.in.kind != askConfirm {
		r.send(map[string]any{"type": tellEvent, "data": inline(v)})
		return
	}
	raw := msgp.AppendMapHeader(nil, 3)
	raw = msgp.AppendInt(msgp.AppendString(raw, "type"), answerConfirm)
	raw = msgp.AppendString(msgp.AppendString(raw, "requestId"), r.in.request)
	raw, err := appendPacked(msgp.AppendString(raw, "packet"), v)
	r.in.publish(outgoing{channel: r.channel, message: raw}, err)
}

// Sockets implements backplane.Replies.
func (r *classicReplies) Sockets(list []backplane.Socket) {
	if r.in.kind == askSockets {
		ids := make([]string, len(list))
		for i, s := range list {
			ids[i] = s.ID
		}
		r.send(map[string]any{"sockets": ids})
		return
	}
	r.send(map[string]any{"sockets": describe(list)})
}

// Rooms implements backplane.Replies.
func (r *classicReplies) Rooms(rooms []string) {
	r.send(map[string]any{"rooms": append([]string{}, rooms...)})
}
