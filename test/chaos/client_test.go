package chaos

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/wire"
	"github.com/skygate-io/skygate/pkg/wire/wiretest"
)

// own is the topic of events that is published to.
const own = "ops"

// client is an official client with several addresses. It follows a topic of state and
// one of events by messages alone, as the contract has it, and asks again when it has
// missed something; what breaks the contract it notes.
type client struct {
	name  string
	crowd *crowd

	mu       sync.Mutex // guards all below
	urls     []string   // of which it goes from one to the next
	at       int        // the one that it is connected to, or tries
	left     bool       // it is to connect no more
	there    bool       // connected
	asking   bool       // a subscribe is not answered
	doubled  bool       // what it got since it asked may come again, from where it asked
	aircraft *wiretest.Follower
	events   eventFollower
	frame    int             // the newest that it has heard of
	answers  map[string]bool // to requests, by id
	stale    map[string]int  // how often each topic was said to be stale
	fresh    map[string]int  // and no longer to be
	moves    int
	wrong    []string
}

func newClient(name string) *client {
	return &client{
		name: name, aircraft: wiretest.NewFollower(), events: eventFollower{got: map[string]int{}},
		answers: map[string]bool{}, stale: map[string]int{}, fresh: map[string]int{},
	}
}

// visit has it connect to the first of some addresses, and know the others.
func (c *client) visit(urls ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.urls, c.at = urls, 0
	c.openLocked()
}

// leave has it stay where it is.
func (c *client) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left = true
}

func (c *client) openLocked() {
	c.there, c.asking = false, false
	c.crowd.tell(map[string]any{"name": c.name, "open": c.urls[c.at]})
}

// take takes what it gets.
func (c *client) take(event string, data json.RawMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case event == "connect":
		c.there = true
		c.askLocked()
	case event == "disconnect", event == "connect_error":
		if c.there = false; c.left {
			return
		}
		c.moves++
		c.at = (c.at + 1) % len(c.urls)
		time.AfterFunc(100*time.Millisecond, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			if !c.left && !c.there {
				c.openLocked()
			}
		})
	case event == "ack":
	case event == "response":
		c.answers[gjson.GetBytes(data, "request_id").String()] = true
	case event == "subscribed":
		c.subscribedLocked(data)
	case event == "stream:stale":
		name := gjson.GetBytes(data, "topic").String()
		if gjson.GetBytes(data, "since").Type == gjson.Null {
			c.fresh[name]++
		} else {
			c.stale[name]++
		}
	case event == "error":
		c.wrongLocked("an error: %s", data)
	case strings.HasPrefix(event, "aircraft:"):
		c.stateLocked(event, data)
	case strings.HasPrefix(event, own+":"):
		if c.events.take(event, data) && !c.asking {
			c.askLocked()
		}
	}
}

// askLocked subscribes, from where it is.
func (c *client) askLocked() {
	c.asking = true
	since := map[string]any{}
	if at := c.aircraft.Position(); at.Epoch != "" {
		since["aircraft"] = at
		c.doubled = true
	}
	if at := c.events.at; at.Epoch != "" {
		since[own] = at
	}
	c.crowd.tell(map[string]any{"name": c.name, "emit": "subscribe", "data": map[string]any{
		"topics": []string{"aircraft", own}, "legacy": false, "since": since,
	}})
}

func (c *client) subscribedLocked(data json.RawMessage) {
	c.asking = false
	var m wire.Subscribed
	if err := json.Unmarshal(data, &m); err != nil {
		c.wrongLocked("subscribed: %v", err)
		return
	}
	if len(m.Topics) == 2 {
		c.events.subscribed(m.Resumed[own], m.Positions[own], m.Views[own])
	}
}

func (c *client) stateLocked(event string, data json.RawMessage) {
	m, err := wire.New(event, data)
	if err != nil {
		c.wrongLocked("%s: %v", event, err)
		return
	}
	if event == "aircraft:update" {
		at, seq := c.aircraft.Position(), gjson.GetBytes(data, "seq").Uint()
		if c.doubled && gjson.GetBytes(data, "epoch").String() == at.Epoch && seq <= at.Seq && gjson.GetBytes(data, "base").Uint() < at.Seq {
			return // it is to be passed over
		}
		c.doubled = c.doubled && c.asking
	}
	before := c.aircraft.Holes()
	c.aircraft.Send(m)
	if c.aircraft.Holes() > before {
		if !c.asking {
			c.askLocked()
		}
		return
	}
	for _, list := range []string{"aircraft", "added", "updated"} {
		flight := gjson.GetBytes(data, list+`.#(hex=="`+counter+`").flight`).String()
		if n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(flight), "N")); err == nil {
			c.frame = n
		}
	}
}

func (c *client) wrongLocked(format string, args ...any) {
	if len(c.wrong) < 20 {
		c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
	}
}

// ask asks its server for something that needs no other, and says how long it took.
func (c *client) ask(r *rig, id string) time.Duration {
	r.t.Helper()
	begin := time.Now()
	c.crowd.tell(map[string]any{"name": c.name, "emit": "request", "data": map[string]any{"type": "aircraft-snapshot", "request_id": id}})
	eventually(r.t, c.name+" is answered", func() string {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.answers[id] {
			return ""
		}
		return "it is not"
	})
	return time.Since(begin)
}

// heard says since which event, and which frame, it has everything.
func (c *client) heard(ids []string) (events bool, frame int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		if c.events.got[id] == 0 {
			return false, c.frame
		}
	}
	return true, c.frame
}

// state says what differs from a picture, "" if nothing.
func (c *client) state(want map[string]plane) string {
	state := c.aircraft.State()
	for hex, p := range want {
		if state[hex] == nil {
			return fmt.Sprintf("%s: %s is missing", c.name, hex)
		}
		if is := planeOf(state[hex]); is != p {
			return fmt.Sprintf("%s: %s is %v, want %v", c.name, hex, is, p)
		}
	}
	for hex := range state {
		if _, ok := want[hex]; !ok {
			return fmt.Sprintf("%s: %s should be gone", c.name, hex)
		}
	}
	return ""
}

func planeOf(f wiretest.Fields) (p plane) {
	_ = json.Unmarshal(f["flight"], &p.flight)
	_ = json.Unmarshal(f["lat"], &p.lat)
	_ = json.Unmarshal(f["lon"], &p.lon)
	_ = json.Unmarshal(f["alt"], &p.alt)
	p.flight = strings.TrimSpace(p.flight)
	return p
}

// eventFollower follows a topic of events.
type eventFollower struct {
	began bool
	at    wire.Position
	got   map[string]int // how often each event was applied, by id
	order []string
	holes int // each of which it has asked about
	gaps  int // that no resume could fill
}

// take takes a message, and says whether something is missing before it.
func (f *eventFollower) take(event string, data []byte) (hole bool) {
	m := gjson.ParseBytes(data)
	at := wire.Position{Epoch: m.Get("epoch").String(), Seq: m.Get("seq").Uint(), View: f.at.View}
	if event == own+":snapshot" {
		if f.began {
			f.gaps++
		}
		f.began, at.View = true, m.Get("view").String()
		for _, e := range slices.Backward(m.Get("events").Array()) { // the newest is the first
			if id := e.Get("id").String(); f.got[id] == 0 {
				f.add(id)
			}
		}
		f.at = at
		return false
	}
	switch {
	case at.Epoch == f.at.Epoch && m.Get("base").Uint() == f.at.Seq:
		f.at = at
		f.add(m.Get("id").String())
	case at.Epoch == f.at.Epoch && at.Seq <= f.at.Seq: // it is to be passed over
	default:
		f.holes++
		return true
	}
	return false
}

func (f *eventFollower) add(id string) {
	f.got[id]++
	f.order = append(f.order, id)
}

// subscribed takes note of where it goes on.
func (f *eventFollower) subscribed(resumed bool, at wire.Position, view string) {
	switch {
	case resumed:
		f.at.Epoch, f.at.Seq = at.Epoch, at.Seq
	case f.began:
		f.gaps++
		f.began = false // the snapshot that follows belongs to it
	}
	f.at.View = view
}
