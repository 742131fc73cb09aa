//go:build linux

package swarm

import (
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/test/bench/swarm/swarmtest"
)

func TestCutTold(t *testing.T) {
	for name, tc := range map[string]struct {
		payload string
		want    string // kind, stream, epoch, base, seq, part
	}{
		"update":         {`42["aircraft:update",{"type":"delta","epoch":"e","base":3,"seq":17,"view":"all","added":[]}]`, "0 aircraft e 3 17 false"},
		"snapshot":       {`42["aircraft:snapshot",{"epoch":"e","seq":17,"view":"all","count":0}]`, "1 aircraft e 0 17 false"},
		"first part":     {`42["aircraft:snapshot",{"count":9,"timestamp":"x","aircraft":[],"part":1,"parts":2}]`, "1 aircraft  0 0 true"},
		"part between":   {`42["aircraft:update",{"type":"delta","added":[],"timestamp":"x","part":2,"parts":3}]`, "0 aircraft  0 0 true"},
		"last part":      {`42["aircraft:update",{"type":"delta","epoch":"e","base":5,"seq":5,"view":"v","added":[],"part":3,"parts":3}]`, "0 aircraft e 5 5 true"},
		"event":          {`42["alert:triggered",{"epoch":"e","base":0,"seq":1,"id":"1"}]`, "0 alert e 0 1 false"},
		"pace":           {`42["stream:pace",{"topic":"aircraft","hz":2}]`, "2   0 0 false"},
		"error":          {`42["error",{"type":"error","code":"x"}]`, "3   0 0 false"},
		"older client's": {`42["aircraft:new",{"aircraft":[]}]`, ""},
		"answer":         {`42["subscribed",{"topics":[]}]`, ""},
		"not an event":   {`43[]`, ""},
		"cut":            {`42["aircraft:upd`, ""},
	} {
		told, ok := cutTold([]byte(tc.payload))
		got := fmt.Sprintf("%d %s %s %d %d %t", told.kind, told.stream, told.epoch, told.base, told.seq, told.part)
		if !ok {
			got = ""
		}
		if got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestStamp(t *testing.T) {
	for _, payload := range []string{
		`42["x:update",{"flight":"t","hex":"A","t":` + Stamp(1234*time.Second) + `}]`,
		`{"t":` + Stamp(1234*time.Second),
		`42["safety:event",{"hex":"A","t":"B738","callsign":` + Stamp(1234*time.Second) + `}]`,
	} {
		if sent, ok := stampOf([]byte(payload)); !ok || sent != 1234*time.Second {
			t.Errorf("%s: %v, %t", payload, sent, ok)
		}
	}
	for _, payload := range []string{``, `{"t":"000"`, `{"at":"0000000000000000000"}`, `{"t":"00000000000000x0000"}`} {
		if sent, ok := stampOf([]byte(payload)); ok {
			t.Errorf("%s has the stamp %v", payload, sent)
		}
	}
}

// stream is a stream's events, for a script: "S5" is a snapshot at 5, "3>5" an
// update from 3 to 5, "p" a part, "P5" the last part, at 5, "n" a new epoch.
func stream(script string) (frames []byte) {
	epoch := "one"
	for word := range strings.FieldsSeq(script) {
		var text string
		base, seq, isUpdate := strings.Cut(word, ">")
		switch {
		case word == "n":
			epoch = "two"
			continue
		case word == "p":
			text = `42["x:update",{"type":"delta","added":[],"part":1,"parts":2}]`
		case isUpdate:
			text = `42["x:update",{"type":"delta","epoch":"` + epoch + `","base":` + base + `,"seq":` + seq + `}]`
		case word[0] == 'S':
			text = `42["x:snapshot",{"epoch":"` + epoch + `","seq":` + word[1:] + `,"x":[]}]`
		case word[0] == 'P':
			text = `42["x:update",{"type":"delta","epoch":"` + epoch + `","base":0,"seq":` + word[1:] + `,"part":2,"parts":2}]`
		}
		frames = append(frames, swarmtest.Frame(0x81, []byte(text))...)
	}
	return frames
}

// hello lets a Socket.IO client in.
func hello(conn net.Conn) {
	_, _ = conn.Write(slices.Concat(swarmtest.Frame(0x81, []byte("0{}")), swarmtest.Frame(0x81, []byte("40{}"))))
}

func TestFollowing(t *testing.T) {
	for name, tc := range map[string]struct {
		script string
		want   Account
	}{
		"all is well":          {"S5 5>6 6>9", Account{Received: 2, Snapshots: 1}},
		"one missing":          {"S5 5>6 7>9 9>10", Account{Received: 3, Snapshots: 1, Holes: 1}},
		"one twice":            {"S5 5>6 5>6 6>7", Account{Received: 3, Snapshots: 1, Stale: 1}},
		"swapped":              {"S5 6>7 5>6 7>8", Account{Received: 3, Snapshots: 1, Holes: 1, Stale: 1}},
		"no snapshot":          {"5>6 6>7", Account{Received: 2, Holes: 1}},
		"a new epoch":          {"S5 5>6 n 0>1 1>2", Account{Received: 3, Snapshots: 1, Holes: 1}},
		"a new epoch's begin":  {"S5 5>6 n S1 1>2", Account{Received: 2, Snapshots: 2}},
		"another view":         {"S5 5>5 5>6", Account{Received: 2, Snapshots: 1}},
		"in parts":             {"p P7 7>8", Account{Received: 1, Snapshots: 2}},
		"a change among parts": {"S3 p 3>4 P7", Account{Received: 1, Snapshots: 3, Holes: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, s := wantSwarm(t, Streams, 1, hello)
			s.Begin(Window{})
			if _, err := server.Conns()[0].Write(stream(tc.script)); err != nil {
				t.Fatal(err)
			}
			got, err := s.Settle()
			if err != nil {
				t.Fatal(err)
			}
			a := *got.Streams["x"]
			tc.want.Bytes, tc.want.Latency = a.Bytes, a.Latency
			tc.want.Clients, tc.want.Fewest, tc.want.Most = 1, tc.want.Received, tc.want.Received
			if a != tc.want {
				t.Errorf("the account is %+v, want %+v", a, tc.want)
			}
			if joined, err := s.Joined(); joined != min(1, tc.want.Snapshots) || err != nil {
				t.Errorf("%d have joined, %v", joined, err)
			}
		})
	}
}

// TestFollowingOfMany has two clients of which one gets less, two streams, and a
// window that what came before does not belong to.
func TestFollowingOfMany(t *testing.T) {
	server, s := wantSwarm(t, Streams, 2, hello)
	say := func(client int, frames ...string) {
		for _, text := range frames {
			if _, err := server.Conns()[client].Write(swarmtest.Frame(0x81, []byte(text))); err != nil {
				t.Fatal(err)
			}
		}
	}
	event := func(seq int, stamp time.Duration) string {
		return fmt.Sprintf(`42["y:event",{"epoch":"e","base":%d,"seq":%d,"t":%s}]`, seq-1, seq, Stamp(stamp))
	}
	for client := range 2 {
		say(client, `42["x:snapshot",{"epoch":"e","seq":1}]`, `42["y:snapshot",{"epoch":"e","seq":1}]`, event(2, 0))
	}
	if _, err := s.Settle(); err != nil {
		t.Fatal(err)
	}
	s.Begin(Window{})
	now := s.clock.Now()
	say(0, event(3, now-time.Minute), event(4, now+time.Second), `42["stream:pace",{"topic":"y"}]`)
	say(1, event(3, now+time.Second))
	got, err := s.Settle()
	if err != nil {
		t.Fatal(err)
	}
	x, y := got.Streams["x"], got.Streams["y"]
	if got.Slowed != 1 || got.Closed != 0 || x.Clients != 2 || x.Received != 0 {
		t.Errorf("%+v, x %+v", got, x)
	}
	if y.Received != 3 || y.Fewest != 1 || y.Most != 2 || y.Clients != 2 || y.Holes+y.Stale != 0 || y.Latency.Count() != 2 {
		t.Errorf("y %+v", y)
	}
	say(1, `42["error",{"code":"invalid_payload"}]`)
	if _, err := s.Settle(); err == nil || !strings.Contains(err.Error(), "invalid_payload") {
		t.Errorf("a client was told of an error: %v", err)
	}
}

// TestStreamsDialect has clients say who they are, each in its own words.
func TestStreamsDialect(t *testing.T) {
	long := `{"x":"` + strings.Repeat("y", 300) + `"}`
	heard := make(chan string, 2)
	server, err := swarmtest.Listen(func(conn net.Conn) {
		_, _ = conn.Write(swarmtest.Frame(0x81, []byte("0{}")))
		buf := make([]byte, 1000)
		n, _ := conn.Read(buf)
		heard <- string(buf[:n])
		_, _ = conn.Write(swarmtest.Frame(0x81, []byte("40{}")))
	})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	s, err := Dial(server.Addr(), Streams, 2, json.RawMessage(`{"a":1}`), json.RawMessage(long))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got := []string{<-heard, <-heard}
	slices.SortFunc(got, func(a, b string) int { return len(a) - len(b) })
	for i, words := range []string{`40{"a":1}`, `40` + long} {
		if want := string(clientFrame(opText, []byte(words))); got[i] != want {
			t.Errorf("a client says %q, want %q", got[i], want)
		}
	}
}
