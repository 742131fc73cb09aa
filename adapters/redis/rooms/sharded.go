package rooms

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// sharded is the format of createShardedAdapter of @socket.io/redis-adapter, on
// sharded channels (SSUBSCRIBE, SPUBLISH; Redis 7):
//
//	socket.io#/ns#        JSON, or MessagePack where there are binary parts:
//	                      {uid, nsp, type, data: {requestId, packet, opts, rooms, ..}}
//	socket.io#/ns#room#   likewise broadcasts for those in one room, as subscriptions say
//	socket.io#/ns#uid#    likewise the answers for one server
//
// How many servers there are is how many subscribe to the first.
type sharded struct {
	prefix, namespace, uid string
	most                   int    // bytes of an event
	dynamic                string // which rooms have channels of their own
}

// The types of messages.
const (
	shardBroadcast      = 3
	shardJoin           = 4
	shardLeave          = 5
	shardDisconnect     = 6
	shardFetch          = 7
	shardSockets        = 8
	shardServerEvent    = 9
	shardServerAnswer   = 10
	shardConfirmCount   = 11
	shardConfirmation   = 12
	lengthOfSocketID    = 20 // by which Node knows one
	lengthOfRequestID   = 8  // bytes, before they are written in hex
	subscribeStatic     = "static"
	subscribeDynamic    = "dynamic"
	subscribeAllPrivate = "dynamic-private"
)

var _ format = (*sharded)(nil)

func (s *sharded) counted() string   { return s.prefix + "#" + s.namespace + "#" }
func (s *sharded) responses() string { return s.counted() + s.uid + "#" }

func (s *sharded) channelOf(room string) string { return s.counted() + room + "#" }

// listens says whether what is for a room comes over a channel of its own. Senders
// cannot know which rooms are those of single sockets: they go by the length, and
// names of sockets here are longer than Node's.
func (s *sharded) listens(room string, private bool) bool {
	return s.dynamic == subscribeAllPrivate || s.dynamic == subscribeDynamic && (!private || len(room) != lengthOfSocketID)
}

// sends says whether what is for a room goes there.
func (s *sharded) sends(room string) bool {
	return s.dynamic == subscribeAllPrivate || s.dynamic == subscribeDynamic && len(room) != lengthOfSocketID
}

// room implements what classic has, too: what comes over a room's channel is for
// those who subscribed.
func (s *sharded) room(channel string) string {
	room, ok := strings.CutPrefix(channel, s.counted())
	if !ok || channel == s.responses() {
		return ""
	}
	return strings.TrimSuffix(room, "#")
}

// read implements format.
func (s *sharded) read(channel string, raw []byte) (in incoming, err error) {
	if bytes.HasPrefix(raw, []byte(`{"uid":"`+s.uid+`"`)) { // as this process writes it
		return incoming{own: true}, nil
	}
	most := s.most + maxEnvelope
	if channel == s.responses() {
		most = maxAnswer
	}
	message, err := open(raw, most)
	if err != nil {
		return in, err
	}
	m := gjson.ParseBytes(message.JSON)
	in.from = m.Get("uid").String()
	if in.own = in.from == s.uid; in.own {
		return in, nil
	}
	if nsp := m.Get("nsp").String(); nsp != s.namespace {
		return in, refuse(badNamespace, "it is for the namespace %q", nsp)
	}
	data := m.Get("data")
	in.request = data.Get("requestId").String()
	in.kind = int(m.Get("type").Int())
	if channel == s.responses() {
		return in, s.readAnswer(&in, data, message.Binary)
	}
	return in, s.readMessage(&in, data, message.Binary)
}

func (s *sharded) readMessage(in *incoming, data gjson.Result, binary [][]byte) (err error) {
	switch in.kind {
	case shardBroadcast:
		packet := data.Get("packet")
		if !packet.Get("nsp").Exists() { // Node sets it later
			packet = gjson.Parse(`{"nsp":` + quote(s.namespace) + `,"type":` + orZero(packet.Get("type").Raw) + `,"data":` + orZero(packet.Get("data").Raw) + `}`)
		}
		b, err := broadcast(packet, data.Get("opts"), binary, s.namespace, s.most)
		if err != nil {
			return err
		}
		if in.request != "" {
			in.question = backplane.Confirm{Broadcast: b, Timeout: milliseconds(data.Get("opts.flags.timeout"))}
		} else {
			in.command = b
		}
	case shardJoin:
		in.command, err = readMove(tellJoin, data)
	case shardLeave:
		in.command, err = readMove(tellLeave, data)
	case shardDisconnect:
		in.command, err = readMove(tellDisconnect, data)
	case shardFetch:
		var to backplane.Audience
		to, err = audience(data.Get("opts"))
		in.question = backplane.Fetch{To: to}
	case shardServerEvent:
		var e backplane.Value
		if e, err = event(data.Get("packet"), binary, s.most); err == nil {
			err = toServers(e)
		}
		if in.request != "" {
			in.question = backplane.AskServers{Event: e}
		} else {
			in.command = backplane.ServerEvent{Event: e}
		}
	default:
		return refuse(badType, "a message of type %d", in.kind)
	}
	return err
}

func (s *sharded) readAnswer(in *incoming, data gjson.Result, binary [][]byte) error {
	switch in.kind {
	case shardConfirmCount:
		in.answer = func(to backplane.Replies) { to.Count(int(data.Get("clientCount").Int())) }
	case shardConfirmation, shardServerAnswer:
		in.answer = func(to backplane.Replies) { to.Value(answer(data.Get("packet"), binary)) }
	case shardSockets:
		list, err := sockets(data.Get("sockets"), binary)
		if err != nil {
			return err
		}
		in.answer = func(to backplane.Replies) { to.Sockets(list) }
	default:
		return refuse(badType, "an answer of type %d", in.kind)
	}
	return nil
}

func quote(text string) string { return string(gjson.AppendJSONString(nil, text)) }

func orZero(raw string) string {
	if raw == "" {
		return "0"
	}
	return raw
}

// shardMessage is what a message holds; not all have all.
type shardMessage struct {
	UID       string    `json:"uid"`
	Namespace string    `json:"nsp"`
	Type      int       `json:"type"`
	Data      shardData `json:"data"`
}

type shardData struct {
	RequestID   string          `json:"requestId,omitempty"`
	Packet      json.RawMessage `json:"packet,omitempty"`
	Opts        *opts           `json:"opts,omitempty"`
	Rooms       []string        `json:"rooms,omitempty"`
	Close       *bool           `json:"close,omitempty"`
	ClientCount *int            `json:"clientCount,omitempty"`
	Sockets     *[]socketJSON   `json:"sockets,omitempty"`
}

// write writes a message of a type, as MessagePack if it has binary parts.
func (s *sharded) write(channel string, kind int, data shardData, binary [][]byte) (outgoing, error) {
	raw, err := json.Marshal(shardMessage{UID: s.uid, Namespace: s.namespace, Type: kind, Data: data})
	if err == nil && len(binary) > 0 {
		raw, err = appendPacked(nil, backplane.Value{JSON: raw, Binary: binary})
	}
	return outgoing{channel: channel, message: raw}, err
}

// packet is an event as Node's adapter has it.
func (s *sharded) packet(event backplane.Value) json.RawMessage {
	raw, _ := json.Marshal(struct {
		Type      int             `json:"type"`
		Data      json.RawMessage `json:"data"`
		Namespace string          `json:"nsp"`
	}{2, event.JSON, s.namespace})
	return raw
}

// command implements format.
func (s *sharded) command(command backplane.Command) (outgoing, error) {
	switch m := command.(type) {
	case backplane.Broadcast:
		channel := s.counted()
		if len(m.To.Rooms) == 1 && s.sends(m.To.Rooms[0]) {
			channel = s.channelOf(m.To.Rooms[0])
		}
		return s.write(channel, shardBroadcast, shardData{Packet: s.packet(m.Event), Opts: optionsWithFlags(m, 0)}, m.Event.Binary)
	case backplane.Join:
		return s.write(s.counted(), shardJoin, shardData{Opts: options(m.To), Rooms: m.Rooms}, nil)
	case backplane.Leave:
		return s.write(s.counted(), shardLeave, shardData{Opts: options(m.To), Rooms: m.Rooms}, nil)
	case backplane.Disconnect:
		return s.write(s.counted(), shardDisconnect, shardData{Opts: options(m.To), Close: &m.Close}, nil)
	case backplane.ServerEvent:
		return s.write(s.counted(), shardServerEvent, shardData{Packet: m.Event.JSON}, m.Event.Binary)
	}
	return outgoing{}, errUnknown
}

// question implements format.
func (s *sharded) question(q backplane.Question, id string, timeout time.Duration) (outgoing, error) {
	switch m := q.(type) {
	case backplane.Confirm:
		data := shardData{RequestID: id, Packet: s.packet(m.Event), Opts: optionsWithFlags(m.Broadcast, timeout)}
		return s.write(s.counted(), shardBroadcast, data, m.Event.Binary)
	case backplane.Fetch:
		return s.write(s.counted(), shardFetch, shardData{RequestID: id, Opts: options(m.To)}, nil)
	case backplane.AskServers:
		return s.write(s.counted(), shardServerEvent, shardData{RequestID: id, Packet: m.Event.JSON}, m.Event.Binary)
	}
	return outgoing{}, errUnknown
}

// respond implements format.
func (s *sharded) respond(in incoming) backplane.Replies { return &shardedReplies{s, in} }

type shardedReplies struct {
	*sharded
	in incoming
}

func (r *shardedReplies) send(kind int, data shardData, binary [][]byte) {
	data.RequestID = r.in.request
	r.in.publish(r.write(r.channelOf(r.in.from), kind, data, binary))
}

// Count implements backplane.Replies.
func (r *shardedReplies) Count(n int) {
	r.send(shardConfirmCount, shardData{ClientCount: &n}, nil)
}

// Value implements backplane.Replies.
func (r *shardedReplies) Value(v backplane.Value) {
	kind := shardServerAnswer
	if r.in.kind == shardBroadcast {
		kind = shardConfirmation
	}
	r.send(kind, shardData{Packet: v.JSON}, v.Binary)
}

// Sockets implements backplane.Replies.
func (r *shardedReplies) Sockets(list []backplane.Socket) {
	described := describe(list)
	r.send(shardSockets, shardData{Sockets: &described}, nil)
}

// Rooms implements backplane.Replies: nobody asks for them in this format.
func (r *shardedReplies) Rooms([]string) {}
