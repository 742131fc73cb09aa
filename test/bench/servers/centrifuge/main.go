// Command centrifuge broadcasts by the library that Centrifugo is made of: all
// clients are subscribed to one channel by the server. It is a module of its
// own, so that the project does not depend on it. What it is told and what it
// answers is described in ../control.
package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/centrifugal/centrifuge"
)

const channel = "m"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "centrifuge:", err)
		os.Exit(1)
	}
}

func run() error {
	node, err := centrifuge.New(centrifuge.Config{})
	if err != nil {
		return err
	}
	node.OnConnecting(func(context.Context, centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		return centrifuge.ConnectReply{
			Credentials:   &centrifuge.Credentials{},
			Subscriptions: map[string]centrifuge.SubscribeOptions{channel: {}},
		}, nil
	})
	if err := node.Run(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/connection/websocket", centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{}))
	web := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = web.Serve(listener) }() // ends with the process
	fmt.Printf("{\"addr\":%q}\n", listener.Addr())
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if err := obey(node, lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}

func obey(node *centrifuge.Node, line []byte) error {
	switch string(line) {
	case "gc":
		runtime.GC()
		debug.FreeOSMemory()
		fmt.Println("{}")
	case "stats":
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Printf("{\"mallocs\":%d}\n", m.Mallocs)
	default:
		_, err := node.Publish(channel, append([]byte(nil), line...))
		return err
	}
	return nil
}
