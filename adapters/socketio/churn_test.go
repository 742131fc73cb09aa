package socketio_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// TestChurn: 300 clients join, leave, stall, vanish and come back while three
// topics broadcast. When they have gone, nothing of them is left.
func TestChurn(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds: not with -short")
	}
	ctx, cancel := context.WithCancel(t.Context())
	log := feedlog.NewMemory()
	var policies []topic.Policy
	for _, name := range []string{"aircraft", "vessels", "balloons"} {
		policies = append(policies, topic.Policy{Name: name, Prefix: name, Key: "id", List: name})
	}
	h := hub.New(log, policies, batch.Config{Window: 20 * time.Millisecond, Messages: 10, Bytes: 1 << 20}, zerolog.Nop())
	var work sync.WaitGroup
	for _, p := range policies {
		w, err := log.Begin(ctx, p.Name)
		if err != nil {
			t.Fatal(err)
		}
		work.Go(func() { broadcast(ctx, w) })
	}
	work.Go(func() { _ = h.Run(ctx) })
	s := socketio.New(socketio.DefaultConfig(), []*gateway.Namespace{topics(h)}, zerolog.Nop())
	web := httptest.NewServer(s.Handler())
	// The hub's own goroutines may not all run yet; what 900 visits leave behind
	// would be hundreds.
	const own = 30
	before := runtime.NumGoroutine() + own

	var clients sync.WaitGroup
	for seed := range uint64(300) {
		clients.Go(func() {
			rng := rand.New(rand.NewPCG(seed, 5))
			for range 3 {
				visit(ctx, t, rng, web.URL)
			}
		})
	}
	clients.Wait()
	http.DefaultClient.CloseIdleConnections()
	web.CloseClientConnections()
	deadline := time.Now().Add(60 * time.Second)
	for runtime.NumGoroutine() > before || sessions(s) > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("a minute after the last client left there are %d goroutines (%d allowed) and %d sessions", runtime.NumGoroutine(), before, sessions(s))
		}
		runtime.Gosched()
		<-time.After(20 * time.Millisecond)
	}
	cancel()
	s.Close()
	web.Close()
	work.Wait()
}

// topics is a namespace whose clients subscribe and ask for long answers.
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
	gateway.Handle(n, "list", "", func(context.Context, *gateway.Session, struct{}) (string, error) {
		return strings.Repeat("x", 100_000), nil
	})
	return n
}

func sessions(s *socketio.Server) int { return s.IO().Of("/", nil).Sockets().Len() }

// broadcast writes a change every few milliseconds until ctx ends.
func broadcast(ctx context.Context, w feedlog.Writer) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		c := &record.Change{Added: []record.Record{{
			Key: fmt.Sprint(i % 50), Fields: record.Fields{{Name: "text", Raw: `"` + strings.Repeat("x", 2000) + `"`}},
		}}}
		if _, err := w.Append(ctx, c); err != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// visit is one connection of a client's that does as it likes.
func visit(ctx context.Context, t *testing.T, rng *rand.Rand, url string) {
	conn, _, _, err := ws.Dial(ctx, "ws"+strings.TrimPrefix(url, "http")+"/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		t.Errorf("dial: %v", err)
		return
	}
	defer func() { _ = conn.Close() }()
	say := func(text string) { _ = wsutil.WriteClientMessage(conn, ws.OpText, []byte(text)) }
	say(`40`)
	say(`42["subscribe",{"topics":["all"]}]`)
	_ = conn.SetReadDeadline(time.Now().Add(time.Duration(100+rng.IntN(400)) * time.Millisecond))
	for i := 0; ; i++ {
		data, _, err := wsutil.ReadServerData(conn)
		if err != nil {
			break
		}
		if string(data) == "2" {
			say("3")
		}
		switch rng.IntN(40) {
		case 0:
			say(`42["unsubscribe",{"topics":["vessels"]}]`)
		case 1:
			say(`42["subscribe",{"topics":["aircraft","balloons"]}]`)
		case 2:
			say(`421["request",{"type":"list","request_id":1}]`)
		case 3:
			return // vanishes
		case 4: // stalls: reads nothing until it leaves
			select {
			case <-ctx.Done():
			case <-time.After(time.Duration(rng.IntN(300)) * time.Millisecond):
			}
			return
		case 5:
			say(`41`)
			say(`40`)
		}
	}
	say("1")
}
