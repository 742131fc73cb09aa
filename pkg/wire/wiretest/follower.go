// Package wiretest holds a client for tests: it follows a topic by its messages
// alone, as the contract tells clients to.
package wiretest

import (
	"encoding/json"
	"fmt"
	"maps"
	"sync"

	"github.com/skygate-io/skygate/pkg/wire"
)

// Fields are a record's, as JSON values.
type Fields map[string]json.RawMessage

// Payload is what the messages of a topic carry, all kinds in one.
type Payload struct {
	Type      string   `json:"type"`
	Epoch     string   `json:"epoch"`
	Base      uint64   `json:"base"`
	Seq       uint64   `json:"seq"`
	View      string   `json:"view"`
	Count     int      `json:"count"`
	Timestamp string   `json:"timestamp"`
	Observed  string   `json:"observed"`
	Aircraft  []Fields `json:"aircraft"`
	Added     []Fields `json:"added"`
	Updated   []Fields `json:"updated"`
	Removed   []string `json:"removed"`
	Part      int      `json:"part"`
	Parts     int      `json:"parts"`
	Messages  []struct {
		Type string          `json:"type"`
		Data json.RawMessage `json:"data"`
	} `json:"messages"`
}

// Follower follows the topic aircraft: it applies what continues its own
// position, and counts a hole otherwise. It is safe for concurrent use.
type Follower struct {
	mu       sync.Mutex // guards all below
	events   []string
	last     Payload
	snapshot bool // one came since it began, or since the last hole
	parting  bool // parts of a snapshot came, and more are to come
	view     string
	epoch    string
	seq      uint64
	state    map[string]Fields
	times    map[string]string // by key, of the message that last told its ages
	holes    int
	wrong    []string
}

// NewFollower gives one that has got nothing yet.
func NewFollower() *Follower {
	return &Follower{state: map[string]Fields{}, times: map[string]string{}}
}

// Send takes messages as a session's connection does.
func (f *Follower) Send(messages ...*wire.Message) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range messages {
		f.receive(m.Event, m.Data)
	}
}

// Purge does nothing: nothing waits here.
func (f *Follower) Purge(string) {}

// Hold does nothing.
func (f *Follower) Hold() {}

// Release does nothing.
func (f *Follower) Release() {}

// Close is told by Wrong.
func (f *Follower) Close(reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wrongf("the connection is closed: %s", reason)
}

func (f *Follower) receive(event string, data []byte) {
	var p Payload
	if err := json.Unmarshal(data, &p); err != nil {
		f.wrongf("%s is no JSON: %v", event, err)
		return
	}
	f.events = append(f.events, event)
	f.last = p
	switch event {
	case "batch":
		for _, m := range p.Messages {
			f.receive(m.Type, m.Data)
		}
	case "aircraft:snapshot":
		clear(f.state)
		f.replace(p.Aircraft, p.Timestamp)
		f.snapshot, f.parting = true, p.Part < p.Parts
		if f.parting {
			f.epoch, f.seq, f.view = "", 0, ""
			return
		}
		f.epoch, f.seq, f.view = p.Epoch, p.Seq, p.View
		if p.Count != len(p.Aircraft) || p.View == "" {
			f.wrongf("a snapshot of view %q counts %d of %d", p.View, p.Count, len(p.Aircraft))
		}
	case "aircraft:update":
		f.update(&p)
	}
}

func (f *Follower) update(p *Payload) {
	last := p.Part == p.Parts
	switch {
	case !f.snapshot:
		f.wrongf("an update before any snapshot")
	case f.parting || !last:
		f.apply(p)
		if f.parting = f.parting && !last; last {
			f.epoch, f.seq, f.view = p.Epoch, p.Seq, p.View
		}
	case p.Epoch == f.epoch && p.Base == f.seq:
		f.apply(p)
		f.seq, f.view = p.Seq, p.View
	case p.Epoch == f.epoch && p.Seq <= f.seq:
		f.wrongf("an old update, %d → %d, at %d", p.Base, p.Seq, f.seq)
	default:
		f.holes++
	}
}

func (f *Follower) apply(p *Payload) {
	f.replace(p.Added, p.Timestamp)
	for _, patch := range p.Updated {
		key := Hex(patch)
		if f.state[key] == nil {
			f.wrongf("an update of %s, which is not there", key)
			continue
		}
		for name, value := range patch {
			if string(value) == "null" {
				delete(f.state[key], name)
			} else {
				f.state[key][name] = value
			}
			if name == "seen" {
				f.times[key] = p.Timestamp
			}
		}
	}
	for _, key := range p.Removed {
		delete(f.state, key)
	}
}

func (f *Follower) replace(records []Fields, timestamp string) {
	for _, r := range records {
		f.state[Hex(r)] = r
		f.times[Hex(r)] = timestamp
	}
}

func (f *Follower) wrongf(format string, args ...any) {
	f.wrong = append(f.wrong, fmt.Sprintf(format, args...))
}

// Hex gives a record's key.
func Hex(r Fields) string {
	var key string
	_ = json.Unmarshal(r["hex"], &key)
	return key
}

// Take gives the names of the events that came since the last call.
func (f *Follower) Take() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	events := f.events
	f.events = nil
	return events
}

// Last gives the newest event's payload.
func (f *Follower) Last() Payload {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// Holes counts the updates that did not continue what was there.
func (f *Follower) Holes() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.holes
}

// Wrong tells what broke the contract.
func (f *Follower) Wrong() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.wrong
}

// Position is the newest that was reached.
func (f *Follower) Position() wire.Position {
	f.mu.Lock()
	defer f.mu.Unlock()
	return wire.Position{Epoch: f.epoch, Seq: f.seq, View: f.view}
}

// State copies the records by key.
func (f *Follower) State() map[string]Fields {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make(map[string]Fields, len(f.state))
	for key, r := range f.state {
		out[key] = maps.Clone(r)
	}
	return out
}

// TimeOf is the timestamp of the message that last told a record's ages.
func (f *Follower) TimeOf(key string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.times[key]
}
