package readsb

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// sink collects what it is given.
type sink struct {
	mu  sync.Mutex
	got []record.Update
}

func (s *sink) Put(updates []record.Update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range updates {
		u.Fields = slices.Clone(u.Fields)
		s.got = append(s.got, u)
	}
}

func (s *sink) updates() []record.Update {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

func (s *sink) keys() string {
	var list []string
	for _, u := range s.updates() {
		list = append(list, u.Key)
	}
	return strings.Join(list, " ")
}

// fixture is a source that runs until the test ends.
type fixture struct {
	t *testing.T
	*Source
	sink *sink
	logs *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// states gives the states that were logged.
func (l *lockedBuffer) states() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []string
	for line := range strings.Lines(l.b.String()) {
		_, state, _ := strings.Cut(line, `"state":"`)
		state, _, _ = strings.Cut(state, `"`)
		list = append(list, state)
	}
	return strings.Join(list, " ")
}

func newFixture(t *testing.T, url string, change ...func(*Config)) *fixture {
	t.Helper()
	cfg := DefaultConfig()
	cfg.URL, cfg.Interval, cfg.Timeout = url, 100*time.Millisecond, 10*time.Second
	for _, c := range change {
		c(&cfg)
	}
	f := &fixture{t: t, sink: &sink{}, logs: &lockedBuffer{}}
	var err error
	if f.Source, err = New(cfg, zerolog.New(f.logs)); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) run() {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- f.Run(ctx, f.sink) }()
	f.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			f.t.Errorf("Run: %v", err)
		}
	})
}

// want waits for a condition.
func (f *fixture) want(what string, is func() bool) {
	f.t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			f.t.Fatalf("still waiting: %s; status %+v, aircraft %s", what, f.Status(), f.sink.keys())
		}
	}
}

func (f *fixture) wantState(s feed.State) {
	f.t.Helper()
	f.want("state "+string(s), func() bool { return f.Status().State == s })
}

func (f *fixture) wantBad(reason string) {
	f.t.Helper()
	f.want(reason, func() bool { return f.Status().Bad[reason] > 0 })
	if s := f.Status(); s.State != feed.Failing || s.Err == "" {
		f.t.Errorf("status %+v, want it failing and an error", s)
	}
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func file(aircraft ...string) string {
	for i, hex := range aircraft {
		aircraft[i] = fmt.Sprintf(`{"hex":%q,"lat":50,"lon":9,"seen":1}`, hex)
	}
	return fmt.Sprintf(`{"now":%.3f,"aircraft":[%s]}`, float64(time.Now().UnixMilli())/1000, strings.Join(aircraft, ","))
}

func TestSourceDelivers(t *testing.T) {
	f := newFixture(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/data/aircraft.json":
			fmt.Fprint(w, file("aaaaaa", "bad", "bbbbbb"))
		case "/data/receiver.json":
			fmt.Fprint(w, `{"version":"3.14","lat":50.0,"lon":8.0}`)
		default:
			t.Errorf("asked for %s", r.URL)
		}
	}))
	if s := f.Status(); s.State != feed.Starting || !s.Newest.IsZero() {
		t.Errorf("status %+v before the first poll", s)
	}
	f.run()
	f.wantState(feed.Delivering)
	f.want("two polls", func() bool { return strings.HasPrefix(f.sink.keys(), "AAAAAA BBBBBB AAAAAA BBBBBB") })
	s := f.Status()
	if s.Records < 4 || s.Bad["hex"] < 2 || s.Err != "" {
		t.Errorf("status %+v", s)
	}
	if age := time.Since(s.Newest); age < time.Second || age > time.Minute {
		t.Errorf("the newest message is %v old, want about 1s", age)
	}
	if d := f.sink.updates()[0].Fields.Get("distance_nm"); d != "38.6" {
		t.Errorf("distance_nm %q, want that from receiver.json", d)
	}
}

func TestSourceReceiverPosition(t *testing.T) {
	tests := map[string]struct {
		configured *geo.Point
		receiver   string // receiver.json; "" is missing
		want       string
	}{
		"configured":    {&geo.Point{Lat: 50, Lon: 9}, `{"lat":50,"lon":8}`, "0"},
		"told":          {nil, `{"lat":50,"lon":8}`, "38.6"},
		"missing":       {nil, "", ""},
		"not told":      {nil, `{"refresh":1000}`, ""},
		"half told":     {nil, `{"lat":50}`, ""},
		"zero":          {nil, `{"lat":0.0,"lon":0.0}`, ""},
		"not on earth":  {nil, `{"lat":95,"lon":8}`, ""},
		"not even JSON": {nil, `<html>`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/data/aircraft.json":
					fmt.Fprint(w, file("aaaaaa"))
				case test.receiver != "":
					fmt.Fprint(w, test.receiver)
				default:
					http.NotFound(w, r)
				}
			}), func(c *Config) { c.Receiver = test.configured })
			f.run()
			f.wantState(feed.Delivering)
			if got := f.sink.updates()[0].Fields.Get("distance_nm"); got != test.want {
				t.Errorf("distance_nm %q, want %q", got, test.want)
			}
			if bad := f.Status().Bad; len(bad) > 0 {
				t.Errorf("bad %v", bad)
			}
		})
	}
}

func TestSourceFailures(t *testing.T) {
	half := func(w http.ResponseWriter) {
		body := file("aaaaaa", "bbbbbb", "cccccc")
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		fmt.Fprint(w, body[:len(body)-20])
	}
	tests := map[string]struct {
		answer http.HandlerFunc
		reason string
		keys   string // what is delivered all the same
	}{
		"error page": {func(w http.ResponseWriter, r *http.Request) { http.Error(w, "busy", 503) }, HTTPStatus, ""},
		"page":       {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>") }, NotJSON, ""},
		"nothing":    {func(w http.ResponseWriter, r *http.Request) {}, Truncated, ""},
		"other JSON": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"lat":1}`) }, NoList, ""},
		"half a file, connection cut": {func(w http.ResponseWriter, r *http.Request) {
			half(w)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, Truncated, "AAAAAA BBBBBB"},
		"half a file on disk": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, file("aaaaaa", "bbbbbb")[:100])
		}, Truncated, "AAAAAA"},
		"half a compressed file": {func(w http.ResponseWriter, r *http.Request) {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			fmt.Fprint(z, file("aaaaaa", "bbbbbb"))
			_ = z.Flush()
			_, _ = w.Write(b.Bytes())
		}, Truncated, "AAAAAA BBBBBB"},
		"gzip in name only": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "\x1f\x8bnot so") }, Truncated, ""},
		"redirects without end": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}, Unreachable, ""},
		"redirect to a file": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/hostname", http.StatusFound)
		}, Unreachable, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			f := newFixture(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/data/receiver.json" {
					http.NotFound(w, r)
					return
				}
				asked.Add(1)
				test.answer(w, r)
			}))
			f.run()
			f.wantBad(test.reason)
			if got := f.sink.keys(); got != test.keys {
				t.Errorf("got %q, want %q", got, test.keys)
			}
			if n := asked.Load(); n > maxRedirects+1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestSourceSlow(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	f := newFixture(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/data/receiver.json" {
			return
		}
		body := file("aaaaaa", "bbbbbb")
		fmt.Fprint(w, body[:len(body)-5])
		w.(http.Flusher).Flush()
		<-release
	}), func(c *Config) { c.Timeout = 200 * time.Millisecond })
	f.run()
	f.wantBad(Timeout)
	if got := f.sink.keys(); got != "AAAAAA" {
		t.Errorf("got %q, want what came before the timeout", got)
	}
}

func TestSourceTooLarge(t *testing.T) {
	address, err := endpoint(serve(t, func(w http.ResponseWriter, r *http.Request) {
		z := gzip.NewWriter(w)
		defer z.Close()
		fmt.Fprint(z, file("aaaaaa"), strings.Repeat(" ", 1<<21))
	}))
	if err != nil {
		t.Fatal(err)
	}
	fetch := newFetcher("http", time.Minute)
	defer fetch.close()
	a, err := fetch.get(context.Background(), address, validators{}, 1<<20)
	if e, ok := err.(*Error); !ok || e.Reason != TooLarge || len(a.body) != 1<<20 {
		t.Errorf("%d bytes, %v", len(a.body), err)
	}
}

// TestSourceRestart: a receiver that goes away and comes back on the same
// port, with its clock set back.
func TestSourceRestart(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	where := listener.Addr().String()
	var located atomic.Int32
	start := func(l net.Listener, answer func(http.ResponseWriter)) *http.Server {
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "receiver.json") {
				located.Add(1)
				fmt.Fprint(w, `{"lat":50,"lon":8}`)
				return
			}
			answer(w)
		})}
		go func() { _ = server.Serve(l) }()
		return server
	}
	first := start(listener, func(w http.ResponseWriter) { fmt.Fprint(w, file("aaaaaa")) })
	f := newFixture(t, "http://"+where)
	f.run()
	f.wantState(feed.Delivering)
	_ = first.Close()
	f.wantBad(Unreachable)

	if listener, err = net.Listen("tcp", where); err != nil {
		t.Skipf("the port was taken meanwhile: %v", err)
	}
	booted := time.Now()
	second := start(listener, func(w http.ResponseWriter) {
		uptime := time.Since(booted)
		w.Header().Set("Date", time.Unix(0, 0).Add(uptime).UTC().Format(http.TimeFormat))
		fmt.Fprintf(w, `{"now":%.3f,"aircraft":[{"hex":"bbbbbb"}]}`, uptime.Seconds())
	})
	defer second.Close()
	f.wantState(feed.Delivering)
	f.want("the new receiver's aircraft", func() bool { return strings.HasSuffix(f.sink.keys(), "BBBBBB") })
	if n := located.Load(); n != 2 {
		t.Errorf("asked %d times where the receiver is, want once per connection", n)
	}
	if got := f.logs.states(); got != "delivering failing delivering" {
		t.Errorf("logged %q, want one line per change of state", got)
	}
}

func TestSourceConditional(t *testing.T) {
	var version, asked, unchanged atomic.Int32
	f := newFixture(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/data/aircraft.json" {
			http.NotFound(w, r)
			return
		}
		asked.Add(1)
		etag := fmt.Sprintf(`"v%d"`, version.Load())
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			unchanged.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, file(fmt.Sprintf("00000%d", version.Load())))
	}))
	f.run()
	f.want("two answers without a file", func() bool { return unchanged.Load() >= 2 })
	version.Add(1)
	f.want("the next edition", func() bool { return f.sink.keys() == "000000 000001" })
	if f.Status().State != feed.Delivering {
		t.Errorf("status %+v", f.Status())
	}
}

func TestValidators(t *testing.T) {
	date := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	header := func(etag string, age time.Duration) http.Header {
		return http.Header{"Etag": {etag}, "Last-Modified": {date.Add(-age).Format(http.TimeFormat)}}
	}
	if v := validatorsOf(header(`"x"`, time.Hour), date); v.etag != `"x"` {
		t.Errorf("%+v lacks the ETag", v)
	}
	if v := validatorsOf(header("", time.Hour), date); v.modified == "" {
		t.Errorf("%+v lacks the modification time", v)
	}
	if v := validatorsOf(header("", time.Second), date); v.modified != "" {
		t.Errorf("%+v: the file may be written again in the same second", v)
	}
	if v := validatorsOf(http.Header{}, date); v != (validators{}) {
		t.Errorf("%+v of nothing", v)
	}
}

func TestSourceCompressed(t *testing.T) {
	for name, header := range map[string]string{"said": "gzip", "unsaid": ""} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
				if header != "" {
					w.Header().Set("Content-Encoding", header)
				}
				z := gzip.NewWriter(w)
				defer z.Close()
				if r.URL.Path == "/data/receiver.json" {
					fmt.Fprint(z, `{"lat":50,"lon":8}`)
					return
				}
				fmt.Fprint(z, file("aaaaaa"))
			}))
			f.run()
			f.wantState(feed.Delivering)
			if d := f.sink.updates()[0].Fields.Get("distance_nm"); d != "38.6" {
				t.Errorf("distance_nm %q", d)
			}
		})
	}
}

func TestSourceFile(t *testing.T) {
	folder := t.TempDir()
	write := func(name, body string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, "new"), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(folder, "new"), filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	write("receiver.json", `{"lat":50,"lon":8}`)
	f := newFixture(t, "file://"+folder+"/")
	f.run()
	f.wantBad(HTTPStatus) // not there yet
	write("aircraft.json", file("aaaaaa"))
	f.wantState(feed.Delivering)
	write("aircraft.json", file("bbbbbb"))
	f.want("both editions", func() bool { return f.sink.keys() == "AAAAAA BBBBBB" })
	if d := f.sink.updates()[0].Fields.Get("distance_nm"); d != "38.6" {
		t.Errorf("distance_nm %q", d)
	}

	// A file that another run of the decoder left behind is old, not new.
	write("aircraft.json", `{"now":1700000000,"aircraft":[{"hex":"cccccc","seen":0}]}`)
	f.wantState(feed.Stale)
	if got := f.sink.updates()[2].Observed; got < 1_700_000_000_000-1000 || got > 1_700_000_000_000+1000 {
		t.Errorf("observed %d", got)
	}
}

func TestSourceKeepsSecrets(t *testing.T) {
	address := strings.Replace(serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "ftp://elsewhere/", http.StatusFound)
	}), "://", "://user:secret@", 1) + "/aircraft.json?key=secret"
	f := newFixture(t, address)
	f.run()
	f.wantBad(Unreachable)
	f.logs.mu.Lock()
	defer f.logs.mu.Unlock()
	if text := f.logs.b.String() + f.Status().Err; strings.Contains(text, "secret") || !strings.Contains(text, "/aircraft.json") {
		t.Errorf("told: %s", text)
	}
}
