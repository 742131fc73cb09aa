package readsb

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/fetch"
	"github.com/skygate-io/skygate/pkg/geo"
)

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
	f.Start()
	f.WantState(feed.Delivering)
	f.Want("two polls", func() bool { return strings.HasPrefix(f.Sink.Keys(), "AAAAAA BBBBBB AAAAAA BBBBBB") })
	s := f.Status()
	if s.Records < 4 || s.Bad["hex"] < 2 || s.Err != "" {
		t.Errorf("status %+v", s)
	}
	if age := time.Since(s.Newest); age < time.Second || age > time.Minute {
		t.Errorf("the newest message is %v old, want about 1s", age)
	}
	if d := f.Sink.Updates()[0].Fields.Get("distance_nm"); d != "38.6" {
		t.Errorf("distance_nm %q, want that from receiver.json", d)
	}
}

func TestStaleWording(t *testing.T) {
	now := time.Now()
	for want, newest := range map[string]time.Time{
		"the receiver answers, but its newest data is 2m0s old": now.Add(-2 * time.Minute),
		"the receiver answers, but nothing was heard yet":       {},
	} {
		h := newHealth(zerolog.Nop(), nil)
		h.answered(newest, now)
		if s := h.Status(); s.State != feed.Stale || s.Err != want {
			t.Errorf("status %+v, want it stale: %s", s, want)
		}
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
			f.Start()
			f.WantState(feed.Delivering)
			if got := f.Sink.Updates()[0].Fields.Get("distance_nm"); got != test.want {
				t.Errorf("distance_nm %q, want %q", got, test.want)
			}
			if bad := f.Status().Bad; len(bad) > 0 {
				t.Errorf("bad %v", bad)
			}
		})
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
	f.Start()
	f.WantState(feed.Delivering)
	_ = first.Close()
	f.WantFailing(fetch.Unreachable)

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
	f.WantState(feed.Delivering)
	f.Want("the new receiver's aircraft", func() bool { return strings.HasSuffix(f.Sink.Keys(), "BBBBBB") })
	if n := located.Load(); n != 2 {
		t.Errorf("asked %d times where the receiver is, want once per connection", n)
	}
	if got := f.Logs.States(); got != "delivering failing delivering" {
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
	f.Start()
	f.Want("two answers without a file", func() bool { return unchanged.Load() >= 2 })
	version.Add(1)
	f.Want("the next edition", func() bool { return f.Sink.Keys() == "000000 000001" })
	if f.Status().State != feed.Delivering {
		t.Errorf("status %+v", f.Status())
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
	f.Start()
	f.WantFailing(fetch.Unreachable) // not there yet
	write("aircraft.json", file("aaaaaa"))
	f.WantState(feed.Delivering)
	write("aircraft.json", file("bbbbbb"))
	f.Want("both editions", func() bool { return f.Sink.Keys() == "AAAAAA BBBBBB" })
	if d := f.Sink.Updates()[0].Fields.Get("distance_nm"); d != "38.6" {
		t.Errorf("distance_nm %q", d)
	}

	// A file that another run of the decoder left behind is old, not new.
	write("aircraft.json", `{"now":1700000000,"aircraft":[{"hex":"cccccc","seen":0}]}`)
	f.WantState(feed.Stale)
	if got := f.Sink.Updates()[2].Observed; got < 1_700_000_000_000-1000 || got > 1_700_000_000_000+1000 {
		t.Errorf("observed %d", got)
	}
}
