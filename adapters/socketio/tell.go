package socketio

import (
	"time"

	"github.com/zishang520/socket.io-go-parser/v2/parser"
	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/pkg/backplane"
	"github.com/skygate-io/skygate/pkg/engineio"
)

// What the library has done to the sockets of a namespace: first here, then, unless
// it is to be local, by telling the other processes, which waits for nothing. What an
// application is told of answers it is told in a goroutine of its own: it may wait for
// other answers there.

// afar says whether other processes are meant, too.
func (r *rooms) afar(opts *socket.BroadcastOptions) bool {
	return r.node != nil && (opts == nil || opts.Flags == nil || !opts.Flags.Local)
}

// audience is whom the options mean.
func audience(opts *socket.BroadcastOptions) (to backplane.Audience) {
	if opts != nil && opts.Rooms != nil {
		to.Rooms = texts(opts.Rooms.Keys())
	}
	if opts != nil && opts.Except != nil {
		to.Except = texts(opts.Except.Keys())
	}
	return to
}

func texts[T ~string](names []T) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = string(name)
	}
	return out
}

func flagsOf(opts *socket.BroadcastOptions) (f backplane.Flags) {
	if opts == nil || opts.Flags == nil {
		return f
	}
	f.Volatile = opts.Flags.Volatile
	if opts.Flags.Compress { // false is also what nobody said
		f.Compress = &opts.Flags.Compress
	}
	return f
}

// Broadcast implements socket.Adapter.
func (r *rooms) Broadcast(p *parser.Packet, opts *socket.BroadcastOptions) {
	p.Nsp = r.Nsp().Name()
	text, attachments := write(p)
	sent, flags := frame(text, attachments), flagsOf(opts)
	r.each(opts, func(s *seat) {
		if tell := s.socket.NotifyOutgoingListeners(); tell != nil {
			tell(p)
		}
		s.link.deliver(sent, flags.Volatile)
	})
	if !r.afar(opts) {
		return
	}
	if event, ok := eventOf(text, attachments, p.Nsp); ok {
		r.node.Tell(backplane.Broadcast{To: audience(opts), Flags: flags, Event: event})
	}
}

// BroadcastWithAck implements socket.Adapter.
func (r *rooms) BroadcastWithAck(p *parser.Packet, opts *socket.BroadcastOptions, counted func(uint64), ack socket.Ack) {
	p.Nsp = r.Nsp().Name()
	id := r.Nsp().Ids()
	p.Id = &id
	text, attachments := write(p)
	c := &confirmation{counted: counted, ack: ack, servers: r.ServerCount()}
	var timeout time.Duration
	if opts != nil && opts.Flags != nil {
		c.single = opts.Flags.ExpectSingleResponse
		if opts.Flags.Timeout != nil {
			timeout = *opts.Flags.Timeout
		}
	}
	asked := r.ask(id, frame(text, attachments), opts, timeout, p, c.here)
	event, ok := eventOf(text, attachments, p.Nsp)
	if !ok || !r.afar(opts) {
		c.asked(asked, true)
		return
	}
	c.asked(asked, false)
	q := backplane.Confirm{Broadcast: backplane.Broadcast{To: audience(opts), Flags: flagsOf(opts), Event: event}, Timeout: timeout}
	r.node.Ask(q, (*confirmations)(c), func(err error) {
		if err == nil { // or else the library's time is over soon
			c.there()
		}
	})
}

// ask sends an event that is to be acknowledged, and gives to how many.
func (r *rooms) ask(id uint64, sent *engineio.Frame, opts *socket.BroadcastOptions, timeout time.Duration, p *parser.Packet, ack func([]any)) int {
	var asked []*seat
	r.each(opts, func(s *seat) {
		asked = append(asked, s)
		s.socket.Acks().Store(id, func(args []any, _ error) { ack(args) })
		if tell := s.socket.NotifyOutgoingListeners(); tell != nil {
			tell(p)
		}
		s.link.deliver(sent, false)
	})
	if timeout > 0 && len(asked) > 0 {
		time.AfterFunc(timeout, func() { // who has not answered by then is not waited for
			for _, s := range asked {
				s.socket.Acks().Delete(id)
			}
		})
	}
	return len(asked)
}

// FetchSockets implements socket.Adapter.
func (r *rooms) FetchSockets(opts *socket.BroadcastOptions) func(func([]socket.SocketDetails, error)) {
	return func(give func([]socket.SocketDetails, error)) {
		found := fetched{}
		r.each(opts, func(s *seat) { found.sockets = append(found.sockets, s.socket) })
		if !r.afar(opts) {
			give(found.sockets, nil)
			return
		}
		r.node.Ask(backplane.Fetch{To: audience(opts)}, &found, func(err error) { go give(found.sockets, err) })
	}
}

// AddSockets implements socket.Adapter.
func (r *rooms) AddSockets(opts *socket.BroadcastOptions, names []socket.Room) {
	r.each(opts, func(s *seat) { s.socket.Join(names...) })
	if r.afar(opts) {
		r.node.Tell(backplane.Join{To: audience(opts), Rooms: texts(names)})
	}
}

// DelSockets implements socket.Adapter.
func (r *rooms) DelSockets(opts *socket.BroadcastOptions, names []socket.Room) {
	r.each(opts, func(s *seat) { leaveAll(s, names) })
	if r.afar(opts) {
		r.node.Tell(backplane.Leave{To: audience(opts), Rooms: texts(names)})
	}
}

func leaveAll(s *seat, names []socket.Room) {
	for _, name := range names {
		s.socket.Leave(name)
	}
}

// DisconnectSockets implements socket.Adapter.
func (r *rooms) DisconnectSockets(opts *socket.BroadcastOptions, status bool) {
	r.each(opts, func(s *seat) { s.socket.Disconnect(status) })
	if r.afar(opts) {
		r.node.Tell(backplane.Disconnect{To: audience(opts), Close: status})
	}
}

// ServerSideEmit implements socket.Adapter: it is for the other processes only, and
// alone there are none.
func (r *rooms) ServerSideEmit(packet []any) error {
	ack, asks := packet[len(packet)-1].(socket.Ack)
	if asks {
		packet = packet[:len(packet)-1]
	}
	event, err := listOf(packet)
	switch {
	case err != nil:
		return err
	case r.node == nil && asks:
		ack([]any{}, nil)
	case r.node == nil:
	case asks:
		answers := &answered{values: []any{}}
		r.node.Ask(backplane.AskServers{Event: event}, answers, func(err error) { go ack(answers.values, err) })
	default:
		r.node.Tell(backplane.ServerEvent{Event: event})
	}
	return nil
}

// ServerCount implements socket.Adapter.
func (r *rooms) ServerCount() int64 {
	if r.node == nil {
		return 1
	}
	return int64(r.node.Servers())
}
