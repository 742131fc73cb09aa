package webhook_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/adapters/webhook"
	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/pkg/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "0123456789abcdef"

func alert(id string) record.Event {
	return record.Event{Name: "alert:triggered", Record: record.Record{Key: id, Fields: record.Fields{{Name: "message", Raw: `"Low <é>"`}, {Name: "rule_id", Raw: "12"}}}}
}

// receiver is a server that answers with status codes in turn, then with 204.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex // guards all below
	codes []int
	got   []*http.Request
	body  []string
}

func receive(t *testing.T, codes ...int) *receiver {
	r := &receiver{codes: codes}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got, r.body = append(r.got, req), append(r.body, string(body))
		code := 204
		if len(r.codes) > 0 {
			code, r.codes = r.codes[0], r.codes[1:]
		}
		w.WriteHeader(code)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) requests() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.got)
}

// run has a sender at work while body runs.
func run(t *testing.T, s *webhook.Sender, body func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	body()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// until waits for what real servers do.
func until(t *testing.T, s *webhook.Sender, what func(webhook.Stats) bool) {
	t.Helper()
	if !eventually.Is(func() bool { return what(s.Stats()) }) {
		t.Fatalf("it does not happen: %+v", s.Stats())
	}
}

func local() webhook.Config {
	cfg := webhook.DefaultConfig()
	cfg.AllowPrivate = true
	return cfg
}

func TestDelivers(t *testing.T) {
	cfg := local()
	cfg.Secret = secret
	r := receive(t)
	s := webhook.New(cfg, zerolog.Nop())
	run(t, s, func() {
		if !s.Deliver("", alert("0")) || !s.Deliver(r.URL+"/alerts?key=1", alert("12:A1:x")) {
			t.Error("not taken")
		}
		until(t, s, func(st webhook.Stats) bool { return st.Delivered == 1 })
	})
	req, body := r.got[0], r.body[0]
	if body != `{"id":"12:A1:x","message":"Low <é>","rule_id":12}` || req.Method != "POST" || req.URL.String() != "/alerts?key=1" {
		t.Errorf("%s %s %s", req.Method, req.URL, body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json", "X-Skygate-Event": "alert:triggered", "X-Skygate-Delivery": "12:A1:x",
		"X-Skygate-Signature": webhook.Sign(secret, req.Header.Get("X-Skygate-Timestamp"), []byte(body)),
	} {
		if got := req.Header.Get(name); got != want || got == "" {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// A known answer, computed by another program: printf '1.{}' | openssl dgst -sha256 -hmac 0123456789abcdef.
func TestSign(t *testing.T) {
	const want = "sha256=2af693cb56b22c16912222aeefdc75a01de562bf70ee2015f41ecea48382997f"
	if got := webhook.Sign(secret, "1", []byte("{}")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	r := receive(t)
	var log bytes.Buffer // written to by one at a time, and read when all have ended
	s := webhook.New(webhook.DefaultConfig(), zerolog.New(zerolog.SyncWriter(&log)))
	_, port, _ := strings.Cut(strings.TrimPrefix(r.URL, "http://"), ":")
	run(t, s, func() {
		for _, address := range []string{r.URL, "http://localhost:" + port, "http://[::1]:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://0.0.0.0:" + port} {
			s.Deliver(address, alert("1"))
		}
		for _, address := range []string{"file:///etc/passwd", "gopher://example.org", "http://", "://"} {
			if s.Deliver(address, alert("1")) {
				t.Errorf("%s is taken", address)
			}
		}
		until(t, s, func(st webhook.Stats) bool { return st.Refused+st.Retried >= 9 })
	})
	if st := s.Stats(); st.Refused != 9 || r.requests() != 0 {
		t.Errorf("%+v, %d requests", st, r.requests())
	}
	if text := log.String(); !strings.Contains(text, `"rule":"12"`) || !strings.Contains(text, "webhook.allow_private") {
		t.Errorf("it is logged as %s", text)
	}
	for ip, want := range map[string]bool{
		"8.8.8.8": true, "2a00:1450:4001::1": true, "127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "255.255.255.255": false, "224.0.0.1": false, "::1": false, "::": false,
		"fe80::1": false, "fc00::1": false, "ff02::1": false, "::ffff:10.0.0.1": false, "64:ff9b::a00:1": false, "2002:7f00:1::": false, "::7f00:1": false,
	} {
		if got := webhook.IsPublic(ip); got != want {
			t.Errorf("%s: public %v", ip, got)
		}
	}
}

func TestRedirects(t *testing.T) {
	elsewhere := receive(t)
	r := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch req.URL.Path {
		case "/there":
			w.WriteHeader(200)
		case "/307":
			http.Redirect(w, req, "/there", 307)
		case "/302":
			http.Redirect(w, req, "/there", 302)
		case "/loop":
			http.Redirect(w, req, "/loop", 308)
		default:
			http.Redirect(w, req, elsewhere.URL, 307)
		}
	}))
	defer r.Close()
	s := webhook.New(local(), zerolog.Nop())
	run(t, s, func() {
		for _, path := range []string{"/307", "/302", "/loop", "/elsewhere"} {
			s.Deliver(r.URL+path, alert(path))
		}
		until(t, s, func(st webhook.Stats) bool { return st.Delivered+st.Refused == 4 })
	})
	if st := s.Stats(); st.Delivered != 1 || elsewhere.requests() != 0 {
		t.Errorf("%+v, %d requests elsewhere", st, elsewhere.requests())
	}
}

func TestWhatIsRefusedIsNotTriedAgain(t *testing.T) {
	r := receive(t, 400, 410)
	s := webhook.New(local(), zerolog.Nop())
	run(t, s, func() {
		s.Deliver(r.URL, alert("1"))
		s.Deliver(r.URL, alert("2"))
		s.Deliver(r.URL, alert("3"))
		until(t, s, func(st webhook.Stats) bool { return st.Delivered+st.Refused == 3 })
	})
	if st := s.Stats(); st.Refused != 2 || st.Retried != 0 {
		t.Errorf("%+v", st)
	}
}

func TestConfig(t *testing.T) {
	if err := webhook.DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for says, change := range map[string]func(*webhook.Config){
		"secret: 3 bytes":    func(c *webhook.Config) { c.Secret = "abc" },
		"timeout: 0s":        func(c *webhook.Config) { c.Timeout = 0 },
		"attempts: 21":       func(c *webhook.Config) { c.Attempts = 21 },
		"queue: 0 is out of": func(c *webhook.Config) { c.Queue = 0 },
	} {
		cfg := webhook.DefaultConfig()
		change(&cfg)
		if err := cfg.Validate(); err == nil || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

func TestAddressesThatNothingIsDeliveredTo(t *testing.T) {
	for address, refused := range map[string]bool{
		"http://127.0.0.1:9/":         true,
		"https://[::1]/x":             true,
		"http://192.168.1.10/hook":    true,
		"http://[::ffff:10.0.0.1]/":   true,
		"http://169.254.169.254/":     true,
		"http://LocalHost:8080/":      true,
		"http://a.localhost./":        true,
		"https://example.org/alerts":  false,
		"https://93.184.215.14/":      false,
		"https://localhost.example/x": false,
	} {
		err := webhook.DefaultConfig().Check(address)
		if (err != nil) != refused || refused && !strings.Contains(err.Error(), "webhook.allow_private") {
			t.Errorf("%s: %v", address, err)
		}
		if err := (webhook.Config{AllowPrivate: true}).Check(address); err != nil {
			t.Errorf("%s, permitted: %v", address, err)
		}
	}
}
