package engineio

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	transportPolling   = "polling"
	transportWebSocket = "websocket"
)

// ServeHTTP serves both transports. Its path does not matter.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.checkOrigin(w, r) {
		s.refuse(w, refuseOrigin)
		return
	}
	if r.Method == http.MethodOptions {
		answerPreflight(w, r)
		return
	}
	c, refused := s.check(r)
	if refused != nil {
		s.refuse(w, refused)
		return
	}
	webSocket := r.URL.Query().Get("transport") == transportWebSocket
	switch {
	case c == nil && webSocket:
		s.openWebSocket(w, r)
	case c == nil:
		s.openPolling(w, r)
	case webSocket:
		c.serveUpgrade(w, r)
	case r.Method == http.MethodGet:
		c.servePoll(w, r)
	default:
		c.servePost(w, r)
	}
}

// check finds the connection that a request is for; nil is a handshake. It
// looks at things in the order of the reference server.
func (s *Server) check(r *http.Request) (*Conn, *refusal) {
	query := r.URL.Query()
	transport := query.Get("transport")
	webSocket := transport == transportWebSocket
	switch {
	case s.isClosed():
		return nil, refuseShutdown
	case transport != transportPolling && !webSocket:
		return nil, refuseTransport
	}
	var c *Conn
	if sid := query.Get("sid"); sid != "" {
		if c = s.conn(sid); c == nil {
			return nil, refuseSession
		}
	} else if r.Method != http.MethodGet {
		return nil, refuseMethod
	}
	if webSocket != asksUpgrade(r) || webSocket && r.Method != http.MethodGet ||
		r.Method != http.MethodGet && r.Method != http.MethodPost {
		return nil, refuseRequest
	}
	if c != nil {
		return c, nil
	}
	if query.Get("EIO") != "4" {
		return nil, refuseVersion
	}
	if s.cfg.MaxConns > 0 && s.Conns() >= s.cfg.MaxConns {
		return nil, refuseFull // before a WebSocket is opened; add has the last word
	}
	if s.cfg.Allow != nil {
		if err := s.cfg.Allow(r); err != nil {
			return nil, refuseForbidden.because(err.Error())
		}
	}
	return nil, nil
}

func (s *Server) isClosed() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.closed
}

func asksUpgrade(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// openPolling begins a connection with a polling request.
func (s *Server) openPolling(w http.ResponseWriter, r *http.Request) {
	c := s.newConn(r)
	if refused := c.begin(nil); refused != nil {
		s.refuse(w, refused)
		return
	}
	respond(w, http.StatusOK, append([]byte{packetOpen}, c.greeting(transportWebSocket)...))
}

// openWebSocket begins a connection with a WebSocket. The reading goroutine is a
// fresh one: the one that serves the request holds on to its buffers and has a
// large stack.
func (s *Server) openWebSocket(w http.ResponseWriter, r *http.Request) {
	c := s.newConn(r)
	socket, err := s.upgradeHTTP(w, r)
	if err != nil {
		s.counters.refuse(RefusedRequest)
		return
	}
	if refused := c.begin(socket); refused != nil {
		s.counters.refuse(refused.name)
		socket.kill()
		return
	}
	s.tasks.run(func() { c.readLoop(socket) })
}

func (s *Server) newConn(r *http.Request) *Conn {
	return &Conn{server: s, id: newID(), request: strip(r)}
}

// begin enters the connection into the server and makes its Handler. On a
// WebSocket the open packet is the first thing sent.
func (c *Conn) begin(socket *socket) *refusal {
	c.calls.Lock()
	defer c.calls.Unlock()
	c.pingAt = c.server.now() + c.server.cfg.PingInterval
	c.socket = socket
	if refused := c.server.add(c); refused != nil {
		return refused
	}
	if socket != nil {
		c.mu.Lock()
		c.sendControlLocked(newPacket(packetOpen, string(c.greeting())))
		c.mu.Unlock()
	}
	c.guard(func() { c.handler = c.server.accept(c) })
	if c.handler == nil {
		c.Discard(ReasonNotAccepted)
	}
	return nil
}

// greeting is the payload of the open packet.
func (c *Conn) greeting(upgrades ...string) []byte {
	cfg := &c.server.cfg
	if upgrades == nil {
		upgrades = []string{}
	}
	b, err := json.Marshal(struct {
		SID          string   `json:"sid"`
		Upgrades     []string `json:"upgrades"`
		PingInterval int64    `json:"pingInterval"`
		PingTimeout  int64    `json:"pingTimeout"`
		MaxPayload   int      `json:"maxPayload"`
	}{c.id, upgrades, cfg.PingInterval.Milliseconds(), cfg.PingTimeout.Milliseconds(), cfg.MaxPayload})
	if err != nil {
		panic(err) // strings and numbers
	}
	return b
}

// newID makes a session id that cannot be guessed: 120 random bits.
func newID() string {
	var b [15]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// strip keeps of a request what Conn.Request promises, and none of its buffers.
func strip(r *http.Request) *http.Request {
	kept := http.Header{}
	for _, name := range [...]string{"Origin", "User-Agent", "Authorization", "Cookie", "X-Forwarded-For"} {
		if values := r.Header[name]; len(values) > 0 {
			kept[name] = slices.Clone(values)
		}
	}
	address := *r.URL
	return &http.Request{Method: r.Method, URL: &address, Host: r.Host, RemoteAddr: r.RemoteAddr, Header: kept}
}

// checkOrigin says whether the page that makes the request may, and tells its
// browser.
func (s *Server) checkOrigin(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	header := w.Header()
	if slices.Contains(s.cfg.Origins, "*") {
		header.Set("Access-Control-Allow-Origin", "*")
		return true
	}
	if u, err := url.Parse(origin); !slices.Contains(s.cfg.Origins, origin) && (err != nil || u.Host != r.Host) {
		return false
	}
	header.Set("Access-Control-Allow-Origin", origin)
	header.Set("Access-Control-Allow-Credentials", "true")
	header.Add("Vary", "Origin")
	return true
}

func answerPreflight(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Access-Control-Allow-Methods", "GET, POST")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		header.Set("Access-Control-Allow-Headers", asked)
	}
	w.WriteHeader(http.StatusNoContent)
}
