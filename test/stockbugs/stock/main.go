// Command stock serves the events that the scenarios of test/stockbugs send with
// the Socket.IO library as released, used as its documents say. It is a module
// of its own, so that what it needs stays its own.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/zishang520/socket.io/v2/socket"
)

func main() {
	ms := func(name string, or int) time.Duration { return time.Duration(env(name, or)) * time.Millisecond }
	opts := socket.DefaultServerOptions()
	opts.SetServeClient(false)
	opts.SetPingInterval(ms("PING_INTERVAL", 300))
	opts.SetPingTimeout(ms("PING_TIMEOUT", 200))
	opts.SetConnectTimeout(ms("CONNECT_TIMEOUT", 1000))
	opts.SetMaxHttpBufferSize(1_000_000)
	io := socket.NewServer(nil, opts)
	serve(io, time.Duration(env("CONN_DELAY_US", 0))*time.Microsecond)

	listen("PORT", io.ServeHandler(opts))
	listen("CTL_PORT", control(io))
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	fmt.Println("ready", os.Getpid())
	<-stop
}

func env(name string, or int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return or
}

func listen(variable string, handler http.Handler) {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", os.Getenv(variable)))
	if err != nil {
		fmt.Fprintln(os.Stderr, "stock:", err)
		os.Exit(1)
	}
	go func() { _ = http.Serve(listener, handler) }()
}

// control answers the few commands that the scenarios need.
func control(io *socket.Server) http.Handler {
	mux := http.NewServeMux()
	answer := func(path string, command func(r *http.Request) any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			_ = json.NewEncoder(w).Encode(map[string]any{"out": command(r)})
		})
	}
	answer("/gc", func(*http.Request) any { debug.FreeOSMemory(); return nil })
	answer("/stats", func(*http.Request) any { return stats(io) })
	answer("/burst", func(r *http.Request) any {
		n, _ := strconv.Atoi(r.FormValue("n"))
		size, _ := strconv.Atoi(r.FormValue("size"))
		for i := range n {
			io.Emit("b", i, strings.Repeat("x", size))
		}
		return n
	})
	return mux
}

func stats(io *socket.Server) map[string]any {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	statm, _ := os.ReadFile("/proc/self/statm")
	pages := 0
	if fields := strings.Fields(string(statm)); len(fields) > 1 {
		pages, _ = strconv.Atoi(fields[1])
	}
	return map[string]any{
		"clients": io.Engine().ClientsCount(), "goroutines": runtime.NumGoroutine(),
		"heap": mem.HeapAlloc, "rss": pages * os.Getpagesize(),
	}
}
