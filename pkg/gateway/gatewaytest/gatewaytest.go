// Package gatewaytest has what tests of namespaces need: a client without a
// transport, that says what it is told to and keeps what it is sent, and who it is.
package gatewaytest

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/wire"
)

// Recorder is a connection that keeps what is sent, each message as its name, a
// blank and its payload. It is never full. The zero value is ready.
type Recorder struct {
	mu   sync.Mutex // guards sent
	sent []string
}

var _ gateway.Conn = (*Recorder)(nil)

// ID implements [gateway.Conn].
func (r *Recorder) ID() string { return "test" }

// Purge implements [gateway.Conn].
func (r *Recorder) Purge(string) {}

// Hold implements [gateway.Conn].
func (r *Recorder) Hold() {}

// Release implements [gateway.Conn].
func (r *Recorder) Release() {}

// Close implements [gateway.Conn].
func (r *Recorder) Close(string) {}

// Send implements [gateway.Conn].
func (r *Recorder) Send(messages ...*wire.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range messages {
		r.sent = append(r.sent, m.Event+" "+string(m.Data))
	}
}

// Take gives what was sent since it was asked last.
func (r *Recorder) Take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := r.sent
	r.sent = nil
	return sent
}

// Client is a client in a namespace, in a bubble of [synctest].
type Client struct {
	Recorder
	*gateway.Session
	// Within is how long what is sent may take to come.
	Within time.Duration

	t *testing.T
}

// Enter lets a client into a namespace, until the test ends.
func Enter(t *testing.T, n *gateway.Namespace) *Client {
	t.Helper()
	c := &Client{t: t}
	who, err := n.Authorise(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Session = n.Connect(&c.Recorder, who, nil)
	t.Cleanup(c.Session.Close)
	return c
}

// Take gives what came since it was asked last, when nothing more comes.
func (c *Client) Take() []string {
	time.Sleep(c.Within)
	synctest.Wait()
	return c.Recorder.Take()
}

// Say sends an event, with a payload unless it is "", and gives what came of it,
// and the acknowledgement.
func (c *Client) Say(event, payload string) (sent []string, acked string) {
	c.t.Helper()
	var args []json.RawMessage
	if payload != "" {
		args = append(args, json.RawMessage(payload))
	}
	c.Receive(event, args, func(p []byte) { acked = string(p) })
	return c.Take(), acked
}

// Want compares what came, each message by the parts that it must have, which
// have " … " between them.
func (c *Client) Want(what string, sent []string, messages ...string) {
	c.t.Helper()
	ok := len(sent) == len(messages)
	for i := 0; ok && i < len(sent); i++ {
		for part := range strings.SplitSeq(messages[i], " … ") {
			ok = ok && strings.Contains(sent[i], part)
		}
	}
	if !ok {
		c.t.Errorf("%s: got %q, want %q", what, sent, messages)
	}
}

// Permissions are those that somebody without a name has.
type Permissions map[string]bool

var _ gateway.Identity = Permissions(nil)

// ID implements [gateway.Identity].
func (p Permissions) ID() string { return "" }

// May implements [gateway.Identity].
func (p Permissions) May(permission string) bool { return p[permission] }
