package sockettest

import (
	"net/http"
	"time"

	"github.com/rs/zerolog"
	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/pkg/backplane"
	"github.com/skygate-io/skygate/pkg/engineio"
)

// Options are what a suite may set about a server.
type Options struct {
	PingInterval, PingTimeout, ConnectTimeout time.Duration
	// Backplane links it to others; nil when it is alone.
	Backplane backplane.Backplane
}

// maxMessage is the largest message that is taken, in bytes.
const maxMessage = 1_000_000

// NewServer gives a server below /socket.io/, and what ends it.
func NewServer(o Options) (server *socket.Server, handler http.Handler, end func()) {
	cfg := socketio.DefaultConfig()
	cfg.PingInterval, cfg.PingTimeout, cfg.MaxPayload = o.PingInterval, o.PingTimeout, maxMessage
	var options []socketio.Option
	if o.Backplane != nil {
		options = append(options, socketio.WithBackplane(o.Backplane))
	}
	s := socketio.New(cfg, nil, zerolog.Nop(), options...)
	s.IO().SetConnectTimeout(o.ConnectTimeout)
	return s.IO(), s.Handler(), s.Close
}

// NewEcho gives an Engine.IO server below /engine.io/ that sends every message
// back as it came, and what ends it.
func NewEcho(o Options) (handler http.Handler, end func()) {
	cfg := engineio.DefaultConfig()
	cfg.PingInterval, cfg.PingTimeout, cfg.MaxPayload = o.PingInterval, o.PingTimeout, maxMessage
	cfg.Origins = []string{"*"}
	server := engineio.NewServer(cfg, func(c *engineio.Conn) engineio.Handler { return echo{c} })
	return server, server.Close
}

type echo struct{ conn *engineio.Conn }

// Message implements engineio.Handler.
func (e echo) Message(data []byte, binary bool) {
	e.conn.Send(engineio.Event, engineio.NewFrame(data, binary))
}

// Drained implements engineio.Handler.
func (e echo) Drained() {}

// Closed implements engineio.Handler.
func (e echo) Closed(engineio.Reason) {}
