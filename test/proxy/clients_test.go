package proxy

import (
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/skygate-io/skygate/test/puppet"
)

// The ways in which clients connect.
const (
	polling   = "polling"
	upgraded  = "polling,websocket"
	websocket = "websocket"
)

// addresses is how many clients there are of each way, each at an address of its own.
const addresses = 12

// crowd is clients, in one process of Node.
type crowd struct {
	mu  sync.Mutex // guards all below
	log map[string][]happening
}

// happening is what happened to a client.
type happening struct{ Name, Event, Text string }

// gather starts clients; they end with the test.
func gather(t *testing.T, url string, kinds ...string) *crowd {
	t.Helper()
	c := &crowd{log: map[string][]happening{}}
	for _, kind := range kinds {
		for i := range addresses {
			c.log[fmt.Sprintf("%s from 127.0.1.%d", kind, i+1)] = nil
		}
	}
	args := append([]string{"clients.mjs", url, strconv.Itoa(addresses)}, kinds...)
	puppet.Start(t, "the clients", exec.Command("node", args...), c.hear)
	return c
}

func (c *crowd) hear(h happening) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log[h.Name] = append(c.log[h.Name], h)
}

// texts gives, by client, what an event said each time.
func (c *crowd) texts(event string) map[string][]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string][]string{}
	for name, log := range c.log {
		out[name] = nil
		for _, h := range log {
			if h.Event == event {
				out[name] = append(out[name], h.Text)
			}
		}
	}
	return out
}

// have is nil when each client has had an event so often, at least.
func (c *crowd) have(event string, times int) error {
	for name, texts := range c.texts(event) {
		if len(texts) < times {
			return fmt.Errorf("%s has had %q %d times: %q", name, event, len(texts), texts)
		}
	}
	return nil
}

// cut gives those clients that have lost their connection.
func (c *crowd) cut() (names []string) {
	for name, texts := range c.texts("disconnect") {
		if len(texts) > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// judge looks whether each has had each event once, in order, without a gap.
func (c *crowd) judge(t *testing.T, ids []string) {
	t.Helper()
	for name, got := range c.texts("ops") {
		if !slices.Equal(got, ids) {
			t.Errorf("%s got %s", name, strings.Join(got, " "))
		}
	}
	for name, gaps := range c.texts("gap") {
		if len(gaps) > 0 {
			t.Errorf("%s has gaps: %q", name, gaps)
		}
	}
}

// dump logs what happened, but for the events.
func (c *crowd) dump(t *testing.T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, log := range c.log {
		line, events := "", 0
		for _, h := range log {
			if h.Event == "ops" {
				events++
				continue
			}
			line += fmt.Sprintf(" [%d events] %s %s;", events, h.Event, h.Text)
			events = 0
		}
		t.Logf("%s:%s [%d events]", name, line, events)
	}
}
