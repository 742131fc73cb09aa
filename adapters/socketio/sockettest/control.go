package sockettest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io/v2/socket"
)

// control is what a server does of its own accord, asked for over HTTP.
type control struct {
	io      *socket.Server
	reasons *Reasons
	name    string // of the server, in its answers
	timeout time.Duration

	mu  sync.Mutex
	sse []any // guarded by mu: what other servers said
}

// Control answers /stats, /emit and so on with {"ms": how long it took, "out":
// what it returned}. The name is the server's in answers to other servers, the
// timeout how long these may take.
func Control(io *socket.Server, reasons *Reasons, name string, timeout time.Duration) http.Handler {
	c := &control{io: io, reasons: reasons, name: name, timeout: timeout}
	_ = io.On("sse-hello", func(args ...any) {
		args, ack := split(args)
		c.mu.Lock()
		c.sse = append(c.sse, args...)
		c.mu.Unlock()
		acknowledge(ack, c.name)
	})
	mux := http.NewServeMux()
	for path, command := range map[string]func(url.Values) any{
		"/stats":       c.stats,
		"/gc":          func(url.Values) any { debug.FreeOSMemory(); return nil },
		"/disconnects": func(url.Values) any { return c.reasons.all() },
		"/emit":        func(q url.Values) any { return failure(c.to(q).Emit(q.Get("ev"), q.Get("msg"))) },
		"/emitbin": func(q url.Values) any {
			return failure(c.to(q).Emit("bin", types.NewBytesBuffer([]byte{1, 2, 3}), map[string]any{"in": []any{[]byte{255}}}, q.Get("msg")))
		},
		"/burst":       c.burst,
		"/fetch":       c.fetch,
		"/join":        func(q url.Values) any { c.to(q).SocketsJoin(socket.Room(q.Get("to"))); return nil },
		"/leave":       func(q url.Values) any { c.to(q).SocketsLeave(socket.Room(q.Get("to"))); return nil },
		"/kick":        func(q url.Values) any { c.to(q).DisconnectSockets(q.Get("close") == "true"); return nil },
		"/sockets":     c.sockets,
		"/sse":         func(q url.Values) any { return failure(c.namespace(q).ServerSideEmit("sse-hello", q.Get("msg"))) },
		"/sselog":      c.sselog,
		"/sseack":      c.sseack,
		"/emitack":     c.emitack,
		"/servercount": func(q url.Values) any { return c.namespace(q).Adapter().ServerCount() },
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			began := time.Now()
			out := command(r.URL.Query())
			took := float64(time.Since(began).Microseconds()) / 1000
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{"ms": took, "out": out})
		})
	}
	return mux
}

// namespace is the one that the query names as nsp, or "/".
func (c *control) namespace(q url.Values) socket.Namespace {
	return c.io.Of(cmp.Or(q.Get("nsp"), "/"), nil)
}

// to is the audience that the query names: rooms, or all, but for others.
func (c *control) to(q url.Values) *socket.BroadcastOperator {
	to := c.namespace(q).To(names(q.Get("room"))...).Except(names(q.Get("except"))...)
	if q.Get("local") != "" {
		to = to.Local()
	}
	if q.Get("volatile") != "" {
		to = to.Volatile()
	}
	if compress := q.Get("compress"); compress != "" {
		to = to.Compress(compress == "true")
	}
	return to
}

func names(list string) (rooms []socket.Room) {
	if list == "" {
		return nil
	}
	for name := range strings.SplitSeq(list, ",") {
		rooms = append(rooms, socket.Room(name))
	}
	return rooms
}

func (c *control) stats(url.Values) any {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return map[string]any{
		"clients":    c.io.Engine().ClientsCount(),
		"goroutines": runtime.NumGoroutine(),
		"heap":       mem.HeapAlloc,
		"rss":        rss(),
	}
}

func (c *control) burst(q url.Values) any {
	n, _ := strconv.Atoi(q.Get("n"))
	size, _ := strconv.Atoi(q.Get("size"))
	gap, _ := strconv.Atoi(q.Get("gap")) // ms
	filler := strings.Repeat("x", max(0, size))
	for i := range n {
		if err := c.to(q).Emit("b", i, filler); err != nil {
			return failure(err)
		}
		time.Sleep(time.Duration(gap) * time.Millisecond)
	}
	return n
}

func (c *control) fetch(q url.Values) any {
	return c.await(func(done func(any)) {
		c.to(q).FetchSockets()(func(sockets []*socket.RemoteSocket, err error) {
			ids := make([]string, len(sockets))
			for i, s := range sockets {
				ids[i] = string(s.Id())
			}
			done(orFailure(ids, err))
		})
	})
}

// sockets tells what is known of each.
func (c *control) sockets(q url.Values) any {
	return c.await(func(done func(any)) {
		c.to(q).FetchSockets()(func(sockets []*socket.RemoteSocket, err error) {
			list := make([]any, len(sockets))
			for i, s := range sockets {
				rooms := s.Rooms().Keys()
				slices.Sort(rooms)
				list[i] = map[string]any{"id": s.Id(), "rooms": rooms, "data": s.Data(), "query": s.Handshake().Query, "auth": s.Handshake().Auth}
			}
			done(orFailure(list, err))
		})
	})
}

func (c *control) sselog(url.Values) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]any{}, c.sse...)
}

func (c *control) sseack(q url.Values) any {
	return c.await(func(done func(any)) {
		err := c.namespace(q).ServerSideEmitWithAck("sse-hello", q.Get("msg"))(func(back []any, err error) { done(orFailure(back, err)) })
		if err != nil {
			done(failure(err))
		}
	})
}

func (c *control) emitack(q url.Values) any {
	ms, err := strconv.Atoi(q.Get("timeout"))
	if err != nil {
		ms = 1000
	}
	return c.await(func(done func(any)) {
		c.to(q).Timeout(time.Duration(ms) * time.Millisecond).EmitWithAck("question")(func(back []any, err error) {
			done(orFailure(back, err))
		})
	})
}

// await gives what a call tells its callback, the first time that it does.
func (c *control) await(call func(done func(any))) any {
	answer := make(chan any, 1)
	call(func(out any) {
		select {
		case answer <- out:
		default:
		}
	})
	select {
	case out := <-answer:
		return out
	case <-time.After(c.timeout):
		return map[string]string{"error": "no answer"}
	}
}

func orFailure(out any, err error) any {
	if err != nil {
		return failure(err)
	}
	return out
}

func failure(err error) any {
	if err == nil {
		return nil
	}
	return map[string]string{"error": err.Error()}
}

// rss is the process's resident memory in bytes, 0 where it is not told.
func rss() int {
	statm, err := os.ReadFile("/proc/self/statm")
	if fields := strings.Fields(string(statm)); err == nil && len(fields) > 1 {
		pages, _ := strconv.Atoi(fields[1])
		return pages * os.Getpagesize()
	}
	return 0
}
