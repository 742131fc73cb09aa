package socketio_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/rs/zerolog"
	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/adapters/socketio"
)

// raw is a client that speaks the protocol's own words over a WebSocket.
type raw struct {
	*testing.T
	conn net.Conn
	in   io.ReadWriter
}

// talk gives a server with the namespaces "/", "/custom" and "/denied", and a
// client that is connected to none yet.
func talk(t *testing.T) (*socketio.Server, func() *raw) {
	t.Helper()
	s := socketio.New(socketio.DefaultConfig(), nil, zerolog.Nop())
	for _, name := range []string{"/", "/custom"} {
		_ = s.IO().Of(name, nil).On("connection", func(args ...any) {
			client := args[0].(*socket.Socket)
			_ = client.Emit("auth", client.Handshake().Auth)
			_ = client.OnAny(func(args ...any) {
				if ack, ok := args[len(args)-1].(socket.Ack); ok {
					ack(args[1:len(args)-1], nil)
					return
				}
				_ = client.Emit("back", args...)
			})
			_ = client.On("leave", func(...any) { client.Disconnect(false) })
			_ = client.On("panic", func(...any) { panic("as asked") })
			_ = client.On("ask", func(...any) {
				_ = client.Emit("question", func(answer []any, _ error) { _ = client.Emit("answer", answer...) })
			})
		})
	}
	s.IO().Of("/denied", nil).Use(func(_ *socket.Socket, next func(*socket.ExtendedError)) {
		next(socket.NewExtendedError("nope", map[string]any{"code": 401}))
	})
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		s.Close()
		web.Close()
	})
	return s, func() *raw {
		t.Helper()
		return dial(t, web.URL, "")
	}
}

// dial connects a client to a server, and to no namespace yet. more is added to its query.
func dial(t *testing.T, url, more string) *raw {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	conn, br, _, err := ws.Dial(ctx, "ws"+strings.TrimPrefix(url, "http")+"/socket.io/?EIO=4&transport=websocket"+more)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	r := &raw{T: t, conn: conn, in: conn}
	if br != nil {
		r.in = struct {
			io.Reader
			io.Writer
		}{io.MultiReader(br, conn), conn}
	}
	r.want(`0{"sid"`)
	return r
}

// send sends a packet of Engine.IO: text, or after "B" a binary frame.
func (r *raw) send(packets ...string) {
	r.Helper()
	for _, p := range packets {
		op, data := ws.OpText, p
		if strings.HasPrefix(p, "B") {
			op, data = ws.OpBinary, p[1:]
		}
		if err := wsutil.WriteClientMessage(r.conn, op, []byte(data)); err != nil {
			r.Fatalf("send %s: %v", p, err)
		}
	}
}

func (r *raw) read() (string, error) {
	_ = r.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	data, op, err := wsutil.ReadServerData(r.in)
	if err != nil {
		return "", err
	}
	if op == ws.OpBinary {
		return "B" + string(data), nil
	}
	return string(data), nil
}

// want reads packets that begin so, in this order, and gives the last.
func (r *raw) want(prefixes ...string) (packet string) {
	r.Helper()
	for _, prefix := range prefixes {
		var err error
		if packet, err = r.read(); err != nil || !strings.HasPrefix(packet, prefix) {
			r.Fatalf("got %q, %v; want %s…", packet, err, prefix)
		}
	}
	return packet
}

func (r *raw) wantClosed() {
	r.Helper()
	for {
		packet, err := r.read()
		if err == nil {
			r.Logf("before the end: %s", packet)
			continue
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			r.Fatal("the connection is still open")
		}
		return
	}
}

func TestNamespaces(t *testing.T) {
	_, dial := talk(t)
	c := dial()
	c.send(`40`)
	c.want(`40{"sid":`, `42["auth",{}]`)
	c.send(`40/custom,{"token":"x"}`)
	c.want(`40/custom,{"sid":`, `42/custom,["auth",{"token":"x"}]`)
	c.send(`40/denied,`)
	var refusal struct {
		Message string
		Data    struct{ Code int }
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(c.want(`44/denied,`), "44/denied,")), &refusal); err != nil || refusal.Message != "nope" || refusal.Data.Code != 401 {
		t.Errorf("refused by %+v, %v", refusal, err)
	}
	c.send(`40/unknown,`)
	c.want(`44/unknown,{"message":"Invalid namespace"}`)
	c.send(`42/custom,["hello",1]`)
	c.want(`42/custom,["back","hello",1]`)
	c.send(`41/custom,`, `42["still",2]`)
	c.want(`42["back","still",2]`)
	c.send(`40/custom,`)
	c.want(`40/custom,{"sid":`, `42/custom,["auth",{}]`)
	c.send(`42/custom,["leave"]`)
	c.want(`42/custom,["back","leave"]`, `41/custom,`)
	c.send(`42["and still",3]`)
	c.want(`42["back","and still",3]`)
}

func TestEventsAndAcknowledgements(t *testing.T) {
	_, dial := talk(t)
	c := dial()
	c.send(`40`, `42["right after",12345678901234567890,1.10]`)
	c.want(`40{"sid":`, `42["auth",{}]`, `42["back","right after",12345678901234567890,1.10]`)
	c.send(`4212["with an id","x"]`)
	c.want(`4312["x"]`)
	c.send(`42[7,"a number"]`)
	c.want(`42["back","7","a number"]`)
	c.send(`451-["binary",{"_placeholder":true,"num":0}]`, "B\x01\x02\x03")
	c.want(`451-["back","binary",{"_placeholder":true,"num":0}]`, "B\x01\x02\x03")
	c.send(`451-7["binary",{"_placeholder":true,"num":0}]`, "B\x09")
	c.want(`461-7[{"_placeholder":true,"num":0}]`, "B\x09")
	c.send(`42["ask"]`)
	c.want(`42["back","ask"]`)
	question := c.want(`42`)
	id := strings.TrimSuffix(strings.TrimPrefix(question, "42"), `["question"]`)
	c.send(`43` + id + `["because"]`)
	c.want(`42["answer","because"]`)
	c.send(`43` + id + `["again"]`) // nobody waits for it any more
	c.send(`42["works"]`)
	c.want(`42["back","works"]`)
}

// TestOddPackets: what the reference server does where documents are silent.
func TestOddPackets(t *testing.T) {
	_, dial := talk(t)
	bystander := dial()
	bystander.send(`40`)
	bystander.want(`40`, `42["auth"`)
	for name, packets := range map[string][]string{
		"event without a payload":   {`42`},
		"acknowledgement, likewise": {`43`},
		"with an id":                {`431`},
		"unknown acknowledgement":   {`4399[]`},
		"unexpected pong":           {`3`, `3`},
	} {
		t.Run(name+" is ignored", func(t *testing.T) {
			c := dial()
			c.T = t
			c.send(`40`)
			c.want(`40`, `42["auth"`)
			c.send(packets...)
			c.send(`42["works"]`)
			c.want(`42["back","works"]`)
		})
	}
	for name, packets := range map[string][]string{
		"empty message":            {`4`},
		"unknown type":             {`49`},
		"unknown engine packet":    {`9`},
		"trailing garbage":         {`42["a"]x`},
		"no JSON":                  {`42[`},
		"too many attachments":     {`411-["a"]`, `4511-["a"]`},
		"a binary frame":           {"Bxx"},
		"text for an attachment":   {`451-["a",{"_placeholder":true,"num":0}]`, `42["b"]`},
		"placeholder out of range": {`451-["a",{"_placeholder":true,"num":7}]`, "Bx"},
		"reserved event":           {`42["disconnect"]`},
		"connect twice":            {`40`},
		"connect_error":            {`44{"message":"x"}`},
		"another namespace":        {`42/custom,["a"]`},
		"handler that panics":      {`42["panic"]`},
	} {
		t.Run(name+" ends the connection", func(t *testing.T) {
			c := dial()
			c.T = t
			c.send(`40`)
			c.want(`40`, `42["auth"`)
			c.send(packets...)
			c.wantClosed()
		})
	}
	c := dial()
	c.send(`42["before CONNECT"]`)
	c.wantClosed()
	bystander.send(`42["untouched"]`)
	bystander.want(`42["back","untouched"]`)
}

// TestOrder: a thousand events are handled in the order sent.
func TestOrder(t *testing.T) {
	_, dial := talk(t)
	c := dial()
	c.send(`40`)
	c.want(`40`, `42["auth"`)
	go func() {
		for i := range 1000 {
			raw, _ := json.Marshal([]any{"seq", i})
			_ = wsutil.WriteClientMessage(c.conn, ws.OpText, append([]byte("42"), raw...))
		}
	}()
	for i := range 1000 {
		raw, _ := json.Marshal([]any{"back", "seq", i})
		if got := c.want(`42`); got != "42"+string(raw) {
			t.Fatalf("event %d: %s", i, got)
		}
	}
}
