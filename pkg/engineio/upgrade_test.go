package engineio

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"github.com/skygate-io/skygate/pkg/eventually"
)

func TestUpgrade(t *testing.T) {
	f := start(t, nil, echoBack)
	p := f.openPolling()
	peer := f.peer()
	waiting := p.getLater(peer)
	c := f.dial("&sid=" + p.sid())
	c.frame(ws.NewPingFrame([]byte("hi")))
	c.want("pong:hi")
	c.send("2probe")
	c.want("3probe")
	if got := eventually.Get(t, "the poll's answer", waiting); got != "200 6" {
		t.Errorf("the poll that waited: %s", got)
	}
	p.wantGet(200, "6")                // polls leave
	p.wantPost("4posted", 200, "ok")   // but the transport is still polling
	p.wantGet(200, "4posted")          // in both directions
	peer.Send(Event, text4("waiting")) // goes over the new transport
	c.send("5")
	c.want("4waiting")
	c.send("4hello")
	c.want("4hello")
	if peer.Transport() != "websocket" || f.Stats().Upgraded != 1 {
		t.Errorf("transport %s, stats %+v", peer.Transport(), f.Stats())
	}
	p.wantGet(400, badRequest())
	p.wantPost("4late", 400, badRequest())
	second := f.dial("&sid=" + p.sid())
	second.want("close:1000", "EOF")
	c.send("4still here")
	c.want("4still here")
}

// A probe that fails leaves the session where it was.
func TestProbeFails(t *testing.T) {
	for name, c := range map[string]struct {
		send []string
		want []string
	}{
		"no probe":          {[]string{"4hello"}, []string{"close:1000", "EOF"}},
		"upgrade at once":   {[]string{"5"}, []string{"close:1000", "EOF"}},
		"message for 5":     {[]string{"2probe", "4hello"}, []string{"3probe", "close:1000", "EOF"}},
		"silence":           {nil, []string{"close:1000", "EOF"}},
		"silence after one": {[]string{"2probe"}, []string{"3probe", "close:1000", "EOF"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, func(cfg *Config) {
				if strings.HasPrefix(name, "silence") {
					cfg.UpgradeTimeout = 100 * time.Millisecond
				}
			}, echoBack)
			p := f.openPolling()
			client := f.dial("&sid=" + p.sid())
			client.send(c.send...)
			client.want(c.want...)
			p.wantPost("4on", 200, "ok")
			p.wantGet(200, "4on")
			// And a second try may succeed.
			eventually.Holds(t, "room for a second try", func() bool {
				again := f.dial("&sid=" + p.sid())
				again.send("2probe")
				return again.next() == "3probe"
			})
		})
	}
}

func TestSecondProbe(t *testing.T) {
	f := start(t, nil, echoBack)
	p := f.openPolling()
	first := f.dial("&sid=" + p.sid())
	first.send("2probe")
	first.want("3probe")
	f.dial("&sid="+p.sid()).want("close:1000", "EOF")
	first.send("5", "4on")
	first.want("4on")
}

// The session may end while a WebSocket is being probed.
func TestEndDuringProbe(t *testing.T) {
	f := start(t, nil, nil)
	p := f.openPolling()
	c := f.dial("&sid=" + p.sid())
	c.send("2probe")
	c.want("3probe")
	f.peer().Discard("gone")
	c.want("EOF")
}

// A group that polling had begun is finished over the WebSocket.
func TestUpgradeWithinGroup(t *testing.T) {
	f := start(t, func(c *Config) { c.PollingPackets = 2 }, nil)
	p := f.openPolling()
	peer := f.peer()
	peer.Send(Event, NewGroup(text4("1"), NewFrame([]byte("2"), true), text4("3"), NewFrame([]byte("4"), true)))
	peer.Send(Priority, text4("5"))
	p.wantGet(200, "45\x1e41")
	c := f.dial("&sid=" + p.sid())
	c.send("2probe")
	c.want("3probe")
	c.send("5")
	c.want("b:2", "43", "b:4")
}

// Both sides send numbered messages all the while: none is lost, none overtakes.
func TestUpgradeUnderTraffic(t *testing.T) {
	const n = 10_000
	f := start(t, func(c *Config) { c.StreamFrames = 2 * n }, nil)
	p := f.openPolling()
	peer := f.peer()

	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { // the server sends
		for i := range n {
			for peer.Send(Event, text4(strconv.Itoa(i))) == 0 {
				t.Error("refused")
				return
			}
			if i%100 == 0 {
				time.Sleep(time.Millisecond) // spread over the upgrade
			}
		}
	})

	received := 0
	take := func(packet string) {
		if packet == "6" || packet == "2" {
			return
		}
		if packet != "4"+strconv.Itoa(received) {
			t.Fatalf("received %q, want 4%d", packet, received)
		}
		received++
	}
	sent := 0
	post := func() {
		var packets []string
		for range 100 {
			packets = append(packets, "4"+strconv.Itoa(sent))
			sent++
		}
		p.wantPost(strings.Join(packets, "\x1e"), 200, "ok")
	}
	poll := func() {
		status, body := p.get()
		if status != 200 {
			t.Fatal(status, body)
		}
		for packet := range strings.SplitSeq(body, "\x1e") {
			take(packet)
		}
	}
	for range 10 {
		post()
		poll()
	}
	// As engine.io-client does: probe while polling goes on, pause, upgrade.
	c := f.dial("&sid=" + p.sid())
	c.send("2probe")
	post()
	poll()
	c.want("3probe")
	poll()
	c.send("5")
	all.Go(func() {
		for ; sent < n; sent++ {
			c.send("4" + strconv.Itoa(sent))
		}
	})
	for received < n {
		take(c.next())
	}
	for i := range n {
		peer.wantMessage(t, fmt.Sprint(i))
	}
}
