package cluster

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/test/built"
)

// With the settings here clients are told 5 s after the only writer is killed, at the
// latest: its lease expires after 1 s, somebody asks within 2 s, and again 2 s later, when
// a fail-over is over. The rest is for a machine that is busy.
const toldWithin = 5*time.Second + 5*time.Second

// stillFor is for how long nothing changes: several times as long as it takes to tell.
const stillFor = 20 * time.Second

// TestNobodyWrites: the one process that has a receiver is killed. The clients of the
// other are told that what they have is old, and that it no longer is when the process is
// back. While it lives they are told nothing, however long nothing changes.
func TestNobodyWrites(t *testing.T) {
	s := &stage{t: t, redis: redistest.Single(t)}
	binary, err := built.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	sky := raiseFor(t, true)
	other := s.member(binary, nil)
	clients := []*client{join(t, other, "who comes before the writer")}
	writer := s.member(binary, sky)
	clients = append(clients, join(t, other, "who comes after it"))
	for _, c := range clients {
		eventually.Holds(t, c.name+" has the aircraft", func() bool { return c.history().planes == planes })
	}

	before := len(clients[0].all("aircraft:update"))
	time.Sleep(stillFor)                                             // nothing is what is waited for
	if n := len(clients[0].all("aircraft:update")) - before; n > 1 { // noise is told now and then
		t.Errorf("the sky changes: %d updates", n)
	}
	for _, c := range clients {
		if told := c.all("stream:stale"); len(told) > 0 {
			t.Fatalf("%s is told, while somebody writes: %v", c.name, told)
		}
	}

	killed := time.Now()
	writer.Kill()
	for _, c := range clients {
		eventually.Holds(t, c.name+" is told that the aircraft are old", func() bool { return len(c.all("stream:stale")) == 2 })
	}
	took := time.Since(killed)
	t.Logf("clients are told %v after the writer was killed", took)
	if took > toldWithin {
		t.Errorf("it took %v, want %v at most", took, toldWithin)
	}
	clients = append(clients, join(t, other, "who comes late"))
	late := clients[2]
	eventually.Holds(t, late.name+" is told, too", func() bool { return len(late.all("stream:stale")) == 2 })
	for _, c := range clients {
		wantStale(t, c, killed, true)
	}
	if got := unwrittenIn(t, other); !slices.Equal(got, []string{"aircraft", "positions"}) {
		t.Errorf("unwritten are %q", got)
	}
	if ready, problems := readinessOf(t, other.URL); !ready {
		t.Errorf("it is not ready, though no other process has anything newer: %q", problems)
	}

	writer = s.member(binary, sky)
	for _, c := range clients {
		eventually.Holds(t, c.name+" is told that they no longer are", func() bool { return len(c.all("stream:stale")) == 4 })
		wantStale(t, c, killed, false)
	}
	if got := unwrittenIn(t, other); len(got) > 0 {
		t.Errorf("unwritten are %q", got)
	}
	for _, text := range []string{"no process writes the topic any more", "a process writes the topic again"} {
		if n := strings.Count(other.Log(), text); n != 1 {
			t.Errorf("it says %d times that %s:\n%s", n, text, other.Log())
		}
	}

	// The same, and Redis loses everything: it is well, and so is who waits for a writer.
	writer.Kill()
	if err := s.redis.Client().FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	eventually.Holds(t, "it says that nobody writes what was lost", func() bool {
		got := unwrittenIn(t, other)
		return slices.Contains(got, "aircraft") && slices.Contains(got, "positions")
	})
	if ready, problems := readinessOf(t, other.URL); !ready {
		t.Errorf("it is not ready, though Redis is well: %q", problems)
	}
	s.member(binary, sky)
	for _, c := range clients {
		eventually.Holds(t, c.name+" is told of that, and of its end", func() bool { return len(c.all("stream:stale")) == 8 })
	}
	const lost = "the log has lost the topic, and no process begins it again"
	if n := strings.Count(other.Log(), lost); n == 0 {
		t.Errorf("it does not say that %s:\n%s", lost, other.Log())
	}
}

// join connects a client that sees what the aircraft's writer writes.
func join(t *testing.T, p *built.Process, name string) *client {
	t.Helper()
	return connect(t, p.URL, "/", name, `{"subscribe":{"topics":["aircraft","positions"],"legacy":false}}`)
}

// all are the payloads of an event that a client has got.
func (c *client) all(event string) (out []gjson.Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.events {
		if parts := gjson.Parse(e).Array(); len(parts) == 2 && parts[0].String() == event {
			out = append(out, parts[1])
		}
	}
	return out
}

// wantStale wants the newest that a client was told of both topics to be that they are
// old, since before a time, or that they no longer are.
func wantStale(t *testing.T, c *client, by time.Time, old bool) {
	t.Helper()
	newest := map[string]gjson.Result{}
	for _, told := range c.all("stream:stale") {
		newest[told.Get("topic").String()] = told.Get("since")
	}
	for _, name := range []string{"aircraft", "positions"} {
		since, told := newest[name]
		switch {
		case !told:
			t.Errorf("%s is not told of %s", c.name, name)
		case !old && since.Type != gjson.Null:
			t.Errorf("%s: %s is old since %s, want no longer", c.name, name, since)
		case old && (since.Type != gjson.String || since.Time().After(by)):
			t.Errorf("%s: %s is old since %s, want a time before %v", c.name, name, since, by)
		}
	}
}

// unwrittenIn are the topics that nobody writes, as a process knows; then it is degraded.
func unwrittenIn(t *testing.T, p *built.Process) []string {
	t.Helper()
	var h struct {
		Status    string
		Unwritten []string
	}
	getJSON(t, p.URL+"/healthz", &h)
	if len(h.Unwritten) > 0 && h.Status != "degraded" {
		t.Errorf("with %q unwritten it is %q", h.Unwritten, h.Status)
	}
	return h.Unwritten
}
