package engineio

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// A client may ask more at once than its lane of replies holds: it is read no
// further until there is room.
func TestRepliesHaveRoom(t *testing.T) {
	const asked = 3000
	replies := func(p *peer, text string) {
		p.Send(Priority, text4(text), big(2000))
	}
	bounds := func(c *Config) { c.PriorityFrames, c.PriorityBytes, c.WriteTimeout = 16, 64<<10, time.Minute }
	t.Run("websocket", func(t *testing.T) {
		f := start(t, bounds, replies)
		c := f.openWebSocket()
		go func() {
			for i := range asked {
				c.send(fmt.Sprint("4", i))
			}
		}()
		for i := range asked {
			c.want(fmt.Sprint("4", i), "4"+strings.Repeat("x", 2000))
		}
	})
	t.Run("polling", func(t *testing.T) {
		f := start(t, bounds, replies)
		p := f.openPolling()
		packets := make([]string, asked)
		for i := range packets {
			packets[i] = fmt.Sprint("4", i)
		}
		posted := make(chan int, 1)
		go func() {
			status, _ := p.post(strings.Join(packets, "\x1e"))
			posted <- status
		}()
		next := 0
		for next < 2*asked {
			status, body := p.get()
			if status != 200 {
				t.Fatalf("after %d replies: %d %.100s", next, status, body)
			}
			for packet := range strings.SplitSeq(body, "\x1e") {
				if next%2 == 0 && packet != packets[next/2] {
					t.Fatalf("reply %d is %.50q", next, packet)
				}
				next++
			}
		}
		if status := eventually.Get(t, "the answer to the POST", posted); status != 200 {
			t.Errorf("the POST is answered %d", status)
		}
	})
	t.Run("the client goes", func(t *testing.T) {
		f := start(t, bounds, replies)
		c := f.openWebSocket()
		p := f.peer()
		for i := range 200 {
			c.send(fmt.Sprint("4", i))
		}
		c.conn.Close()
		eventually.Get(t, "Closed", p.closed)
	})
}

// What is urgent is handed back when it finds no room, and leaves room for replies.
func TestUrgentIsHandedBack(t *testing.T) {
	f := start(t, func(c *Config) { c.PriorityFrames, c.WriteTimeout = 20, time.Minute }, nil)
	c := f.openWebSocket()
	p := f.peer()
	jam(t, p)
	taken := 0
	for i := range 30 {
		taken += p.Send(Urgent, text4(fmt.Sprint(i)))
	}
	if taken != 10 {
		t.Errorf("%d urgent frames were taken, want half of the lane", taken)
	}
	if p.Send(Priority, text4("reply")) != 1 {
		t.Error("there is no room for a reply")
	}
	for i := range taken {
		if got := c.nextShort(); got != fmt.Sprint("4", i) {
			t.Fatalf("frame %d is %q", i, got)
		}
	}
	c.want("4reply")
	eventually.Get(t, "Drained", p.drained)
	if p.Send(Urgent, text4("again")) != 1 {
		t.Error("refused after Drained")
	}
	c.want("4again")
}
