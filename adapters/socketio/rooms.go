package socketio

import (
	"maps"
	"slices"
	"sync"

	"github.com/rs/zerolog"
	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io-go-parser/v2/parser"
	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/pkg/backplane"
	"github.com/skygate-io/skygate/pkg/engineio"
)

// rooms is the room adapter of one namespace: who is in which room, and how a
// message gets to all of them. A broadcast is encoded once and framed once; the
// list of a room's members is made when it changed since the last broadcast, and
// shared by all broadcasts after that, so a recipient costs no allocation.
//
// The library's own adapter is embedded for what is not overridden here; its
// index of rooms stays empty. With a backplane the namespace has members in other
// processes, too: what is done here is told to them (tell.go), and what they tell is
// done here (told.go).
type rooms struct {
	socket.Adapter

	// Static.
	node     backplane.Node // nil when this process is alone
	leave    func()         // has it leave the other processes; nil likewise
	happened turns          // what other servers told handlers of the namespace

	mu    sync.RWMutex // guards all below
	seats map[socket.SocketId]*seat
	rooms map[socket.Room]*room
	all   *room // every seat
	heard bool  // the namespace tells when its handlers are done
}

// seat is a client's socket in the namespace.
type seat struct {
	id     socket.SocketId
	socket *socket.Socket
	link   *link
	rooms  map[socket.Room]struct{}
}

// room is a set of seats. members is nil when it has to be made anew.
type room struct {
	seats   map[socket.SocketId]*seat
	members []*seat
}

// roomsBuilder makes the adapter of each namespace, and so knows them all. The
// library makes a dynamic namespace when the first client asks for it, and of two
// first clients each might get one of its own: who asks for a name that is not
// known holds creating.
type roomsBuilder struct {
	backplane backplane.Backplane // nil when this process is alone
	logger    zerolog.Logger

	made     sync.Map // names of namespaces whose adapter was made
	known    sync.Map // likewise, and the library has taken note of them
	creating sync.Mutex

	mu    sync.Mutex // guards all below
	nodes map[backplane.Node]struct{}
}

// enter calls a function that hands a client's wish to enter a namespace to the
// library, and waits for what comes of it.
func (b *roomsBuilder) enter(namespace string, hand func()) {
	if _, ok := b.known.Load(namespace); ok {
		hand()
		return
	}
	b.creating.Lock()
	if _, ok := b.made.Load(namespace); ok { // by who held creating before
		b.known.Store(namespace, true)
		b.creating.Unlock()
		hand()
		return
	}
	defer b.creating.Unlock()
	hand()
}

// New implements socket.AdapterConstructor.
func (b *roomsBuilder) New(nsp socket.Namespace) socket.Adapter {
	b.made.Store(nsp.Name(), true)
	r := &rooms{
		Adapter: socket.MakeAdapter(),
		seats:   map[socket.SocketId]*seat{},
		rooms:   map[socket.Room]*room{},
		all:     &room{seats: map[socket.SocketId]*seat{}},
	}
	r.Prototype(r)
	r.Construct(nsp)
	if b.backplane != nil {
		r.happened.logger = b.logger
		r.node = b.backplane.Join(nsp.Name(), r)
		r.leave = func() { b.leave(r.node) }
		b.mu.Lock()
		if b.nodes == nil {
			b.nodes = map[backplane.Node]struct{}{}
		}
		b.nodes[r.node] = struct{}{}
		b.mu.Unlock()
	}
	return r
}

// leave has a namespace leave the other processes.
func (b *roomsBuilder) leave(n backplane.Node) {
	b.mu.Lock()
	delete(b.nodes, n)
	b.mu.Unlock()
	n.Close()
}

// close has all leave.
func (b *roomsBuilder) close() {
	b.mu.Lock()
	nodes := slices.Collect(maps.Keys(b.nodes))
	b.mu.Unlock()
	for _, n := range nodes {
		b.leave(n)
	}
}

// Close implements socket.Adapter: the namespace ends.
func (r *rooms) Close() {
	if r.leave != nil {
		r.leave()
	}
}

// AddAll implements socket.Adapter. The library calls it first when a client has
// been let in, with the room of its own id, before it is told so.
func (r *rooms) AddAll(id socket.SocketId, names *types.Set[socket.Room]) {
	s := r.seat(id)
	if s == nil {
		return
	}
	var created, joined []socket.Room
	r.mu.Lock()
	for _, name := range names.Keys() {
		in := r.rooms[name]
		if in == nil {
			in = &room{seats: map[socket.SocketId]*seat{}}
			r.rooms[name] = in
			created = append(created, name)
			r.watchLocked(name, true)
		}
		if in.seats[id] == nil {
			in.seats[id], in.members = s, nil
			s.rooms[name] = struct{}{}
			joined = append(joined, name)
		}
	}
	r.mu.Unlock()
	for _, name := range created {
		r.Emit("create-room", name)
	}
	for _, name := range joined {
		r.Emit("join-room", name, id)
	}
}

// seat gives a client's seat, and makes it when the client is new.
func (r *rooms) seat(id socket.SocketId) *seat {
	r.mu.RLock()
	s := r.seats[id]
	r.mu.RUnlock()
	if s != nil {
		return s
	}
	client, ok := r.Nsp().Sockets().Load(id)
	if !ok {
		return nil
	}
	l, ok := client.Conn().(*link)
	if !ok {
		return nil
	}
	s = &seat{id: id, socket: client, link: l, rooms: map[socket.Room]struct{}{}}
	r.mu.Lock()
	r.seats[id] = s
	r.all.seats[id], r.all.members = s, nil
	heard := r.heard
	r.heard = true
	r.mu.Unlock()
	l.entered(r.Nsp().Name(), client)
	if !heard {
		// Every handler that there will be was attached by now, so this one is the
		// last: when it is called, the client's events may come.
		_ = r.Nsp().On("connection", func(args ...any) {
			if client, ok := args[0].(*socket.Socket); ok {
				if l, ok := client.Conn().(*link); ok {
					l.settled(r.Nsp().Name())
				}
			}
		})
	}
	return s
}

// Del implements socket.Adapter.
func (r *rooms) Del(id socket.SocketId, name socket.Room) {
	r.mu.Lock()
	left, deleted := r.leaveLocked(id, name)
	r.mu.Unlock()
	r.told(id, name, left, deleted)
}

// DelAll implements socket.Adapter: the client has gone.
func (r *rooms) DelAll(id socket.SocketId) {
	r.mu.Lock()
	s := r.seats[id]
	if s == nil {
		r.mu.Unlock()
		return
	}
	delete(r.seats, id)
	delete(r.all.seats, id)
	r.all.members = nil
	gone := map[socket.Room]bool{}
	for name := range s.rooms {
		_, gone[name] = r.leaveLocked(id, name)
	}
	r.mu.Unlock()
	s.link.left(r.Nsp().Name(), s.socket)
	for name, deleted := range gone {
		r.told(id, name, true, deleted)
	}
}

func (r *rooms) leaveLocked(id socket.SocketId, name socket.Room) (left, deleted bool) {
	in := r.rooms[name]
	if in == nil || in.seats[id] == nil {
		return false, false
	}
	delete(in.seats[id].rooms, name)
	delete(in.seats, id)
	in.members = nil
	if len(in.seats) == 0 {
		delete(r.rooms, name)
		r.watchLocked(name, false)
		return true, true
	}
	return true, false
}

// watchLocked tells the backplane which rooms there are, in order.
func (r *rooms) watchLocked(name socket.Room, made bool) {
	w, ok := r.node.(backplane.RoomWatcher)
	switch _, private := r.seats[socket.SocketId(name)]; {
	case !ok:
	case made:
		w.RoomMade(string(name), private)
	default:
		w.RoomGone(string(name))
	}
}

func (r *rooms) told(id socket.SocketId, name socket.Room, left, deleted bool) {
	if left {
		r.Emit("leave-room", name, id)
	}
	if deleted {
		r.Emit("delete-room", name)
	}
}

// membersOf gives the seats of a room, or of the namespace when it is nil. The
// list is shared: it is not to be changed.
func (r *rooms) membersOf(name *socket.Room) []*seat {
	r.mu.RLock()
	in := r.all
	if name != nil {
		in = r.rooms[*name]
	}
	var members []*seat
	if in != nil {
		members = in.members
	}
	fresh := in == nil || members != nil || len(in.seats) == 0
	r.mu.RUnlock()
	if fresh {
		return members
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if in.members == nil {
		in.members = make([]*seat, 0, len(in.seats))
		for _, s := range in.seats {
			in.members = append(in.members, s)
		}
	}
	return in.members
}

// each calls a function for each seat that the options mean, once.
func (r *rooms) each(opts *socket.BroadcastOptions, do func(*seat)) {
	var names, except []socket.Room
	if opts != nil && opts.Rooms != nil {
		names = opts.Rooms.Keys()
	}
	if opts != nil && opts.Except != nil {
		except = opts.Except.Keys()
	}
	r.eachIn(names, except, do)
}

// eachIn calls it for those in any of some rooms, or all when there are none, but for
// those in any of the others. The common cases, everybody or one room without
// exceptions, allocate nothing.
func (r *rooms) eachIn(names, except []socket.Room, do func(*seat)) {
	var members []*seat
	switch len(names) {
	case 0:
		members = r.membersOf(nil)
	case 1:
		members = r.membersOf(&names[0])
	default:
		members = r.union(names)
	}
	if len(except) == 0 {
		for _, s := range members {
			do(s)
		}
		return
	}
	left := map[*seat]bool{}
	for _, name := range except {
		for _, s := range r.membersOf(&name) {
			left[s] = true
		}
	}
	for _, s := range members {
		if !left[s] {
			do(s)
		}
	}
}

func (r *rooms) union(names []socket.Room) []*seat {
	seen := map[*seat]bool{}
	var out []*seat
	for _, name := range names {
		for _, s := range r.membersOf(&name) {
			if !seen[s] {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	return out
}

// Sockets implements socket.Adapter.
func (r *rooms) Sockets(names *types.Set[socket.Room]) *types.Set[socket.SocketId] {
	ids := types.NewSet[socket.SocketId]()
	r.each(&socket.BroadcastOptions{Rooms: names}, func(s *seat) { ids.Add(s.id) })
	return ids
}

// SocketRooms implements socket.Adapter.
func (r *rooms) SocketRooms(id socket.SocketId) *types.Set[socket.Room] {
	r.mu.RLock()
	defer r.mu.RUnlock()
	s := r.seats[id]
	if s == nil {
		return nil
	}
	names := types.NewSet[socket.Room]()
	for name := range s.rooms {
		names.Add(name)
	}
	return names
}

var encoder = parser.NewEncoder()

// encode makes the frame of a packet: its text, and its attachments, which stay
// together.
func encode(p *parser.Packet) *engineio.Frame {
	text, attachments := write(p)
	return frame(text, attachments)
}

// write gives a packet's text and its attachments.
func write(p *parser.Packet) (text []byte, attachments [][]byte) {
	for _, part := range encoder.Encode(p) {
		if _, ok := part.(*types.StringBuffer); ok {
			text = slices.Clone(part.Bytes())
		} else {
			attachments = append(attachments, slices.Clone(part.Bytes()))
		}
	}
	return text, attachments
}

func frame(text []byte, attachments [][]byte) *engineio.Frame {
	if len(attachments) == 0 {
		return engineio.NewFrame(text, false)
	}
	frames := []*engineio.Frame{engineio.NewFrame(text, false)}
	for _, a := range attachments {
		frames = append(frames, engineio.NewFrame(a, true))
	}
	return engineio.NewGroup(frames...)
}
