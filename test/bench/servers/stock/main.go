// Command stock broadcasts by the Socket.IO library as it was released, with
// its own engine and its own adapter. It is a module of its own: only
// adapters/socketio may import that library. What it is told and what it
// answers is described in ../control.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/zishang520/socket.io/v2/socket"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "stock:", err)
		os.Exit(1)
	}
}

func run() error {
	opts := socket.DefaultServerOptions()
	opts.SetServeClient(false)
	io := socket.NewServer(nil, opts)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	web := &http.Server{Handler: io.ServeHandler(opts), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = web.Serve(listener) }() // ends with the process
	fmt.Printf("{\"addr\":%q}\n", listener.Addr())
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if err := obey(io, lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// message is the benchmark's, its fields in their order.
type message struct {
	N string `json:"n"`
	T string `json:"t"`
	P string `json:"p"`
}

func obey(io *socket.Server, line []byte) error {
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
		var m message
		if err := json.Unmarshal(line, &m); err != nil {
			return err
		}
		return io.Sockets().Emit("m", m)
	}
	return nil
}
