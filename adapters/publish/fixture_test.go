package publish_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/adapters/publish"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/topic"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// who is a key that is its own name.
type who struct {
	id  string
	may []string
}

func (w who) ID() string                 { return w.id }
func (w who) May(permission string) bool { return slices.Contains(w.may, permission) }

// ring are the keys of the tests.
type ring struct{}

func (ring) Len() int { return 3 }

func (ring) Find(key string) (gateway.Identity, bool) {
	may := map[string][]string{
		"sk_all":    {"publish"},
		"sk_ops":    {"publish.ops"},
		"sk_reader": {"ops.view"},
	}
	w, ok := may[key]
	return who{key, w}, ok
}

// site is an endpoint with the topics "ops", "acars" and "notices".
type site struct {
	t   *testing.T
	url string
	log *feedlog.Memory
}

func serve(t *testing.T, change func(*publish.Config)) *site {
	t.Helper()
	cfg := publish.DefaultConfig()
	if change != nil {
		change(&cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, log: feedlog.NewMemory()}
	ctx, cancel := context.WithCancel(context.Background())
	var topics []publish.Topic
	var ended []chan struct{}
	for _, p := range []topic.Policy{
		topic.DefaultOwn().Policy("ops"), {Name: "acars", Prefix: "acars", List: "messages", Key: "id"},
		{Name: "notices", Prefix: "notices", List: "events", Key: "id", Tells: []string{"metar:update", "geodata:refresh"}},
	} {
		publisher := feed.NewPublisher(p.Name, s.log, publish.Remember, zerolog.Nop())
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = publisher.Run(ctx)
		}()
		topics, ended = append(topics, publish.Topic{Policy: p, Publisher: publisher}), append(ended, done)
	}
	web := httptest.NewServer(publish.New(cfg, topics, ring{}))
	s.url = web.URL
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		web.Close()
		cancel()
		for _, done := range ended {
			<-done
		}
	})
	return s
}

// answer is what a request is answered by.
type answer struct {
	status  int
	header  http.Header
	Code    string
	Message string

	Published, Duplicates int
	Duplicate             bool
	IDs                   []string
}

// post sends a body with a key; headers are pairs of a name and a value.
func (s *site) post(key, body string, headers ...string) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return s.do(req)
}

func (s *site) do(req *http.Request) answer {
	s.t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header}
	if err := json.Unmarshal(raw, &a); err != nil {
		s.t.Fatalf("%d %s: %v", resp.StatusCode, raw, err)
	}
	return a
}

// told gives the first n events of a topic, once they are in the log.
func (s *site) told(topicName string, n int) (events []string) {
	s.t.Helper()
	var at topic.Position
	for len(events) < n {
		state, err := s.log.Load(s.t.Context(), topicName)
		if err != nil {
			s.t.Fatal(err)
		}
		entries := state.Entries
		if at = state.At; len(entries) < n {
			// A topic that nobody had begun has no position to read from.
			if _, err := s.log.Read(s.t.Context(), topicName, at); err != nil && !errors.Is(err, feedlog.ErrGone) {
				s.t.Fatal(err)
			}
			continue
		}
		for _, e := range entries {
			events = append(events, fmt.Sprintf("%s %s", e.Change.Event.Name, e.Change.Event.AppendJSON(nil, "id", 0)))
		}
	}
	return events
}
