package engineio

import (
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// Clients connect, upgrade, stall, vanish and come back while the server sends
// to all: in the end every connection was told of its end and nothing is left.
func TestChurn(t *testing.T) {
	const clients, rounds = 200, 4
	f := start(t, func(c *Config) {
		c.PingInterval, c.PingTimeout = 200*time.Millisecond, 500*time.Millisecond
		c.WriteTimeout, c.UpgradeTimeout = time.Second, 100*time.Millisecond
		c.StreamFrames, c.StreamBytes = 16, 64<<10
	}, echoBack)
	before := runtime.NumGoroutine()

	stop := make(chan struct{})
	var sender, all sync.WaitGroup
	sender.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			frame := big(rand.IntN(20_000)).WithTopic("t")
			f.Each(func(c *Conn) {
				c.Send(Lane(i%3), frame)
				if i%50 == 0 {
					c.Purge("t")
				}
			})
			time.Sleep(time.Millisecond)
		}
	})
	for i := range clients {
		all.Go(func() {
			for round := range rounds {
				f.live(i + round)
			}
		})
	}
	all.Wait()
	close(stop)
	sender.Wait()
	f.http.CloseIdleConnections()
	eventually.Holds(t, "all connections end", func() bool { return f.Conns() == 0 })
	eventually.Holds(t, "goroutines go back to the start", func() bool { return runtime.NumGoroutine() <= before })
	opened := int(f.Stats().Opened)
	if opened == 0 {
		t.Fatal("no connection was opened")
	}
	for range opened {
		p := f.peer()
		eventually.Get(t, "Closed", p.closed)
		p.mu.Lock()
		if len(p.closed) != 0 || p.after != 0 {
			t.Errorf("Closed %d times more, %d calls after it", len(p.closed), p.after)
		}
		p.mu.Unlock()
	}
	t.Logf("%d connections: %v", opened, f.Stats().Closes)
}

// live is one life of a client. Errors are part of it.
func (f *fixture) live(kind int) {
	if kind%5 == 0 { // polls a little and vanishes
		p := &poller{f, f.web.URL + "/?EIO=4&transport=polling"}
		if _, body := p.get(); len(body) > 28 {
			p.url += "&sid=" + body[8:28]
		}
		p.post("4hello\x1e3")
		p.get()
		p.get()
		return
	}
	query := ""
	if kind%5 == 1 { // upgrades
		p := &poller{f, f.web.URL + "/?EIO=4&transport=polling"}
		if _, body := p.get(); len(body) > 28 {
			query = "&sid=" + body[8:28]
		}
	}
	c, err := f.tryDial(query, ws.Dialer{})
	if err != nil {
		return
	}
	defer c.conn.Close()
	if query != "" {
		c.send("2probe")
		c.next()
		c.send("5")
	}
	c.send("4hello", "3")
	_ = c.conn.SetReadDeadline(time.Now().Add(time.Duration(rand.IntN(200)) * time.Millisecond))
	switch kind % 5 {
	case 2: // stalls
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
	case 3: // says good-bye
		c.frame(ws.NewCloseFrame(nil))
	case 4: // ends with the packet
		c.send("4again", "1")
	}
	_, _ = io.Copy(io.Discard, c.r)
}
