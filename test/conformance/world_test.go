package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skygate-io/skygate/test/built"
)

// world is what rows happen in: the program, once for each way to let clients in, the
// receiver and the decoder that it hears, and the official clients.
type world struct {
	servers map[string]string // the address of each
	sky     *sky
	decoder net.Conn

	publishers *publishers
	*visitor
}

// settings are those of the programs; that of who is let in is added.
const settings = `
receiver: {lat: 50, lon: 8}
topics: {aircraft: {ttl: 2s}}
safety: {expiry: 1s, cooldown: 0s, update_every: 0s, squawk_expiry: 10s}
stats: {tick: 1s, update: 1s, quality: 5s, antenna: 5s}
sources:
- {kind: readsb, url: "%[1]s", interval: 100ms}
- {kind: acars, endpoints: ["udp://%[2]s"]}
- {kind: awc, url: "%[3]s/airsigmet", interval: 1s}
- {kind: tfr, url: "%[3]s/tfr", details: "", interval: 1s}
- {kind: notams, url: "%[3]s/notams", interval: 1s}
auth:
  mode: %[4]s
  anonymous: [aircraft.view]
  keys:
  - {name: outside, key: ` + outsideKey + `, permissions: [publish, "aircraft.*", "alerts.view", "alerts.manage"]}
  - {name: other, key: ` + otherKey + `, permissions: ["aircraft.*", "alerts.view", "alerts.manage"]}
`

func newWorld(t *testing.T) *world {
	t.Helper()
	if _, err := os.Stat(filepath.Join("..", "..", "examples", "js", "node_modules")); err != nil {
		t.Fatal("the npm packages of examples/js are not installed: run .ci/install")
	}
	w := &world{servers: map[string]string{}, sky: newSky(t), publishers: newPublishers(t)}
	program, err := built.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]string{"": "public", "hybrid": "hybrid", "private": "private"} {
		acars := freeUDP(t)
		w.servers[name] = serve(t, program, fmt.Sprintf(settings, w.sky.URL, acars, w.publishers.URL, mode))
		if name == "" {
			decoder, err := (&net.Dialer{}).DialContext(t.Context(), "udp", acars)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = decoder.Close() })
			w.decoder = decoder
		}
	}
	w.visitor = newVisitor(t)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return w
}

// freeUDP gives an address that nobody listens on.
func freeUDP(t *testing.T) string {
	t.Helper()
	c, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	return c.LocalAddr().String()
}

// do has a step happen, for a client.
func (w *world) do(t *testing.T, id string, s Step, ack bool) {
	t.Helper()
	switch {
	case s.Emit != nil:
		for range max(s.Emit.Times, 1) {
			args := make([]json.RawMessage, len(s.Emit.Args))
			for i, arg := range s.Emit.Args {
				args[i] = json.RawMessage(w.filled(id, arg))
			}
			w.Tell(map[string]any{"do": "emit", "id": id, "event": s.Emit.Event, "args": args, "ack": ack})
		}
	case s.Publish != nil:
		w.publish(t, s.Publish)
	case s.Hear != nil:
		w.sky.put(t, *s.Hear)
	case s.Lose != "":
		w.sky.take(s.Lose)
	case s.Decode != "":
		if _, err := w.decoder.Write([]byte(s.Decode)); err != nil {
			t.Fatal(err)
		}
	case s.List != nil:
		w.publishers.list(t, s.List)
	case s.Unlist != nil:
		w.publishers.unlist(s.Unlist)
	}
	if s.Until != nil {
		w.wait(t, id, []Message{*s.Until})
	}
}

// filled puts the id of the newest thing that a client was told of (its events'
// payload, or an answer's data) where a row says $id.
func (w *world) filled(id, arg string) string {
	if !strings.Contains(arg, "$id") {
		return arg
	}
	for _, m := range slices.Backward(w.heard(id)) {
		var told struct {
			ID   any
			Data struct{ ID any }
		}
		if json.Unmarshal(m.payload, &told) == nil && (told.ID != nil || told.Data.ID != nil) {
			if told.ID == nil {
				told.ID = told.Data.ID
			}
			return strings.ReplaceAll(arg, "$id", fmt.Sprint(told.ID))
		}
	}
	return arg
}

func (w *world) publish(t *testing.T, p *Publication) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"topic": p.Topic, "event": p.Event, "data": json.RawMessage(p.Data)})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.servers[""]+"/api/v1/publish", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+outsideKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusAccepted {
		var said map[string]any
		_ = json.NewDecoder(resp.Body).Decode(&said)
		t.Fatalf("publishing %s: %d %v", p.Event, resp.StatusCode, said)
	}
}

// sky is a receiver, and what it hears.
type sky struct {
	*httptest.Server
	mu       sync.Mutex // guards aircraft
	aircraft map[string]Aircraft
}

func newSky(t *testing.T) *sky {
	s := &sky{aircraft: map[string]Aircraft{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/aircraft.json") {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(s.listing(time.Now())))
	}))
	t.Cleanup(s.Close)
	return s
}

// listing is an aircraft.json.
func (s *sky) listing(now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for _, hex := range slices.Sorted(maps.Keys(s.aircraft)) {
		list = append(list, s.aircraft[hex].json(now))
	}
	return fmt.Sprintf(`{"now":%.3f,"messages":%d,"aircraft":[%s]}`, float64(now.UnixMilli())/1000, now.UnixMilli()/100, strings.Join(list, ","))
}

// json is what a receiver writes of an aircraft.
func (a Aircraft) json(now time.Time) string {
	out := fmt.Sprintf(`{"hex":%q,"seen":0`, strings.ToLower(a.Hex))
	if a.Fields != "" {
		out += "," + a.Fields
	}
	if a.Moves {
		hours := now.Sub(a.since).Hours()
		lat := a.Lat + a.NorthKt*hours/60
		lon := a.Lon + a.EastKt*hours/60/math.Cos(a.Lat*math.Pi/180)
		track := math.Mod(math.Atan2(a.EastKt, a.NorthKt)*180/math.Pi+360, 360)
		out += fmt.Sprintf(`,"lat":%.6f,"lon":%.6f,"seen_pos":0,"gs":%.1f,"track":%.1f,"alt_baro":%.0f,"baro_rate":%.0f`,
			lat, lon, math.Hypot(a.NorthKt, a.EastKt), track, a.AltFt+a.ClimbFpm*hours*60, a.ClimbFpm)
	}
	return out + "}"
}

// put has an aircraft be heard. One that was heard before goes on from where it is.
func (s *sky) put(t *testing.T, a Aircraft) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.since = time.Now()
	if before, ok := s.aircraft[a.Hex]; ok && before.Moves && a.Moves && a.Lat == 0 {
		hours := a.since.Sub(before.since).Hours()
		a.Lat = before.Lat + before.NorthKt*hours/60
		a.Lon = before.Lon + before.EastKt*hours/60/math.Cos(before.Lat*math.Pi/180)
		a.AltFt = before.AltFt + before.ClimbFpm*hours*60
	}
	s.aircraft[a.Hex] = a
	t.Cleanup(func() { s.take(a.Hex) })
}

func (s *sky) take(hex string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.aircraft, hex)
}

// publishers are those who publish what is said about the sky: a list for each path,
// of entries by their names.
type publishers struct {
	*httptest.Server
	mu    sync.Mutex // guards lists
	lists map[string]map[string]string
}

// frames are what is around the entries of a list.
var frames = map[string][2]string{
	pathAdvisories:   {"[", "]"},
	pathRestrictions: {`{"type":"FeatureCollection","features":[`, "]}"},
	pathNOTAMs:       {`{"items":[`, "]}"},
}

func newPublishers(t *testing.T) *publishers {
	p := &publishers{lists: map[string]map[string]string{}}
	for path := range frames {
		p.lists[path] = map[string]string{}
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		around, ok := frames[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		entries := slices.Sorted(maps.Values(p.lists[r.URL.Path]))
		_, _ = w.Write([]byte(around[0] + strings.Join(entries, ",") + around[1]))
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *publishers) list(t *testing.T, l *Listing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range l.Entries {
		p.lists[l.Path][e.Name] = e.Text
	}
	t.Cleanup(func() { p.unlist(l) })
}

func (p *publishers) unlist(l *Listing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range l.Entries {
		delete(p.lists[l.Path], e.Name)
	}
}
