package poll

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/record"
)

// entry is what an upstream lists here: [{"id": "A", "v": 1, "from": ms, "until": ms}].
type entry struct {
	ID          string
	V           int
	From, Until int64
	Broken      bool
}

func decode(_ context.Context, body []byte, _ Get, _ time.Time) (found Found, err error) {
	var list []entry
	if len(body) > 0 {
		if err := json.Unmarshal(body, &list); err != nil {
			return found, Refuse("not JSON: %v", err)
		}
	}
	for _, e := range list {
		if e.Broken {
			found.Keep = append(found.Keep, e.ID)
			found.Refuse("broken")
			continue
		}
		fields := record.Fields{{Name: "v", Raw: fmt.Sprint(e.V)}}
		found.Items = append(found.Items, Item{Key: e.ID, Fields: fields, From: e.From, Until: e.Until})
	}
	return found, nil
}

// upstream answers as it is told to. It is safe for concurrent use.
type upstream struct {
	mu     sync.Mutex // guards answer
	answer http.HandlerFunc
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	answer := u.answer
	u.mu.Unlock()
	answer(w, r)
}

func (u *upstream) says(answer http.HandlerFunc) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answer = answer
}

// lists has the upstream list entries as JSON: A:1 B:2.
func (u *upstream) lists(entries ...entry) {
	body, err := json.Marshal(entries)
	if err != nil {
		panic(err)
	}
	u.says(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
}

// sink keeps what is in force, as a feed would, but for the ends.
type sink struct {
	mu    sync.Mutex // guards all below
	now   map[string]string
	until map[string]int64
	puts  int
}

func (s *sink) Put(updates []record.Update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.puts++
	for _, u := range updates {
		if u.Gone {
			delete(s.now, u.Key)
			continue
		}
		s.now[u.Key], s.until[u.Key] = u.Fields.Get("v"), u.Until
	}
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for key, v := range s.now {
		out = append(out, key+":"+v)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// fixture is a source, whose upstream is a server, and a sink.
type fixture struct {
	*testing.T
	*Source
	upstream *upstream
	sink     *sink
	logged   *bytes.Buffer
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	u := &upstream{}
	server := httptest.NewServer(u)
	t.Cleanup(server.Close)
	f := newSource(t, server.URL+"/list?key=secret")
	f.upstream = u
	t.Cleanup(f.client.Close)
	return f
}

func newSource(t *testing.T, address string) *fixture {
	t.Helper()
	logged := &bytes.Buffer{}
	cfg := Config{Name: "sky", URL: address, Interval: time.Minute, Timeout: 10 * time.Second}
	s, err := New(cfg, decode, zerolog.New(logged))
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{t, s, nil, &sink{now: map[string]string{}, until: map[string]int64{}}, logged}
}

// ask polls once and gives the reason of what went wrong.
func (f *fixture) ask() string {
	f.Helper()
	err := f.poll(f.Context(), f.sink)
	if err == nil {
		return ""
	}
	if strings.Contains(err.Error(), "secret") {
		f.Errorf("the error tells the address: %v", err)
	}
	failure, ok := err.(*Error)
	if !ok {
		f.Fatalf("%v is no *Error", err)
	}
	return failure.Reason
}

func (f *fixture) want(what, inForce string) {
	f.Helper()
	if got := f.sink.String(); got != inForce {
		f.Errorf("%s: in force is %q, want %q", what, got, inForce)
	}
}
