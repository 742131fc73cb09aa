package socketio

import (
	"context"
	"net/http"

	"github.com/zishang520/engine.io/v2/engine"
	"github.com/zishang520/engine.io/v2/events"
	"github.com/zishang520/engine.io/v2/transports"
	"github.com/zishang520/socket.io-go-parser/v2/parser"
)

// base is our engine as the library binds it: it needs "connection" and Close.
type base struct {
	engine.BaseServer
	end func()
}

func newBase(end func()) *base {
	return &base{BaseServer: engine.MakeBaseServer(), end: end}
}

// Close implements engine.BaseServer.
func (b *base) Close() engine.BaseServer {
	b.end()
	return b
}

// passing is the parser that the library is given: packets come decoded.
type passing struct{}

// NewEncoder implements parser.Parser.
func (passing) NewEncoder() parser.Encoder { return parser.NewEncoder() }

// NewDecoder implements parser.Parser.
func (passing) NewDecoder() parser.Decoder { return decoded{events.New()} }

type decoded struct{ events.EventEmitter }

// Add implements parser.Decoder.
func (d decoded) Add(p any) error {
	d.Emit("decoded", p)
	return nil
}

// Destroy implements parser.Decoder.
func (d decoded) Destroy() { d.Clear() }

// transport answers what the library asks of a connection's transport.
type transport struct {
	transports.Transport
	link *link
}

// Writable implements transports.Transport.
func (t transport) Writable() bool { return t.link.conn.Writable() }

// Name implements transports.Transport.
func (t transport) Name() string { return t.link.conn.Transport() }

// nowhere is where the answer to a handshake goes that was answered already.
type nowhere struct{}

// Header implements http.ResponseWriter.
func (nowhere) Header() http.Header { return http.Header{} }

// Write implements http.ResponseWriter.
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader implements http.ResponseWriter.
func (nowhere) WriteHeader(int) {}

// over is a context that has ended: the library's wrapper of a request waits in
// a goroutine for the end of it.
var over = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()
