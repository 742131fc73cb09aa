// Package sockettest is the part of test/testserver that speaks to the Socket.IO
// library: the events that conformance and interoperability suites send, and
// what a server says of its own accord. It is linked into no other program.
package sockettest

import (
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io/v2/socket"
)

// Reasons counts why sockets were disconnected. Safe for concurrent use.
type Reasons struct {
	mu     sync.Mutex
	counts map[string]int // guarded by mu
}

func (r *Reasons) add(reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts == nil {
		r.counts = map[string]int{}
	}
	r.counts[reason]++
}

func (r *Reasons) all() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make(map[string]int, len(r.counts))
	for reason, n := range r.counts {
		all[reason] = n
	}
	return all
}

// Serve registers every event on the namespaces /, /custom, /denied and
// /dyn-<number>. Each connection handler sleeps first for the delay. The event
// "panic" has no other purpose than its name.
func Serve(io *socket.Server, delay time.Duration) *Reasons {
	reasons := new(Reasons)
	for _, name := range []string{"/", "/custom"} {
		_ = io.Of(name, nil).On("connection", func(args ...any) {
			client := args[0].(*socket.Socket)
			time.Sleep(delay)
			listen(client, reasons)
			auth := client.Handshake().Auth
			said, _ := auth.(map[string]any)
			client.SetData(map[string]any{"name": said["name"]})
			if room := text(said["room"]); room != "" {
				client.Join(socket.Room(room))
			}
			_ = client.Emit("auth", auth)
		})
	}
	io.Of("/denied", nil).Use(func(_ *socket.Socket, next func(*socket.ExtendedError)) {
		next(socket.NewExtendedError("nope", map[string]any{"code": 401}))
	})
	_ = io.Of(regexp.MustCompile(`^/dyn-\d+$`), nil).On("connection", func(args ...any) {
		client := args[0].(*socket.Socket)
		listen(client, reasons)
		_ = client.Emit("auth", map[string]any{"nsp": client.Nsp().Name()})
	})
	return reasons
}

// listen answers the events of one socket.
func listen(client *socket.Socket, reasons *Reasons) {
	on := func(event string, answer func(args []any, ack socket.Ack)) {
		_ = client.On(event, func(args ...any) { answer(split(args)) })
	}
	on("message", func(args []any, _ socket.Ack) { _ = client.Emit("message-back", args...) })
	on("message-with-ack", func(args []any, ack socket.Ack) { acknowledge(ack, args...) })
	on("ask-me", func(args []any, _ socket.Ack) {
		client.EmitWithAck("question", args...)(func(back []any, _ error) { _ = client.Emit("ack-result", back...) })
	})
	on("send-binary", func([]any, socket.Ack) { _ = client.Emit("binary", binary()) })
	on("disconnect-me", func(args []any, _ socket.Ack) { client.Disconnect(at(args, 0) == true) })
	on("close-transport", func([]any, socket.Ack) { client.Conn().Close(false) })
	on("info", func(_ []any, ack socket.Ack) { acknowledge(ack, info(client)) })
	on("seq", func(args []any, _ socket.Ack) { _ = client.Emit("seq-back", args...) })
	on("panic", func([]any, socket.Ack) { panic("as asked") })
	on("disconnect", func(args []any, _ socket.Ack) { reasons.add(text(at(args, 0))) })
	listenRooms(client, on)
	listenBursts(client, on)
}

func listenRooms(client *socket.Socket, on func(string, func([]any, socket.Ack))) {
	on("join", func(args []any, ack socket.Ack) {
		client.Join(socket.Room(text(at(args, 0))))
		acknowledge(ack)
	})
	on("leave", func(args []any, ack socket.Ack) {
		client.Leave(socket.Room(text(at(args, 0))))
		acknowledge(ack)
	})
	on("to-room", func(args []any, _ socket.Ack) {
		_ = client.Nsp().To(socket.Room(text(at(args, 0)))).Emit("room-msg", at(args, 1))
	})
}

func listenBursts(client *socket.Socket, on func(string, func([]any, socket.Ack))) {
	on("burst", func(args []any, _ socket.Ack) {
		filler := strings.Repeat("x", number(at(args, 1)))
		for i := range number(at(args, 0)) {
			_ = client.Emit("b", i, filler)
		}
	})
	on("bburst", func(args []any, _ socket.Ack) {
		filler := strings.Repeat("x", number(at(args, 1)))
		for i := range number(at(args, 0)) {
			_ = client.Nsp().Emit("b", i, filler)
		}
	})
}

func binary() map[string]any {
	return map[string]any{
		"buf":  types.NewBytesBuffer([]byte{1, 2, 3}),
		"list": []any{types.NewBytesBuffer([]byte{255, 0, 128})},
		"s":    "é😀",
	}
}

func info(client *socket.Socket) map[string]any {
	return map[string]any{
		"recovered": client.Recovered(),
		"transport": client.Conn().Transport().Name(),
		"rooms":     client.Rooms().Keys(),
	}
}
