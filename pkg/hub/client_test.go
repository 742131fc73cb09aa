package hub_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/skygate-io/skygate/pkg/wire"
)

// client is a session that follows a topic as the contract says: it applies
// what continues its own position, ignores what is not newer, and counts a hole
// otherwise.
type client struct {
	t    *testing.T
	name string

	mu       sync.Mutex // guards all below
	events   []string   // names of what came, in order
	payloads []payload
	epoch    string
	seq      uint64
	view     string
	state    map[string]map[string]json.RawMessage
	holes    int
}

type payload struct {
	Type      string                       `json:"type"`
	Epoch     string                       `json:"epoch"`
	Base      uint64                       `json:"base"`
	Seq       uint64                       `json:"seq"`
	View      string                       `json:"view"`
	Count     int                          `json:"count"`
	Timestamp string                       `json:"timestamp"`
	Observed  string                       `json:"observed"`
	Aircraft  []map[string]json.RawMessage `json:"aircraft"`
	Added     []map[string]json.RawMessage `json:"added"`
	Updated   []map[string]json.RawMessage `json:"updated"`
	Removed   []string                     `json:"removed"`
	ICAOs     []string                     `json:"icaos"`
	Messages  []struct {
		Type string          `json:"type"`
		Data json.RawMessage `json:"data"`
	} `json:"messages"`
	wire.Subscribed
}

func newClient(t *testing.T, name string) *client {
	return &client{t: t, name: name, state: map[string]map[string]json.RawMessage{}}
}

// Send implements hub.Receiver.
func (c *client) Send(messages ...*wire.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range messages {
		c.receive(m.Event, m.Data)
	}
}

func (c *client) receive(event string, data []byte) {
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		c.t.Errorf("%s: %s is no JSON: %v", c.name, event, err)
		return
	}
	c.events = append(c.events, event)
	c.payloads = append(c.payloads, p)
	switch event {
	case "batch":
		for _, m := range p.Messages {
			c.receive(m.Type, m.Data)
		}
	case "aircraft:snapshot":
		clear(c.state)
		c.set(p.Aircraft)
		c.epoch, c.seq, c.view = p.Epoch, p.Seq, p.View
	case "aircraft:update":
		c.update(&p)
	}
}

func (c *client) update(p *payload) {
	switch {
	case p.Epoch == c.epoch && p.Base == c.seq:
	case p.Epoch == c.epoch && p.Seq <= c.seq:
		c.t.Errorf("%s: an old update (%d → %d) at %d", c.name, p.Base, p.Seq, c.seq)
		return
	default:
		c.holes++
		return
	}
	c.set(p.Added)
	for _, patch := range p.Updated {
		key := hex(patch)
		if c.state[key] == nil {
			c.t.Errorf("%s: an update of %s, which it does not have", c.name, key)
			continue
		}
		for name, value := range patch {
			if string(value) == "null" {
				delete(c.state[key], name)
			} else {
				c.state[key][name] = value
			}
		}
	}
	for _, key := range p.Removed {
		delete(c.state, key)
	}
	c.seq = p.Seq
}

func (c *client) set(records []map[string]json.RawMessage) {
	for _, r := range records {
		c.state[hex(r)] = r
	}
}

func hex(r map[string]json.RawMessage) string {
	var key string
	_ = json.Unmarshal(r["hex"], &key)
	return key
}

// took gives the names of the events that came since the last call.
func (c *client) took() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	events := c.events
	c.events, c.payloads = nil, nil
	return events
}

// last gives the newest event's payload.
func (c *client) last() payload {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.payloads) == 0 {
		c.t.Fatalf("%s: nothing came", c.name)
	}
	return c.payloads[len(c.payloads)-1]
}

// text gives the state in a form that compares.
func (c *client) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, _ := json.MarshalIndent(c.state, "", " ")
	return fmt.Sprintf("%s %d %s", c.epoch, c.seq, text)
}
