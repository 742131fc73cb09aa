// Package socketio serves the gateway's namespaces over Socket.IO. It is the
// only package that imports the Socket.IO library.
//
// Of the library it uses the layer of namespaces, rooms and acknowledgements, on
// its published extension points. Below is an engine of our own (pkg/engineio),
// bound by [link]; beside it our decoder ([parsePacket]) and our room adapter
// ([rooms]). What the library does wrong as released is in none of these paths.
//
// A client's way: the engine reads a message and calls link.Message, which
// decodes it and calls the handlers, one after the other; the engine reads on
// when they are done. A message's way to clients: the hub gives it to [conn],
// which gives its frame, made once for all, to the engine's outbox.
package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/rs/zerolog"
	"github.com/zishang520/socket.io/v2/socket"

	"github.com/skygate-io/skygate/pkg/backplane"
	"github.com/skygate-io/skygate/pkg/engineio"
	"github.com/skygate-io/skygate/pkg/gateway"
)

// Server is a Socket.IO server.
type Server struct {
	io     *socket.Server
	engine *engineio.Server
	rooms  *roomsBuilder
	logger zerolog.Logger
}

// Option changes what a server is made of.
type Option func(*Server)

// WithBackplane gives the namespaces members in other processes: rooms, broadcasts
// and what else an application does over [Server.IO] reach those there. What the
// gateway's sessions get of topics does not pass there.
func WithBackplane(b backplane.Backplane) Option {
	return func(s *Server) { s.rooms.backplane = b }
}

// New gives a server for the namespaces.
func New(cfg Config, namespaces []*gateway.Namespace, logger zerolog.Logger, options ...Option) *Server {
	opts := socket.DefaultServerOptions()
	opts.SetServeClient(false)
	opts.SetPath(cfg.Path)
	opts.SetParser(passing{})
	s := &Server{rooms: &roomsBuilder{logger: logger}, logger: logger}
	for _, option := range options {
		option(s)
	}
	opts.SetAdapter(s.rooms)
	s.io = socket.NewServer(nil, opts)
	engine := newBase(s.Close)
	below := cfg.engine()
	below.OnPanic = func(c *engineio.Conn, value any, stack []byte) {
		logger.Error().Str("connection", c.ID()).Interface("panic", value).Bytes("stack", stack).Msg("a handler panicked; its connection was closed")
	}
	s.engine = engineio.NewServer(below, func(c *engineio.Conn) engineio.Handler {
		l := newLink(c, s.rooms, int(cfg.MaxPayload), logger)
		engine.Emit("connection", l)
		return l
	})
	s.io.Bind(engine)
	for _, n := range namespaces {
		s.serve(n)
	}
	return s
}

// Handler answers everything below the configured path.
func (s *Server) Handler() http.Handler { return s.engine }

// IO gives the library's server, for namespaces that are not the gateway's.
func (s *Server) IO() *socket.Server { return s.io }

// Connections is how many clients are connected.
func (s *Server) Connections() int { return s.engine.Conns() }

// Close ends all connections and waits for that.
func (s *Server) Close() {
	s.engine.Close()
	s.rooms.close()
}

// serve lets clients into a namespace.
func (s *Server) serve(n *gateway.Namespace) {
	nsp := s.io.Of(n.Name(), nil)
	nsp.Use(func(client *socket.Socket, next func(*socket.ExtendedError)) {
		auth := authOf(client)
		who, err := n.Authorise(context.Background(), auth)
		if err != nil {
			next(refusal(err))
			return
		}
		l, ok := client.Conn().(*link)
		if !ok {
			next(refusal(errors.New("not a connection of this server")))
			return
		}
		c := &conn{client: client, link: l, out: l.conn, namespace: n.Name()}
		if s.rooms.backplane != nil {
			c.seats, _ = nsp.Adapter().(*rooms)
		}
		c.enter = func() *gateway.Session { return n.Connect(c, who, auth) }
		client.SetData(c)
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
