package socketio_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
)

// serve gives a server with a namespace that echoes, and refuses the token "no".
func serve(t *testing.T, origins ...string) *httptest.Server {
	t.Helper()
	h := hub.New(feedlog.NewMemory(), nil, batch.DefaultConfig(), zerolog.Nop())
	auth := func(_ context.Context, auth json.RawMessage) (gateway.Identity, error) {
		switch string(auth) {
		case `{"token":"no"}`:
			return nil, gateway.Errorf("bad_token", "the token is not valid")
		case `{"token":"fault"}`:
			return nil, errors.New("secret")
		}
		return gateway.Everyone(context.Background(), auth)
	}
	n := gateway.New("/", h, auth, zerolog.Nop(), func(s *gateway.Session, _ json.RawMessage) error {
		return s.Reply("welcome", true, nil)
	})
	gateway.On(n, "echo", func(s *gateway.Session, payload json.RawMessage, ack gateway.Ack) error {
		return s.Reply("echoed", payload, ack)
	})
	cfg := socketio.DefaultConfig()
	if origins != nil {
		cfg.Origins = origins
	}
	s := socketio.New(cfg, []*gateway.Namespace{n}, zerolog.Nop())
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		web.CloseClientConnections()
		s.Close()
		web.Close()
	})
	return web
}

// poller is a client over HTTP long-polling, in the protocol's own words.
type poller struct {
	*testing.T
	url    string
	header http.Header
	got    []string
}

func open(t *testing.T, web *httptest.Server) *poller {
	t.Helper()
	p := &poller{T: t, url: web.URL + "/socket.io/?EIO=4&transport=polling"}
	status, body := p.do(http.MethodGet, "")
	var handshake struct{ SID string }
	if status != http.StatusOK || json.Unmarshal([]byte(strings.TrimPrefix(body, "0")), &handshake) != nil {
		t.Fatalf("handshake: %d %s", status, body)
	}
	p.url += "&sid=" + handshake.SID
	return p
}

func (p *poller) do(method, body string) (status int, answer string) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, p.url, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	for name, values := range p.header {
		req.Header[name] = values
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		p.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

func (p *poller) send(packets ...string) {
	p.Helper()
	if status, body := p.do(http.MethodPost, strings.Join(packets, "\x1e")); status != http.StatusOK {
		p.Fatalf("post: %d %s", status, body)
	}
}

// want polls until a packet came that begins so, and gives it.
func (p *poller) want(prefix string) string {
	p.Helper()
	for range 20 {
		for i, packet := range p.got {
			if strings.HasPrefix(packet, prefix) {
				p.got = p.got[i+1:]
				return packet
			}
		}
		_, body := p.do(http.MethodGet, "")
		p.got = append(p.got, strings.Split(body, "\x1e")...)
	}
	p.Fatalf("no packet %s… came, but %q", prefix, p.got)
	return ""
}

func TestConnectEchoDisconnect(t *testing.T) {
	p := open(t, serve(t))
	p.send(`40{"token":"yes"}`)
	p.want(`40{"sid":`)
	p.want(`42["welcome",true]`)
	p.send(`42["echo",{"deep":[1.50,"é😀",null]}]`)
	p.want(`42["echoed",{"deep":[1.50,"é😀",null]}]`) // as it was written
	p.send(`427["echo",{"a":1}]`)
	p.want(`437[{"a":1}]`)
	p.send(`42["echo"]`)
	p.want(`42["echoed",null]`)
	p.send(`428["echo",` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `]`) // and the connection stays
	if ack := p.want(`438[`); !strings.Contains(ack, `"code":"invalid_payload"`) || !strings.Contains(ack, "nested more than 50 deep") {
		t.Errorf("acknowledged by %s", ack)
	}
	p.send(`421["nothing"]`)
	if ack := p.want(`431[`); !strings.Contains(ack, `"code":"unknown_event"`) {
		t.Errorf("acknowledged by %s", ack)
	}
	p.send(`41`)
}

func TestRefused(t *testing.T) {
	for token, want := range map[string]string{
		"no":    `44{"data":{"code":"bad_token"},"message":"the token is not valid"}`,
		"fault": `44{"data":{"code":"internal"},"message":"Internal server error"}`,
	} {
		p := open(t, serve(t))
		p.send(`40{"token":"` + token + `"}`)
		got := p.want(`44`)
		var a, b any
		if json.Unmarshal([]byte(got[2:]), &a) != nil || json.Unmarshal([]byte(want[2:]), &b) != nil || len(got) != len(want) {
			t.Errorf("%s: refused by %s, want %s", token, got, want)
		}
	}
}

func TestOrigins(t *testing.T) {
	for name, tc := range map[string]struct {
		allowed []string
		origin  string
		status  int
	}{
		"everyone":         {[]string{"*"}, "https://elsewhere.example", 200},
		"one of the list":  {[]string{"https://map.example"}, "https://map.example", 200},
		"none of the list": {[]string{"https://map.example"}, "https://elsewhere.example", 403},
		"no browser":       {[]string{"https://map.example"}, "", 200},
		"the server's own": {[]string{"https://map.example"}, "same", 200},
	} {
		t.Run(name, func(t *testing.T) {
			web := serve(t, tc.allowed...)
			p := &poller{T: t, url: web.URL + "/socket.io/?EIO=4&transport=polling", header: http.Header{}}
			switch tc.origin {
			case "":
			case "same":
				p.header.Set("Origin", web.URL)
			default:
				p.header.Set("Origin", tc.origin)
			}
			if status, body := p.do(http.MethodGet, ""); status != tc.status {
				t.Errorf("status %d, want %d: %s", status, tc.status, body)
			}
		})
	}
}

func TestConfig(t *testing.T) {
	if err := socketio.DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for key, spoil := range map[string]func(*socketio.Config){
		"path":          func(c *socketio.Config) { c.Path = "x" },
		"path ":         func(c *socketio.Config) { c.Path = "/socket.io/" },
		"path  ":        func(c *socketio.Config) { c.Path = "/{" },
		"path   ":       func(c *socketio.Config) { c.Path = "/../x" },
		"path    ":      func(c *socketio.Config) { c.Path = "/a//b" },
		"origins ":      func(c *socketio.Config) { c.Origins = []string{"https://x.example/"} },
		"origins  ":     func(c *socketio.Config) { c.Origins = []string{"*", "nonsense"} },
		"origins":       func(c *socketio.Config) { c.Origins = nil },
		"ping_interval": func(c *socketio.Config) { c.PingInterval = time.Hour },
		"ping_timeout":  func(c *socketio.Config) { c.PingTimeout = 0 },
		"max_payload":   func(c *socketio.Config) { c.MaxPayload = 1 },
	} {
		c := socketio.DefaultConfig()
		spoil(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), strings.TrimSpace(key)+": ") {
			t.Errorf("%s: %v", key, err)
		}
	}
}
