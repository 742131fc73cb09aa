package engineio

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// plug is more than the kernel's buffers hold of a connection.
var plug = big(32 << 20)

// jam has a client, which does not read, fall behind: the plug is partly written,
// and in no lane.
func jam(t *testing.T, p *peer) {
	t.Helper()
	if n := p.Send(Event, plug); n != 1 {
		t.Fatal("an idle connection does not take a large frame")
	}
}

// nextShort skips the plug.
func (c *wsClient) nextShort() string {
	for {
		if text := c.next(); len(text) < 32<<20 {
			return text
		}
	}
}

func TestSendIsOneWrite(t *testing.T) {
	f := start(t, nil, nil)
	c := f.openWebSocket()
	p := f.peer()
	before := f.Stats()
	if n := p.Send(Event, text4("a"), NewFrame([]byte("b"), true), text4("c")); n != 3 {
		t.Fatalf("accepted %d", n)
	}
	c.want("4a", "b:b", "4c")
	after := f.Stats()
	if writes, frames := after.Writes-before.Writes, after.FramesOut-before.FramesOut; writes != 1 || frames != 3 {
		t.Errorf("%d writes, %d frames", writes, frames)
	}
}

// A client that does not read stays within the bounds; when it reads again
// Drained comes, once.
func TestStalledClient(t *testing.T) {
	for name, lane := range map[string]Lane{"event": Event, "state": State} {
		t.Run(name, func(t *testing.T) {
			f := start(t, func(c *Config) { c.StreamFrames, c.WriteTimeout = 8, time.Minute }, nil)
			c := f.openWebSocket()
			p := f.peer()
			jam(t, p)
			accepted, refused := 0, 0
			for i := range 50 {
				if p.Send(lane, text4(fmt.Sprint(i))) == 1 {
					accepted++
				} else {
					refused++
				}
			}
			if accepted != 8 || refused != 42 {
				t.Errorf("accepted %d, refused %d", accepted, refused)
			}
			if n := f.Stats().Drops[map[Lane]string{Event: DropEvent, State: DropState}[lane]]; n != 42 {
				t.Errorf("counted %d drops", n)
			}
			if len(p.drained) != 0 {
				t.Error("drained while the client does not read")
			}
			for i := range accepted {
				if got := c.nextShort(); got != fmt.Sprint("4", i) {
					t.Fatalf("frame %d is %q", i, got)
				}
			}
			eventually.Get(t, "Drained", p.drained)
			if n := p.Send(lane, text4("again")); n != 1 {
				t.Error("refused after Drained")
			}
			c.want("4again")
			if len(p.drained) != 0 {
				t.Error("drained twice")
			}
		})
	}
}

// What waits of a topic is dropped with what finds no room: the client that gets
// the topic anew has no use for it. What waits of others stays.
func TestARefusalDropsWhatIsOlder(t *testing.T) {
	f := start(t, func(c *Config) { c.StreamFrames, c.WriteTimeout = 8, time.Minute }, nil)
	c := f.openWebSocket()
	p := f.peer()
	jam(t, p)
	for i := range 8 {
		topic := [...]string{"old", "other"}[i%2]
		if p.Send(State, text4(fmt.Sprint(topic, i)).WithTopic(topic)) != 1 {
			t.Fatalf("frame %d found no room", i)
		}
	}
	if p.Send(State, text4("new").WithTopic("old")) != 0 {
		t.Fatal("a ninth frame found room")
	}
	if n := f.Stats().Drops[DropState]; n != 5 {
		t.Errorf("counted %d drops", n)
	}
	for _, want := range []string{"4other1", "4other3", "4other5", "4other7"} {
		if got := c.nextShort(); got != want {
			t.Errorf("received %.40q, want %s", got, want)
		}
	}
	eventually.Get(t, "Drained", p.drained)
}

func TestHold(t *testing.T) {
	f := start(t, nil, nil)
	c := f.openWebSocket()
	p := f.peer()
	before := f.Stats().Writes
	p.Hold()
	p.Send(State, text4("a"))
	p.Send(Event, text4("b"), text4("c"))
	if n := f.Stats().Writes - before; n != 0 {
		t.Errorf("%d writes while it is held", n)
	}
	p.Release()
	c.want("4a", "4b", "4c")
	if n := f.Stats().Writes - before; n != 1 {
		t.Errorf("%d writes, want one", n)
	}
	p.Hold()
	p.Send(State, text4("d"))
	p.Send(Priority, text4("alert")) // does not wait
	c.want("4alert", "4d")
	p.Release()
	p.Release()
	p.Send(State, text4("e"))
	c.want("4e")
}

func TestTellDrained(t *testing.T) {
	f := start(t, func(c *Config) { c.WriteTimeout = time.Minute }, nil)
	c := f.openWebSocket()
	p := f.peer()
	p.TellDrained() // nothing waits
	eventually.Get(t, "Drained", p.drained)
	jam(t, p)
	p.TellDrained()
	if len(p.drained) != 0 {
		t.Error("drained while the client does not read")
	}
	c.next()
	eventually.Get(t, "Drained", p.drained)
}

// What waits for a client that does not read waits where it can be dropped.
func TestTheKernelHoldsLittle(t *testing.T) {
	f := start(t, func(c *Config) { c.WriteTimeout = time.Minute }, nil)
	f.openWebSocket()
	p := f.peer()
	for p.Writable() {
		p.Send(State, big(4<<10))
	}
	if n := f.Stats().BytesOut; n > 1<<20 { // 3.9 MB when it may take what it likes
		t.Errorf("the kernel took %d bytes for a client that reads nothing", n)
	}
}

// Once State was refused, all State is, however small, until Drained; Event
// still passes.
func TestGate(t *testing.T) {
	f := start(t, func(c *Config) { c.StreamBytes, c.WriteTimeout = 200<<10, time.Minute }, nil)
	c := f.openWebSocket()
	p := f.peer()
	jam(t, p)
	if n := p.Send(State, text4("small"), big(200<<10)); n != 0 {
		t.Fatalf("accepted %d: State is all or nothing", n)
	}
	if n := p.Send(State, text4("small")); n != 0 {
		t.Error("the gate is open")
	}
	if n := p.Send(Event, text4("event"), big(200<<10), text4("rest")); n != 1 {
		t.Errorf("accepted %d events, want the one that fits", n)
	}
	if got := c.nextShort(); got != "4event" {
		t.Errorf("received %.40q", got)
	}
	eventually.Get(t, "Drained", p.drained)
	// Larger than the lane, but it is empty.
	if n := p.Send(State, big(250<<10), text4("last")); n != 2 {
		t.Errorf("accepted %d after Drained", n)
	}
	if got := c.next(); len(got) != 250<<10+1 {
		t.Errorf("received %.40q", got)
	}
	c.want("4last")
}

func TestPriorityOvertakes(t *testing.T) {
	f := start(t, func(c *Config) { c.WriteTimeout = time.Minute }, nil)
	c := f.openWebSocket()
	p := f.peer()
	jam(t, p)
	p.Send(Event, text4("e1"))
	p.Send(State, text4("s1"))
	p.Send(Priority, text4("p1"), NewGroup(text4("p2"), NewFrame([]byte("attached"), true)))
	p.Send(Priority, text4("p3"))
	p.Send(Event, text4("e2"))
	var got []string
	for range 7 {
		got = append(got, c.nextShort())
	}
	if want := "4p1 4p2 b:attached 4p3 4e1 4s1 4e2"; strings.Join(got, " ") != want {
		t.Errorf("received %v, want %s", got, want)
	}
}

func TestPriorityFull(t *testing.T) {
	f := start(t, func(c *Config) { c.PriorityFrames, c.WriteTimeout = 4, time.Minute }, nil)
	f.openWebSocket()
	p := f.peer()
	jam(t, p)
	for i := range 5 {
		if n := p.Send(Priority, text4("p")); n != min(1, 4-i) {
			t.Errorf("frame %d: accepted %d", i, n)
		}
	}
	p.wantClosed(t, ReasonPriorityFull)
	if p.Send(Priority, text4("p"))+p.Send(Event, text4("e"))+p.Send(State, text4("s")) != 0 {
		t.Error("accepted after the end")
	}
}

// A client that pings and does not read fills its priority lane, no more.
func TestPingFlood(t *testing.T) {
	f := start(t, func(c *Config) { c.PriorityFrames, c.WriteTimeout = 4, time.Minute }, nil)
	c := f.openWebSocket()
	p := f.peer()
	jam(t, p)
	for range 6 {
		c.raw([]byte{0x89, 0x80, 0, 0, 0, 0})
	}
	p.wantClosed(t, ReasonPriorityFull)
}

func TestPurge(t *testing.T) {
	f := start(t, func(c *Config) { c.WriteTimeout = time.Minute }, nil)
	c := f.openWebSocket()
	p := f.peer()
	// What is partly written stays.
	p.Send(State, big(32<<20).WithTopic("a"))
	p.Send(State, text4("a1").WithTopic("a"), text4("b1").WithTopic("b"), text4("a2").WithTopic("a"))
	p.Send(Event, text4("a3").WithTopic("a"))
	p.Purge("a")
	if got := c.next(); len(got) != 32<<20+1 {
		t.Errorf("the frame that was begun has %d bytes", len(got))
	}
	c.want("4b1", "4a3")
	if n := f.Stats().Drops[DropPurged]; n != 2 {
		t.Errorf("counted %d", n)
	}
}

// More frames in one call than the lane holds: an idle client takes them all.
func TestManyFramesAtOnce(t *testing.T) {
	for name, lane := range map[string]Lane{"event": Event, "state": State, "priority": Priority} {
		t.Run(name, func(t *testing.T) {
			f := start(t, func(c *Config) { c.StreamFrames, c.PriorityFrames = 4, 4 }, nil)
			c := f.openWebSocket()
			p := f.peer()
			var frames []*Frame
			for i := range 200 {
				frames = append(frames, text4(fmt.Sprint(i)))
			}
			if n := p.Send(lane, frames...); n != len(frames) {
				t.Fatalf("accepted %d", n)
			}
			for i := range frames {
				c.want(fmt.Sprint("4", i))
			}
		})
	}
}

func TestWriteTimeout(t *testing.T) {
	f := start(t, func(c *Config) { c.WriteTimeout = 50 * time.Millisecond }, nil)
	f.openWebSocket()
	p := f.peer()
	jam(t, p)
	p.wantClosed(t, ReasonWriteTimeout)
}

// The deadline of writing what waited does not outlive it.
func TestWritableAfterStall(t *testing.T) {
	const timeout = 300 * time.Millisecond
	f := start(t, func(c *Config) { c.WriteTimeout = timeout }, nil)
	c := f.openWebSocket()
	p := f.peer()
	jam(t, p)
	p.Send(Event, text4("behind"))
	if got := c.nextShort(); got != "4behind" {
		t.Fatalf("received %.40q", got)
	}
	for end := time.Now().Add(2 * timeout); time.Now().Before(end); {
		p.Send(Event, text4("on"))
		c.want("4on")
	}
}

func TestDrainedInPolling(t *testing.T) {
	f := start(t, func(c *Config) { c.StreamFrames = 2 }, nil)
	client := f.openPolling()
	p := f.peer()
	if n := p.Send(Event, text4("1"), text4("2"), text4("3")); n != 2 {
		t.Fatalf("accepted %d", n)
	}
	if n := p.Send(State, text4("4")); n != 0 {
		t.Fatal("accepted State beyond the bound")
	}
	client.wantGet(200, "41\x1e42")
	eventually.Get(t, "Drained", p.drained)
	if n := p.Send(State, text4("5")); n != 1 {
		t.Error("the gate is shut after Drained")
	}
	client.wantGet(200, "45")
}

func TestQueue(t *testing.T) {
	var q queue
	next, want := 0, 0
	for round := range 1000 {
		for range round%7 + 1 {
			q.push(&Frame{payload: fmt.Append(nil, next), size: 1}, false)
			next++
		}
		for range min(q.len(), round%5+2) {
			if got := string(q.pop().payload); got != fmt.Sprint(want) {
				t.Fatalf("popped %s, want %d", got, want)
			}
			want++
		}
		if q.len() != next-want || q.bytes != q.len() {
			t.Fatalf("len %d, bytes %d, want %d", q.len(), q.bytes, next-want)
		}
	}
	if cap(q.entries) > 10*(q.len()+10) {
		t.Errorf("it keeps room for %d with %d in it", cap(q.entries), q.len())
	}
}
