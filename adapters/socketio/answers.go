package socketio

import (
	"encoding/json"
	"maps"
	"strings"
	"sync"

	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// nothing takes answers that nobody waits for.
type nothing struct{}

// Count implements backplane.Replies.
func (nothing) Count(int) {}

// Value implements backplane.Replies.
func (nothing) Value(backplane.Value) {}

// Sockets implements backplane.Replies.
func (nothing) Sockets([]backplane.Socket) {}

// Rooms implements backplane.Replies.
func (nothing) Rooms([]string) {}

// answered keeps what other servers answered.
type answered struct {
	nothing
	values []any
}

// Value implements backplane.Replies.
func (a *answered) Value(v backplane.Value) {
	value, _ := read(v) // what is none is nil
	a.values = append(a.values, value)
}

// fetched keeps sockets.
type fetched struct {
	nothing
	sockets []socket.SocketDetails
}

// Sockets implements backplane.Replies.
func (f *fetched) Sockets(list []backplane.Socket) {
	for _, s := range list {
		f.sockets = append(f.sockets, detailsOf(s))
	}
}

// confirmation tells the library what comes of a broadcast with acknowledgements. The
// library waits until as many servers have told how many sockets they asked as there
// are, and each of these has answered once. It takes each of several arguments for an
// answer of its own, and none for none; so it gets exactly the first of each. How many
// servers there are it asks for a moment later, when that may have changed: so it is
// told of sockets only when all have answered, once for each server. (It notes the number
// of servers in a variable that it also reads when an answer comes, without a lock. Here
// that does no harm: before the last step the number decides nothing.)
type confirmation struct {
	counted func(uint64)
	ack     socket.Ack
	servers int64
	single  bool // the library wants the one answer as the list of its arguments

	mu      sync.Mutex // guards all below
	total   int        // sockets that were asked
	local   int        // of them here
	began   bool       // local is known
	afar    bool       // others have all answered
	alone   bool       // there were none to ask
	answers int        // from here
	over    bool
}

// here takes what a socket of this process answers.
func (c *confirmation) here(args []any) {
	c.give(args)
	c.step(func() { c.answers++ })
}

func (c *confirmation) give(args []any) {
	switch {
	case c.single:
		c.ack([]any{args}, nil)
	case len(args) == 0:
		c.ack([]any{nil}, nil)
	default:
		c.ack(args[:1], nil)
	}
}

// asked notes how many were asked here, and whether there is nobody else to ask.
func (c *confirmation) asked(n int, alone bool) {
	c.step(func() {
		c.local, c.began = n, true
		c.total += n
		c.afar, c.alone = alone, alone
	})
}

// there notes that the others have answered.
func (c *confirmation) there() { c.step(func() { c.afar = true }) }

func (c *confirmation) step(do func()) {
	c.mu.Lock()
	do()
	ends := !c.over && c.began && c.afar && c.answers >= c.local
	c.over = c.over || ends
	total, alone := c.total, c.alone
	c.mu.Unlock()
	switch {
	case !ends:
	case alone:
		c.tell(total)
	default:
		go c.tell(total)
	}
}

// tell has the library call who waits.
func (c *confirmation) tell(total int) {
	c.counted(uint64(total))
	for range c.servers - 1 {
		c.counted(0)
	}
}

// confirmations is what other processes tell of it.
type confirmations confirmation

// Count implements backplane.Replies.
func (c *confirmations) Count(n int) {
	(*confirmation)(c).step(func() { c.total += n })
}

// Value implements backplane.Replies.
func (c *confirmations) Value(v backplane.Value) {
	value, _ := read(v)
	(*confirmation)(c).give([]any{value})
}

// Sockets implements backplane.Replies.
func (c *confirmations) Sockets([]backplane.Socket) {}

// Rooms implements backplane.Replies.
func (c *confirmations) Rooms([]string) {}

// details is a socket of another process.
type details struct {
	id        socket.SocketId
	handshake *socket.Handshake
	rooms     []socket.Room
	data      any
}

var _ socket.SocketDetails = (*details)(nil)

func detailsOf(s backplane.Socket) *details {
	d := &details{id: socket.SocketId(s.ID), handshake: readHandshake(s.Handshake)}
	for _, room := range s.Rooms {
		d.rooms = append(d.rooms, socket.Room(room))
	}
	if len(s.Data.JSON) > 0 {
		d.data, _ = read(s.Data)
	}
	return d
}

// Id implements socket.SocketDetails.
func (d *details) Id() socket.SocketId { return d.id } //nolint:revive // the library's name

// Handshake implements socket.SocketDetails.
func (d *details) Handshake() *socket.Handshake { return d.handshake }

// Rooms implements socket.SocketDetails.
func (d *details) Rooms() *types.Set[socket.Room] { return types.NewSet(d.rooms...) }

// Data implements socket.SocketDetails.
func (d *details) Data() any { return d.data }

// handshake is one as the reference server writes it: a header or parameter that
// comes once is a text, not a list.
type handshake struct {
	Headers map[string]oneOrMore `json:"headers"`
	Time    string               `json:"time"`
	Address string               `json:"address"`
	Xdomain bool                 `json:"xdomain"`
	Secure  bool                 `json:"secure"`
	Issued  int64                `json:"issued"`
	URL     string               `json:"url"`
	Query   map[string]oneOrMore `json:"query"`
	Auth    any                  `json:"auth"`
}

type oneOrMore []string

// MarshalJSON implements json.Marshaler.
func (o oneOrMore) MarshalJSON() ([]byte, error) {
	if len(o) == 1 {
		return json.Marshal(o[0])
	}
	return json.Marshal([]string(o))
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *oneOrMore) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '[' {
		return json.Unmarshal(raw, (*[]string)(o))
	}
	var one string
	err := json.Unmarshal(raw, &one)
	*o = oneOrMore{one}
	return err
}

func writeHandshake(h *socket.Handshake) json.RawMessage {
	raw, err := json.Marshal(handshake{
		Headers: oneOrMores(h.Headers), Time: h.Time, Address: h.Address, Xdomain: h.Xdomain,
		Secure: h.Secure, Issued: h.Issued, URL: h.Url, Query: oneOrMores(h.Query), Auth: h.Auth,
	})
	if err != nil {
		return json.RawMessage("{}")
	}
	return raw
}

// withoutSecrets gives a handshake without what a client shows who it is by.
func withoutSecrets(h *socket.Handshake) *socket.Handshake {
	public := *h
	public.Auth = map[string]any{}
	public.Headers = maps.Clone(h.Headers)
	maps.DeleteFunc(public.Headers, func(name string, _ []string) bool {
		return strings.EqualFold(name, "Authorization") || strings.EqualFold(name, "Cookie")
	})
	return &public
}

// readHandshake reads what it can; what another server wrote otherwise is left out.
func readHandshake(raw json.RawMessage) *socket.Handshake {
	var h handshake
	_ = json.Unmarshal(raw, &h)
	return &socket.Handshake{
		Headers: lists(h.Headers), Time: h.Time, Address: h.Address, Xdomain: h.Xdomain,
		Secure: h.Secure, Issued: h.Issued, Url: h.URL, Query: lists(h.Query), Auth: h.Auth,
	}
}

func oneOrMores(m map[string][]string) map[string]oneOrMore {
	out := make(map[string]oneOrMore, len(m))
	for name, list := range m {
		out[name] = list
	}
	return out
}

func lists(m map[string]oneOrMore) map[string][]string {
	out := make(map[string][]string, len(m))
	for name, list := range m {
		out[name] = list
	}
	return out
}
