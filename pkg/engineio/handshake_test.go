package engineio

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

func TestOpenPacket(t *testing.T) {
	f := start(t, nil, nil)
	for transport, upgrades := range map[string][]string{"polling": {"websocket"}, "websocket": {}} {
		var packet string
		if transport == "polling" {
			_, packet = (&poller{f, f.web.URL + "/?EIO=4&transport=polling"}).get()
		} else {
			packet = f.dial("").next()
		}
		var open map[string]any
		if err := json.Unmarshal([]byte(packet[1:]), &open); err != nil || packet[0] != '0' {
			t.Fatalf("%s: %s: %v", transport, packet, err)
		}
		p := f.peer()
		got := fmt.Sprint(open["sid"], open["upgrades"], open["pingInterval"], open["pingTimeout"], open["maxPayload"], len(open))
		if want := fmt.Sprint(p.ID(), upgrades, 25000, 20000, 1e6, 5); got != want {
			t.Errorf("%s: %s, want %s", transport, got, want)
		}
		if p.Transport() != transport || len(p.ID()) != 20 {
			t.Errorf("transport %q, id %q", p.Transport(), p.ID())
		}
	}
}

func TestRefusals(t *testing.T) {
	f := start(t, func(c *Config) {
		c.Allow = func(r *http.Request) error {
			if r.URL.Query().Has("bad") {
				return errors.New("no \"token\"")
			}
			return nil
		}
	}, nil)
	sid := "&sid=" + f.openPolling().sid()
	for name, c := range map[string]struct {
		method, query string
		status        int
		body          string
	}{
		"no transport":        {"GET", "EIO=4", 400, `{"code":0,"message":"Transport unknown"}`},
		"unknown transport":   {"GET", "EIO=4&transport=abc", 400, `{"code":0,"message":"Transport unknown"}`},
		"unknown session":     {"GET", "EIO=4&transport=polling&sid=abc", 400, `{"code":1,"message":"Session ID unknown"}`},
		"POST unknown":        {"POST", "EIO=4&transport=polling&sid=abc", 400, `{"code":1,"message":"Session ID unknown"}`},
		"handshake by POST":   {"POST", "EIO=4&transport=polling", 400, `{"code":2,"message":"Bad handshake method"}`},
		"handshake by PUT":    {"PUT", "EIO=4&transport=polling", 400, `{"code":2,"message":"Bad handshake method"}`},
		"websocket plain":     {"GET", "EIO=4&transport=websocket", 400, `{"code":3,"message":"Bad request"}`},
		"upgrade plain":       {"GET", "EIO=4&transport=websocket" + sid, 400, `{"code":3,"message":"Bad request"}`},
		"DELETE of a session": {"DELETE", "EIO=4&transport=polling" + sid, 400, `{"code":3,"message":"Bad request"}`},
		"not allowed":         {"GET", "EIO=4&transport=polling&bad", 403, `{"code":4,"message":"no \"token\""}`},
		"no version":          {"GET", "transport=polling", 400, `{"code":5,"message":"Unsupported protocol version"}`},
		"version 3":           {"GET", "EIO=3&transport=polling", 400, `{"code":5,"message":"Unsupported protocol version"}`},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := f.do(f.request(c.method, f.web.URL+"/?"+c.query, nil))
			if status != c.status || body != c.body {
				t.Errorf("%d %s, want %d %s", status, body, c.status, c.body)
			}
		})
	}
	if f.Conns() != 1 {
		t.Errorf("%d connections, want the one that was opened", f.Conns())
	}
	want := map[string]uint64{RefusedTransport: 2, RefusedSession: 2, RefusedMethod: 2, RefusedRequest: 3,
		RefusedForbidden: 1, RefusedVersion: 2}
	if got := f.Stats().Refused; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

func TestWebSocketRefusedByStatus(t *testing.T) {
	f := start(t, func(c *Config) { c.MaxConns = 1 }, nil)
	f.openWebSocket()
	for query, want := range map[string]int{"&sid=abc": 400, "": 503, "&transport=x": 503} {
		var status ws.StatusError
		if _, err := f.tryDial(query, ws.Dialer{}); !errors.As(err, &status) || int(status) != want {
			t.Errorf("%q: %v, want %d", query, err, want)
		}
	}
	status, body := f.do(f.request("GET", f.web.URL+"/?EIO=4&transport=polling", nil))
	if status != 503 || !strings.Contains(body, "Too many connections") {
		t.Errorf("one too many: %d %s", status, body)
	}
}

func TestOrigins(t *testing.T) {
	const listed = "https://map.example"
	for name, c := range map[string]struct {
		origins []string
		origin  string // "host" stands for the server's own
		status  int
		allow   string
	}{
		"none sent":    {nil, "", 200, ""},
		"same host":    {nil, "host", 200, "host"},
		"other":        {nil, listed, 403, ""},
		"listed":       {[]string{listed}, listed, 200, listed},
		"not listed":   {[]string{listed}, "https://evil.example", 403, ""},
		"all":          {[]string{"*"}, listed, 200, "*"},
		"null, all":    {[]string{"*"}, "null", 200, "*"},
		"null, listed": {[]string{listed}, "null", 403, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, func(cfg *Config) { cfg.Origins = c.origins }, nil)
			origin, allow := strings.Replace(c.origin, "host", f.web.URL, 1), strings.Replace(c.allow, "host", f.web.URL, 1)
			r := f.request("GET", f.web.URL+"/?EIO=4&transport=polling", nil)
			dialer := ws.Dialer{}
			if origin != "" {
				r.Header.Set("Origin", origin)
				dialer.Header = ws.HandshakeHeaderHTTP(r.Header)
			}
			resp, err := f.http.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if got := resp.Header.Get("Access-Control-Allow-Origin"); resp.StatusCode != c.status || got != allow {
				t.Errorf("%d, allows %q; want %d, %q", resp.StatusCode, got, c.status, allow)
			}
			if _, err := f.tryDial("", dialer); (err == nil) != (c.status == 200) {
				t.Errorf("websocket: %v", err)
			}
		})
	}
}

func TestPreflight(t *testing.T) {
	f := start(t, func(c *Config) { c.Origins = []string{"*"} }, nil)
	r := f.request("OPTIONS", f.web.URL+"/?EIO=4&transport=polling", nil)
	r.Header.Set("Origin", "https://map.example")
	r.Header.Set("Access-Control-Request-Headers", "x-key")
	resp, err := f.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Headers") != "x-key" ||
		resp.Header.Get("Access-Control-Allow-Methods") != "GET, POST" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
}

func TestRequestIsStripped(t *testing.T) {
	f := start(t, nil, nil)
	r := f.request("GET", f.web.URL+"/socket.io/?EIO=4&transport=polling&key=1", nil)
	for _, name := range []string{"User-Agent", "Authorization", "Cookie", "X-Forwarded-For", "X-Other"} {
		r.Header.Set(name, "v")
	}
	if status, body := f.do(r); status != 200 {
		t.Fatal(status, body)
	}
	kept := f.peer().Request()
	var names []string
	for name := range kept.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"Authorization", "Cookie", "User-Agent", "X-Forwarded-For"}; !slices.Equal(names, want) {
		t.Errorf("kept headers %v, want %v", names, want)
	}
	if kept.URL.Query().Get("key") != "1" || kept.Method != "GET" || kept.Host == "" || kept.Body != nil || kept.Context().Done() != nil {
		t.Errorf("kept %+v", kept)
	}
}

func TestAcceptMayRefuse(t *testing.T) {
	s := NewServer(DefaultConfig(), func(c *Conn) Handler { return nil })
	defer s.Close()
	f := start(t, nil, nil)
	f.web.Config.Handler = s
	c := f.dial("")
	for text := c.next(); text != "EOF"; text = c.next() {
		if !strings.HasPrefix(text, "0{") {
			t.Errorf("received %q", text)
		}
	}
	if s.Conns() != 0 || s.Stats().Closes[ReasonNotAccepted] != 1 {
		t.Errorf("stats %+v", s.Stats())
	}
}

func TestValidate(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for key, change := range map[string]func(*Config){
		"ping_interval":     func(c *Config) { c.PingInterval = 0 },
		"ping_timeout":      func(c *Config) { c.PingTimeout = 2 * time.Hour },
		"upgrade_timeout":   func(c *Config) { c.UpgradeTimeout = -1 },
		"write_timeout":     func(c *Config) { c.WriteTimeout = 1 },
		"max_payload":       func(c *Config) { c.MaxPayload = 0 },
		"stream_frames":     func(c *Config) { c.StreamFrames = 0 },
		"stream_bytes":      func(c *Config) { c.StreamBytes = 0 },
		"priority_frames":   func(c *Config) { c.PriorityFrames = 0 },
		"priority_bytes":    func(c *Config) { c.PriorityBytes = 0 },
		"deflate_threshold": func(c *Config) { c.DeflateThreshold = -1 },
		"polling_packets":   func(c *Config) { c.PollingPackets = 0 },
		"max_conns":         func(c *Config) { c.MaxConns = -1 },
		"origins":           func(c *Config) { c.Origins = []string{"map.example"} },
	} {
		cfg := DefaultConfig()
		change(&cfg)
		if err := cfg.Validate(); err == nil || !strings.HasPrefix(err.Error(), key+": ") {
			t.Errorf("%s: %v", key, err)
		}
	}
}
