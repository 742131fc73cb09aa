package socketio_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/engineio"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// patience is how long a test waits for what must come. It is never waited out
// by a test that passes.
const patience = 30 * time.Second

// station is a server with topics, and the writers of these.
type station struct {
	*socketio.Server
	t       *testing.T
	hub     *hub.Hub
	writers map[string]feedlog.Writer // by topic
	web     *httptest.Server
	http    *http.Client
}

func startStation(t *testing.T, cfg socketio.Config, batches batch.Config, names ...string) *station {
	t.Helper()
	log := feedlog.NewMemory()
	s := &station{t: t, writers: map[string]feedlog.Writer{}}
	var policies []topic.Policy
	for _, name := range names {
		w, err := log.Begin(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		s.writers[name] = w
		policies = append(policies, topic.Policy{Name: name, Prefix: name, Key: "id", List: name, Rate: 100})
	}
	s.hub = hub.New(log, policies, batches, zerolog.Nop())
	if err := s.hub.Load(t.Context()); err != nil { // or the first clients were told anew when Run does
		t.Fatal(err)
	}
	s.Server = socketio.New(cfg, []*gateway.Namespace{topics(s.hub)}, zerolog.Nop())
	s.web = httptest.NewServer(s.Handler())
	s.http = s.web.Client()
	s.http.Transport.(*http.Transport).MaxIdleConnsPerHost = 100 // clients poll in turn
	var running sync.WaitGroup
	running.Go(func() { _ = s.hub.Run(t.Context()) })
	t.Cleanup(func() {
		s.Close()
		s.http.CloseIdleConnections()
		s.web.Close()
		running.Wait()
	})
	return s
}

// topics is a namespace whose clients subscribe, ask for long answers, and get
// their hellos back.
func topics(h *hub.Hub) *gateway.Namespace {
	type names struct {
		Topics []string `json:"topics"`
	}
	n := gateway.New("/", h, gateway.Everyone, zerolog.Nop(), func(*gateway.Session, json.RawMessage) error { return nil })
	gateway.On(n, "subscribe", func(s *gateway.Session, ask names, _ gateway.Ack) error {
		_, err := s.Subscribe(hub.Subscribe{Topics: ask.Topics})
		return err
	})
	gateway.On(n, "unsubscribe", func(s *gateway.Session, ask names, _ gateway.Ack) error {
		_, err := s.Unsubscribe(ask.Topics)
		return err
	})
	gateway.On(n, "hello", func(s *gateway.Session, number int, _ gateway.Ack) error {
		return s.Reply("hello", number, nil)
	})
	gateway.Handle(n, "list", "", func(context.Context, *gateway.Session, struct{}) (string, error) {
		return strings.Repeat("x", 100_000), nil
	})
	return n
}

// publish changes a record of a topic.
func (s *station) publish(name, key string, fields record.Fields) {
	c := &record.Change{Added: []record.Record{{Key: key, Fields: fields}}}
	if _, err := s.writers[name].Append(s.t.Context(), c); err != nil {
		s.t.Error(err)
	}
}

// newest is the position that a topic is at.
func (s *station) newest(name string) uint64 {
	s.t.Helper()
	_, at, err := s.hub.Records(name)
	if err != nil {
		s.t.Fatal(err)
	}
	return at.Seq
}

// sessions is how many clients there are.
func (s *station) sessions() int { return s.IO().Of("/", nil).Sockets().Len() }

func (s *station) stats() engineio.Stats { return s.Handler().(*engineio.Server).Stats() }

// heap is how many bytes are in use. What the first collection leaves in pools,
// the second frees.
func heap() int {
	runtime.GC()
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return int(mem.HeapAlloc)
}
