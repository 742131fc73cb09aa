package main

import (
	"regexp"
	"strings"
	"time"

	"github.com/zishang520/socket.io/v2/socket"
)

func serve(io *socket.Server, delay time.Duration) {
	connection := func(args ...any) {
		client := args[0].(*socket.Socket)
		time.Sleep(delay)
		listenTo(client)
		client.Emit("auth", client.Handshake().Auth)
	}
	io.Of("/", nil).On("connection", connection)
	io.Of("/custom", nil).On("connection", connection)
	io.Of(regexp.MustCompile(`^/dyn-\d+$`), nil).On("connection", connection)
}

func listenTo(client *socket.Socket) {
	client.On("message", func(args ...any) { client.Emit("message-back", args...) })
	client.On("message-with-ack", func(args ...any) {
		if ack, ok := args[len(args)-1].(socket.Ack); ok {
			ack(args[:len(args)-1], nil)
		}
	})
	client.On("seq", func(args ...any) { client.Emit("seq-back", args...) })
	client.On("join", func(args ...any) {
		client.Join(socket.Room(args[0].(string)))
		args[1].(socket.Ack)([]any{}, nil)
	})
	client.On("leave", func(args ...any) {
		client.Leave(socket.Room(args[0].(string)))
		args[1].(socket.Ack)([]any{}, nil)
	})
	client.On("to-room", func(args ...any) {
		client.Nsp().To(socket.Room(args[0].(string))).Emit("room-msg", args[1])
	})
	client.On("bburst", func(args ...any) {
		for i := range int(args[0].(float64)) {
			client.Nsp().Emit("b", i, strings.Repeat("x", int(args[1].(float64))))
		}
	})
	client.On("disconnect-me", func(args ...any) { client.Disconnect(args[0].(bool)) })
	client.On("panic", func(...any) { panic("as asked") })
}
