// Package socketio serves the gateway's namespaces over Socket.IO. It is the
// only package that imports the Socket.IO library.
//
// What goes out does not pass through the library's own emit: messages come
// encoded and framed, are queued per connection ([conn]), and are written to
// the connection's engine as they are.
package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync"

	"github.com/rs/zerolog"
	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/pkg/gateway"
)

// Server is a Socket.IO server.
type Server struct {
	io      *socket.Server
	handler http.Handler
	logger  zerolog.Logger
	conns   sync.WaitGroup // the goroutines that write
}

// New gives a server for the namespaces.
func New(cfg Config, namespaces []*gateway.Namespace, logger zerolog.Logger) *Server {
	opts := socket.DefaultServerOptions()
	opts.SetServeClient(false)
	opts.SetPath(cfg.Path)
	opts.SetPingInterval(cfg.PingInterval)
	opts.SetPingTimeout(cfg.PingTimeout)
	opts.SetMaxHttpBufferSize(cfg.MaxPayload)
	opts.SetCors(cors(cfg.Origins))
	opts.SetAllowRequest(func(ctx *types.HttpContext) error {
		if !originAllowed(cfg.Origins, ctx.Request()) {
			return errors.New("this origin is not allowed; the server's setting socketio.origins names those that are")
		}
		return nil
	})
	s := &Server{io: socket.NewServer(nil, opts), logger: logger}
	for _, n := range namespaces {
		s.serve(n)
	}
	s.handler = s.io.ServeHandler(opts)
	return s
}

// Handler answers everything below the configured path.
func (s *Server) Handler() http.Handler { return s.handler }

// Close disconnects all clients and waits for what was begun to be written.
func (s *Server) Close() {
	s.io.Close(nil)
	s.conns.Wait()
}

// serve lets clients into a namespace. Their events are listened to before they
// are told that they are in, so none is missed; each waits until the session
// is there.
func (s *Server) serve(n *gateway.Namespace) {
	nsp := s.io.Of(n.Name(), nil)
	nsp.Use(func(client *socket.Socket, next func(*socket.ExtendedError)) {
		auth := authOf(client)
		who, err := n.Authorise(context.Background(), auth)
		if err != nil {
			next(refusal(err))
			return
		}
		c := newConn(client, n.Name(), &s.conns)
		c.enter = func() *gateway.Session { return n.Connect(c, who, auth) }
		client.SetData(c)
		_ = client.OnAny(c.receive)
		_ = client.On("disconnect", func(...any) { c.close() })
		next(nil)
	})
	err := nsp.On("connection", func(args ...any) {
		if client, ok := args[0].(*socket.Socket); ok {
			if c, ok := client.Data().(*conn); ok {
				c.open()
			}
		}
	})
	if err != nil {
		s.logger.Error().Err(err).Str("namespace", n.Name()).Msg("the namespace cannot be served")
	}
}

// authOf gives what the client sent with CONNECT as JSON, nil when that was nothing.
func authOf(client *socket.Socket) json.RawMessage {
	auth := client.Handshake().Auth
	if auth == nil {
		return nil
	}
	raw, err := json.Marshal(auth)
	if err != nil {
		return nil
	}
	return raw
}

// refusal is what a client that is not let in gets with its connect_error.
func refusal(err error) *socket.ExtendedError {
	var e *gateway.Error
	if !errors.As(err, &e) {
		e = &gateway.Error{Code: gateway.CodeInternal, Message: "Internal server error"}
	}
	return socket.NewExtendedError(e.Message, map[string]any{"code": e.Code})
}

func cors(origins []string) *types.Cors {
	if slices.Contains(origins, "*") {
		return &types.Cors{Origin: "*"}
	}
	list := make([]any, len(origins))
	for i, o := range origins {
		list[i] = o
	}
	return &types.Cors{Origin: list, Credentials: true}
}

// originAllowed says whether a page of the request's origin may connect. What
// is no browser sends none; a page of the same host may always.
func originAllowed(origins []string, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(origins, "*") || slices.Contains(origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}
