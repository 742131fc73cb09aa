package chaos

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/rooms"
	"github.com/skygate-io/skygate/adapters/socketio/sockettest"
)

// TestLocalEmits: while Redis is frozen, what a server tells all clients reaches its
// own at once: also when it is more than may wait for Redis.
func TestLocalEmits(t *testing.T) {
	t.Parallel()
	frozen := redistest.Single(t)
	cfg := rooms.DefaultConfig()
	cfg.QueueMessages = 64
	client, err := redis.Open(frozen.Config())
	if err != nil {
		t.Fatal(err)
	}
	link, err := rooms.New(cfg, client, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- link.Run(ctx) }()
	server, handler, end := sockettest.NewServer(sockettest.Options{
		PingInterval: time.Minute, PingTimeout: time.Minute, ConnectTimeout: time.Minute, Backplane: link,
	})
	web := httptest.NewServer(handler)
	t.Cleanup(func() {
		end()
		web.Close()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = client.Close()
	})
	conn, early, _, err := ws.Dial(t.Context(), "ws"+strings.TrimPrefix(web.URL, "http")+"/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	in := struct {
		io.Reader
		io.Writer
	}{conn, conn}
	if early != nil { // what came along with the answer
		in.Reader = early
	}
	hear := func(want string) {
		t.Helper()
		if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		if got, err := wsutil.ReadServerText(in); err != nil || !strings.HasPrefix(string(got), want) {
			t.Fatalf("heard %q, %v; want %s", got, err, want)
		}
	}
	hear("0")
	if err := wsutil.WriteClientText(conn, []byte("40")); err != nil {
		t.Fatal(err)
	}
	hear("40")
	eventually(t, "it is linked", func() string {
		if h := link.Health(); !h.Subscribed {
			return fmt.Sprintf("%+v", h)
		}
		return ""
	})
	frozen.Freeze()
	defer frozen.Thaw()
	slowest := time.Duration(0)
	for i := range 500 {
		begin := time.Now()
		_ = server.Emit("n", i)
		hear(fmt.Sprintf(`42["n",%d]`, i))
		slowest = max(slowest, time.Since(begin))
	}
	if slowest > time.Second {
		t.Errorf("a client heard something only after %v", slowest)
	}
	if h := link.Health(); len(h.Dropped) == 0 {
		t.Errorf("nothing was dropped, although Redis is frozen: %+v", h)
	}
	t.Logf("the slowest of 500 emits took %v", slowest)
}
