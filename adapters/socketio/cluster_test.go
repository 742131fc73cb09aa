package socketio_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/tidwall/gjson"
	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io-go-parser/v2/parser"
	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/pkg/backplane"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
)

// peer is one server of a cluster.
type peer struct {
	*testing.T
	io  *socket.Server
	url string
}

// cluster gives servers that are linked by memory. Clients join the room that they
// name as "room" when they connect, and answer what they are asked with their name.
func cluster(t *testing.T, n int) []*peer {
	t.Helper()
	link := backplane.NewMemory()
	members := make([]*peer, n)
	for i := range members {
		s := socketio.New(socketio.DefaultConfig(), nil, zerolog.Nop(), socketio.WithBackplane(link))
		for _, name := range []string{"/", "/other"} {
			_ = s.IO().Of(name, nil).On("connection", func(args ...any) {
				client := args[0].(*socket.Socket)
				auth, _ := client.Handshake().Auth.(map[string]any)
				client.SetData(map[string]any{"bin": []byte{1, 2}, "name": auth["name"]})
				if room, ok := auth["room"].(string); ok {
					client.Join(socket.Room(room))
				}
			})
		}
		_ = s.IO().On("hello", func(args ...any) {
			if ack, ok := args[len(args)-1].(socket.Ack); ok {
				ack([]any{fmt.Sprintf("server %d heard %v", i, args[0]), "and more"}, nil)
			}
		})
		_ = s.IO().On("panic", func(...any) { panic("as asked") })
		web := httptest.NewServer(s.Handler())
		t.Cleanup(func() {
			s.Close()
			web.Close()
		})
		members[i] = &peer{T: t, io: s.IO(), url: web.URL}
	}
	return members
}

// client connects one, with what it says of itself.
func (m *peer) client(namespace, auth string) *raw {
	m.Helper()
	r := dial(m.T, m.url, "&color=red")
	prefix := ""
	if namespace != "/" {
		prefix = namespace + ","
	}
	r.send(`40` + prefix + auth)
	r.want(`40`)
	nsp := m.io.Of(namespace, nil)
	room := gjson.Get(auth, "room").String()
	if room == "" {
		return r
	}
	eventually.Holds(m.T, "the client is in its room", func() bool {
		return nsp.Adapter().Sockets(types.NewSet(socket.Room(room))).Len() > 0
	})
	return r
}

func TestClusterBroadcasts(t *testing.T) {
	m := cluster(t, 3)
	near, far := m[0].client("/", `{"room":"r"}`), m[1].client("/", `{"room":"r"}`)
	elsewhere, other := m[2].client("/", `{"room":"q"}`), m[2].client("/other", `{"room":"r"}`)
	server := m[0].io
	for _, step := range []struct {
		do   func()
		want map[*raw][]string
	}{
		{func() { _ = server.Emit("all", 1) }, map[*raw][]string{near: {`42["all",1]`}, far: {`42["all",1]`}, elsewhere: {`42["all",1]`}}},
		{func() { _ = server.To("r").Emit("room", "é") }, map[*raw][]string{near: {`42["room","é"]`}, far: {`42["room","é"]`}}},
		{func() { _ = server.Except("r").Emit("others") }, map[*raw][]string{elsewhere: {`42["others"]`}}},
		{func() { _ = server.To("r").To("q").Emit("both") }, map[*raw][]string{near: {`42["both"]`}, far: {`42["both"]`}, elsewhere: {`42["both"]`}}},
		{func() { _ = server.Local().Emit("local") }, map[*raw][]string{near: {`42["local"]`}}},
		{func() { _ = server.Of("/other", nil).To("r").Emit("other", 7) }, map[*raw][]string{other: {`42/other,["other",7]`}}},
		{
			func() {
				_ = server.To("r").Emit("bin", []byte{0, 255}, map[string]any{"in": types.NewBytesBuffer([]byte("x"))})
			},
			map[*raw][]string{
				near: {`452-["bin",{"_placeholder":true,"num":0},{"in":{"_placeholder":true,"num":1}}]`, "B\x00\xff", "Bx"},
				far:  {`452-["bin",{"_placeholder":true,"num":0},{"in":{"_placeholder":true,"num":1}}]`, "B\x00\xff", "Bx"},
			},
		},
		{
			func() { _ = server.Of("/other", nil).Emit("bin", []byte{3}) },
			map[*raw][]string{other: {`451-/other,["bin",{"_placeholder":true,"num":0}]`, "B\x03"}},
		},
	} {
		step.do()
		for c, packets := range step.want {
			c.want(packets...)
		}
	}
	_ = m[2].io.Emit("end")
	for _, c := range []*raw{near, far, elsewhere} { // nothing came twice, or to who was not meant
		c.want(`42["end"]`)
	}
}

func TestClusterMoves(t *testing.T) {
	m := cluster(t, 2)
	near, far := m[0].client("/", `{"room":"r"}`), m[1].client("/", `{"room":"r"}`)
	m[0].io.To("r").SocketsJoin("new")
	_ = m[0].io.To("new").Emit("joined")
	near.want(`42["joined"]`)
	far.want(`42["joined"]`)
	m[1].io.SocketsLeave("new")
	_ = m[1].io.To("new").Emit("nobody")
	_ = m[1].io.Emit("all")
	near.want(`42["all"]`)
	far.want(`42["all"]`)
	m[0].io.Local().SocketsJoin("here")
	_ = m[0].io.To("here").Emit("here")
	near.want(`42["here"]`)
	m[0].io.To("r").DisconnectSockets(true)
	near.want(`41`)
	near.wantClosed()
	far.want(`41`)
	far.wantClosed()
}

func TestClusterFetches(t *testing.T) {
	m := cluster(t, 2)
	m[0].client("/", `{"room":"r","name":"near"}`)
	m[1].client("/", `{"room":"r","name":"far"}`)
	m[1].client("/", `{"room":"q","name":"elsewhere"}`)
	got := make(chan string, 1)
	m[0].io.To("r").FetchSockets()(func(sockets []*socket.RemoteSocket, err error) {
		var list []string
		for _, s := range sockets {
			rooms := s.Rooms().Keys()
			slices.Sort(rooms)
			data := s.Data().(map[string]any)
			list = append(list, fmt.Sprintf("%v %d rooms %v %v %v %v %v", data["name"], len(rooms), rooms[len(rooms)-1] == "r" || rooms[0] == "r",
				s.Handshake().Query["color"], data["bin"], s.Handshake().Auth.(map[string]any)["room"], slices.Contains(rooms, socket.Room(s.Id()))))
		}
		slices.Sort(list)
		got <- fmt.Sprint(list, err)
	})
	want := "[far 2 rooms true [red] [1 2] r true near 2 rooms true [red] [1 2] r true] <nil>"
	if g := eventually.Get(t, "an answer", got); g != want {
		t.Errorf("got  %s\nwant %s", g, want)
	}
	m[0].io.Local().FetchSockets()(func(sockets []*socket.RemoteSocket, err error) { got <- fmt.Sprint(len(sockets), err) })
	if g := eventually.Get(t, "an answer", got); g != "1 <nil>" {
		t.Errorf("local: %s", g)
	}
}

func TestClusterConfirms(t *testing.T) {
	m := cluster(t, 3)
	near, far := m[0].client("/", `{"room":"r"}`), m[1].client("/", `{"room":"r"}`)
	for name, c := range map[string]struct {
		to   func() *socket.BroadcastOperator
		acks map[*raw]string // "" for none
		want string
	}{
		"both":             {func() *socket.BroadcastOperator { return m[2].io.To("r") }, map[*raw]string{near: `["near"]`, far: `["far",2]`}, `["far","near"] <nil>`},
		"from one of them": {func() *socket.BroadcastOperator { return m[0].io.To("r") }, map[*raw]string{near: `[]`, far: `[{"a":[1]}]`}, `[null,{"a":[1]}] <nil>`},
		"local":            {func() *socket.BroadcastOperator { return m[0].io.Local() }, map[*raw]string{near: `[1]`}, `[1] <nil>`},
		"one does not":     {func() *socket.BroadcastOperator { return m[2].io.To("r").Timeout(300 * time.Millisecond) }, map[*raw]string{near: `[1]`, far: ""}, `[1] operation has timed out`},
	} {
		t.Run(name, func(t *testing.T) {
			op := c.to()
			if name != "one does not" {
				op = op.Timeout(patience)
			}
			got := make(chan string, 1)
			op.EmitWithAck("sure?", 1)(func(answers []any, err error) {
				var texts []string
				for _, a := range answers {
					raw, _ := json.Marshal(a)
					texts = append(texts, string(raw))
				}
				slices.Sort(texts)
				got <- fmt.Sprintf("[%s] %v", strings.Join(texts, ","), err)
			})
			for client, ack := range c.acks {
				asked := client.want(`42`)
				id, event, _ := strings.Cut(strings.TrimPrefix(asked, "42"), "[")
				if event != `"sure?",1]` {
					t.Errorf("asked %s", asked)
				}
				if ack != "" {
					client.send("43" + id + ack)
				}
			}
			if g := eventually.Get(t, "an answer", got); g != c.want {
				t.Errorf("got %s, want %s", g, c.want)
			}
		})
	}
}

// TestClusterConfirmsOfNobody: when no socket is meant the library is told so. (It is
// left out here: it looks at a variable that it sets at the same time.)
func TestClusterConfirmsOfNobody(t *testing.T) {
	m := cluster(t, 3)
	timeout := patience
	got := make(chan uint64, 4)
	m[0].io.Sockets().Adapter().BroadcastWithAck(
		&parser.Packet{Type: parser.EVENT, Data: []any{"sure?"}},
		&socket.BroadcastOptions{Rooms: types.NewSet[socket.Room]("nobody"), Flags: &socket.BroadcastFlags{Timeout: &timeout}},
		func(n uint64) { got <- n },
		func([]any, error) { t.Error("nobody answers") },
	)
	for server := range 3 {
		if n := eventually.Get(t, "an answer", got); n != 0 {
			t.Errorf("server %d asked %d sockets", server, n)
		}
	}
}

// TestClusterConfirmsOne: a socket of another server answers as one of this does.
func TestClusterConfirmsOne(t *testing.T) {
	m := cluster(t, 2)
	far := m[1].client("/", `{"room":"r"}`)
	sockets := make(chan *socket.RemoteSocket, 1)
	m[0].io.FetchSockets()(func(list []*socket.RemoteSocket, _ error) { sockets <- list[0] })
	got := make(chan string, 1)
	_ = eventually.Get(t, "an answer", sockets).Timeout(patience).Emit("sure?", func(answer []any, err error) { got <- fmt.Sprint(answer, err) })
	far.send("43" + strings.TrimSuffix(strings.TrimPrefix(far.want("42"), "42"), `["sure?"]`) + `["yes"]`)
	if g := eventually.Get(t, "an answer", got); g != "[yes] <nil>" {
		t.Errorf("got %s", g)
	}
}

func TestClusterServerSideEmit(t *testing.T) {
	m := cluster(t, 3)
	_ = m[0].io.ServerSideEmit("panic") // ends nobody
	got := make(chan string, 1)
	err := m[0].io.ServerSideEmit("hello", map[string]any{"n": 1}, func(answers []any, err error) {
		var texts []string
		for _, a := range answers {
			texts = append(texts, fmt.Sprint(a))
		}
		slices.Sort(texts)
		got <- fmt.Sprint(texts, err)
	})
	if err != nil {
		t.Fatal(err)
	}
	if g, want := eventually.Get(t, "an answer", got), "[server 1 heard map[n:1] server 2 heard map[n:1]] <nil>"; g != want {
		t.Errorf("got %s, want %s", g, want)
	}
	if n := m[0].io.Sockets().Adapter().ServerCount(); n != 3 {
		t.Errorf("%d servers", n)
	}
}

// TestAlone: without a backplane the server is a cluster of one.
func TestAlone(t *testing.T) {
	s := socketio.New(socketio.DefaultConfig(), nil, zerolog.Nop())
	t.Cleanup(s.Close)
	got := make(chan string, 1)
	err := errors.Join(s.IO().ServerSideEmit("x"), s.IO().ServerSideEmit("x", func(answers []any, err error) { got <- fmt.Sprint(answers, err) }))
	if g := eventually.Get(t, "an answer", got); g != "[] <nil>" || err != nil {
		t.Errorf("got %s, %v", g, err)
	}
	if n := s.IO().Sockets().Adapter().ServerCount(); n != 1 {
		t.Errorf("%d servers", n)
	}
}

// TestSecretsStay: others do not get to know the keys of the gateway's clients.
func TestSecretsStay(t *testing.T) {
	link := backplane.NewMemory()
	n := gateway.New("/", hub.New(feedlog.NewMemory(), nil, batch.DefaultConfig(), zerolog.Nop()), gateway.Everyone, zerolog.Nop(), func(*gateway.Session, json.RawMessage) error { return nil })
	s := socketio.New(socketio.DefaultConfig(), []*gateway.Namespace{n}, zerolog.Nop(), socketio.WithBackplane(link))
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		s.Close()
		web.Close()
	})
	m := &peer{T: t, io: s.IO(), url: web.URL}
	m.client("/", `{"token":"sk_secret"}`)
	other := socketio.New(socketio.DefaultConfig(), nil, zerolog.Nop(), socketio.WithBackplane(link))
	t.Cleanup(other.Close)
	got := make(chan string, 1)
	other.IO().FetchSockets()(func(sockets []*socket.RemoteSocket, err error) {
		raw, _ := json.Marshal(sockets[0].Handshake())
		got <- fmt.Sprint(len(sockets), string(raw), sockets[0].Data(), err)
	})
	if g := eventually.Get(t, "an answer", got); strings.Contains(g, "sk_secret") || !strings.Contains(g, "red") || !strings.HasSuffix(g, "map[] <nil>") {
		t.Errorf("told %s", g)
	}
}
