package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/test/puppet"
)

const (
	towersKey = "sk_0123456789abcdef"
	desksKey  = "sk_the-desk-may-see-all"
)

const keysConfig = `
auth:
  mode: %s
  anonymous: [aircraft.view, ops.view]
  keys:
  - {name: tower, key: ` + towersKey + `, permissions: [ops.view, publish.ops]}
  - {name: desk, key: ` + desksKey + `, permissions: ["*"]}
event_topics:
  ops: {permission: ops.view}
`

// keyholder is an official client that tells all that it gets.
type keyholder struct {
	t  *testing.T
	mu sync.Mutex // guards told
	// told are the events, in order, each with its arguments.
	told []heard
}

type heard struct {
	Event string
	Args  []json.RawMessage
}

// visit connects with an auth object; the client is ended with the test.
func visit(t *testing.T, s *server, auth map[string]any) *keyholder {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("testdata", "keys.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(auth)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "--input-type=module", "--eval", string(script))
	cmd.Dir = filepath.Join(examples, "js") // has the client's library
	cmd.Env = append(os.Environ(), "SKYGATE_URL="+s.URL, "SKYGATE_AUTH="+string(raw))
	g := &keyholder{t: t}
	puppet.Start(t, "a client with keys", cmd, g.hear)
	return g
}

func (g *keyholder) hear(h heard) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.told = append(g.told, h)
}

// events gives the first arguments of all events of a name.
func (g *keyholder) events(name string) (args []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, h := range g.told {
		if h.Event == name {
			args = append(args, strings.Join(texts(h.Args), " "))
		}
	}
	return args
}

func texts(args []json.RawMessage) []string {
	out := make([]string, len(args))
	for i := range args {
		out[i] = string(args[i])
	}
	return out
}

// want waits for an event of a name, and gives its arguments.
func (g *keyholder) want(name string) string {
	g.t.Helper()
	var found []string
	eventually.Holds(g.t, name, func() bool { found = g.events(name); return len(found) > 0 })
	return found[0]
}

// publish posts a body with a key, and an Idempotency-Key if there is one.
func (s *server) publish(key, once, body string) (status int, answer map[string]any) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.URL+"/api/v1/publish", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+key)
	if once != "" {
		req.Header.Set("Idempotency-Key", once)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		s.t.Fatalf("%d: %v", resp.StatusCode, err)
	}
	return resp.StatusCode, answer
}

// TestWhoConnects: with which key a client is let in, and what it sees.
func TestWhoConnects(t *testing.T) {
	private := serve(t, "--config", writeFile(t, fmt.Sprintf(keysConfig, "private")))
	hybrid := serve(t, "--config", writeFile(t, fmt.Sprintf(keysConfig, "hybrid")))
	topics := map[string]any{"topics": []string{"aircraft", "safety", "ops"}}
	for name, c := range map[string]struct {
		to      *server
		auth    map[string]any
		refused string   // the message and the code of the refusal
		joined  []string // of the topics
		denied  []string
	}{
		"private, no key":         {to: private, auth: map[string]any{}, refused: `auth_required`},
		"private, an unknown key": {to: private, auth: map[string]any{"token": "sk_unknown-0123456789"}, refused: `invalid_token`},
		"private, a key":          {to: private, auth: map[string]any{"token": towersKey, "subscribe": topics}, joined: []string{"ops"}, denied: []string{"aircraft", "safety"}},
		"private, the desk's key": {to: private, auth: map[string]any{"token": desksKey, "subscribe": topics}, joined: []string{"aircraft", "safety", "ops"}},
		"hybrid, no key":          {to: hybrid, auth: map[string]any{"subscribe": topics}, joined: []string{"aircraft", "ops"}, denied: []string{"safety"}},
		"hybrid, an unknown key":  {to: hybrid, auth: map[string]any{"token": "sk_unknown-0123456789", "subscribe": topics}, joined: []string{"aircraft", "ops"}, denied: []string{"safety"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := visit(t, c.to, c.auth)
			if c.refused != "" {
				got := g.want("connect_error")
				if !strings.Contains(got, `{"code":"`+c.refused+`"}`) || !strings.HasSuffix(got, " false") {
					t.Errorf("refused by %s, want %s, and no further attempt", got, c.refused)
				}
				return
			}
			var answer struct{ Joined, Denied []string }
			if err := json.Unmarshal([]byte(g.want("subscribed")), &answer); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(answer.Joined, c.joined) || !slices.Equal(answer.Denied, c.denied) {
				t.Errorf("joined %v, denied %v; want %v, %v", answer.Joined, answer.Denied, c.joined, c.denied)
			}
		})
	}
}

// TestPublishing: an event that is sent to the server several times is told once.
func TestPublishing(t *testing.T) {
	s := serve(t, "--config", writeFile(t, fmt.Sprintf(keysConfig, "hybrid")))
	g := visit(t, s, map[string]any{"subscribe": map[string]any{"topics": "ops"}})
	if got := g.want("ops:snapshot"); !strings.Contains(got, `"count":0`) {
		t.Errorf("the snapshot is %s", got)
	}
	const body = `{"topic":"ops","event":"ops:closed","data":{"runway":"25L","until":null}}`
	for i, want := range []int{202, 200, 200} {
		if status, answer := s.publish(towersKey, "retry-1", body); status != want || (answer["duplicate"] == true) != (i > 0) {
			t.Errorf("attempt %d: %d %v", i, status, answer)
		}
	}
	if status, answer := s.publish(desksKey, "", `{"topic":"ops","data":{"id":"last"}}`); status != 202 {
		t.Errorf("%d %v", status, answer)
	}
	for want, c := range map[int][2]string{
		401: {"sk_unknown-0123456789", body},
		403: {towersKey, `{"topic":"safety","data":{}}`},
		404: {desksKey, `{"topic":"aircraft","data":{}}`},
		400: {desksKey, `{"topic":"ops","data":[]}`},
	} {
		if status, answer := s.publish(c[0], "", c[1]); status != want || answer["code"] == "" || answer["message"] == "" {
			t.Errorf("%d %v, want %d", status, answer, want)
		}
	}
	if last := g.want("ops:event"); !strings.Contains(last, `"id":"last"`) || !strings.Contains(last, `"base":1,"seq":2`) {
		t.Errorf("the last event is %s", last)
	}
	closed := g.events("ops:closed")
	if len(closed) != 1 || !strings.Contains(closed[0], `"runway":"25L","until":null`) || !strings.Contains(closed[0], `"base":0,"seq":1`) {
		t.Errorf("told %d times: %v", len(closed), closed)
	}
}
