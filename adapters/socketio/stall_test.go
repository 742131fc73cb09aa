package socketio_test

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidwall/gjson"
	"golang.org/x/sync/errgroup"

	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/engineio"
	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/pkg/record"
)

// TestOneStalledOfAThousand: a client that reads nothing costs the others no
// time and no message, and the server no more memory than an outbox may take.
// When it reads again it is told how things are, not all that has happened.
func TestOneStalledOfAThousand(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds: not with -short")
	}
	c := gather(t, 1000)
	for try := 1; ; try++ {
		before := c.broadcast(2*time.Second, c.members)
		during := c.stall(2 * time.Second)
		if during < 3*before+100*time.Millisecond {
			break
		}
		if try == 2 { // the machine's noise passes, what a stalled client does stays
			t.Fatalf("with a stalled client the news take %v, without %v", during, before)
		}
	}
	c.broadcast(0, c.members) // all goes on
	if closes := c.stats().Closes; len(closes) > 0 {
		t.Errorf("connections have ended: %v", closes)
	}
}

// crowd is clients that follow the topic "news". The first follows "cargo", too:
// large records, that fill its outbox soon when it stalls. 20 news of 1 KB a second
// would not, before it is given up.
type crowd struct {
	*station
	began   time.Time
	members []*member
	took    chan time.Duration // by each of the news, to each member

	drops uint64 // before somebody stalled
	taken int    // of the cargo, until something was dropped
}

// member is a client that reads what comes until it stalls.
type member struct {
	*client
	crowd   *crowd
	stalls  atomic.Bool // once the packet at hand is read
	reading sync.WaitGroup
}

func gather(t *testing.T, n int) *crowd {
	t.Helper()
	batches := batch.DefaultConfig()
	batches.Window = 0
	c := &crowd{
		station: startStation(t, socketio.DefaultConfig(), batches, "news", "cargo"),
		began:   time.Now(), took: make(chan time.Duration, n),
	}
	var joining errgroup.Group
	joining.SetLimit(50)
	for i := range n {
		m := &member{client: c.newClient(), crowd: c}
		c.members = append(c.members, m)
		topics := []string{"news"}
		if i == 0 {
			topics = append(topics, "cargo")
		}
		joining.Go(func() error { return m.join(topics) })
	}
	t.Cleanup(func() {
		for _, m := range c.members {
			m.end()
		}
	})
	if err := joining.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, m := range c.members {
		m.follow()
	}
	return c
}

// join enters, and reads until there was a snapshot of each topic.
func (m *member) join(topics []string) error {
	if err := m.open(); err != nil {
		return err
	}
	if err := m.say(`40`, `42["subscribe",{"topics":["`+strings.Join(topics, `","`)+`"]}]`); err != nil {
		return err
	}
	// Or the kernel would take up to 32 MB for one that has been reading fast.
	if err := m.line.Conn.(*net.TCPConn).SetReadBuffer(64 << 10); err != nil {
		return err
	}
	for len(m.at) < len(topics) {
		if _, err := m.read(); err != nil {
			return err
		}
	}
	return nil
}

// follow reads on until it is to stall, or the test ends. Each of the news must
// come, in its turn: a snapshot would say that some were lost.
func (m *member) follow() {
	m.stalls.Store(false)
	_ = m.line.SetDeadline(time.Now().Add(time.Minute))
	m.reading.Go(func() {
		for !m.stalls.Load() {
			got, err := m.read()
			switch {
			case m.stalls.Load():
			case err != nil:
				m.crowd.t.Errorf("a client that reads: %v", err)
				return
			case got.kind == "snapshot":
				m.crowd.t.Errorf("a client that reads has lost some of the %s", got.topic)
			case got.topic == "news":
				sent := gjson.GetBytes(got.payload, "1.added.0.sent").Int()
				m.crowd.took <- time.Since(m.crowd.began) - time.Duration(sent)
			}
		}
	})
}

// catchUp reads again, until the topics were told anew, and says how many bytes
// came by then.
func (m *member) catchUp() (old int) {
	t := m.crowd.t
	t.Helper()
	m.reading.Wait()
	_ = m.line.SetReadDeadline(time.Now().Add(patience))
	for fresh := 0; fresh < 2; {
		got, err := m.read()
		switch {
		case err != nil:
			t.Fatalf("the stalled client reads again: %v", err)
		case got.kind != "snapshot":
			old += len(got.payload)
			continue
		case m.at[got.topic] != m.crowd.newest(got.topic):
			t.Errorf("the stalled client is told anew of %s at %d, which is at %d", got.topic, m.at[got.topic], m.crowd.newest(got.topic))
		}
		fresh++
	}
	return old
}

// end closes the connection and waits for the reader.
func (m *member) end() {
	m.stalls.Store(true)
	m.hangUp()
	m.reading.Wait()
}

// stall broadcasts to the others while the first member reads nothing, and gives
// what broadcast does.
func (c *crowd) stall(while time.Duration) time.Duration {
	c.t.Helper()
	first := c.members[0]
	used := heap()
	c.taken, c.drops = 0, c.stats().Drops[engineio.DropState]
	first.stalls.Store(true)
	took := c.broadcast(while, c.members[1:])
	grown := heap() - used
	if c.stats().Drops[engineio.DropState] == c.drops {
		c.t.Fatal("a stalled client had room for everything")
	}
	kernel := int(c.stats().BytesOut) // has it: nobody else has something to read
	for _, m := range c.members {
		kernel -= int(m.line.got.Load())
	}
	most, waited := c.taken*parcel-kernel, first.catchUp()-kernel
	first.follow()
	c.t.Logf("%v for the others; for the stalled client waited %d KB, then %d, and %d are in use, besides %d in the kernel",
		took, most>>10, waited>>10, grown>>10, kernel>>10)

	bound := socketio.DefaultConfig().Engine().StateBytes
	if max(most, waited) > bound+2*parcel { // one is partly written
		c.t.Errorf("a stalled client's outbox is bound to %d KB, and %d waited, later %d", bound>>10, most>>10, waited>>10)
	}
	// A frame may be kept twice: as it was given, and as it goes over a WebSocket.
	if grown > 2*bound {
		c.t.Errorf("a stalled client's outbox is bound to %d KB, and it costs %d", bound>>10, grown>>10)
	}
	return took
}

// parcel is the size of a record of the cargo.
const parcel = 256 << 10

var (
	news  = `"` + strings.Repeat("x", 800) + `"`
	cargo = `"` + strings.Repeat("x", parcel) + `"`
)

// broadcast tells news of 1 KB for a while, at least ten times, 20 a second or as
// fast as all members get them, and of cargo in between. It gives how long the
// news took to 99 of 100 members: the median, as the machine may be busy with
// something else now and then.
func (c *crowd) broadcast(while time.Duration, to []*member) time.Duration {
	c.t.Helper()
	pace := time.NewTicker(50 * time.Millisecond)
	defer pace.Stop()
	lost := time.After(patience)
	var p99s []time.Duration
	took := make([]time.Duration, len(to))
	for end := time.Now().Add(while); len(p99s) < 10 || time.Now().Before(end); {
		<-pace.C
		for range 4 {
			c.ship()
		}
		sent := strconv.Itoa(int(time.Since(c.began)))
		c.publish("news", "today", record.Fields{{Name: "sent", Raw: sent}, {Name: "text", Raw: news}})
		for i := range took {
			select {
			case took[i] = <-c.took:
			case <-lost:
				c.t.Fatalf("%d of %d have got the news", i, len(to))
			}
		}
		slices.Sort(took)
		p99s = append(p99s, took[len(took)*99/100])
	}
	slices.Sort(p99s)
	return p99s[len(p99s)/2]
}

// ship changes the cargo, and waits until it was sent.
func (c *crowd) ship() {
	c.t.Helper()
	before := c.newest("cargo")
	c.publish("cargo", "ship", record.Fields{{Name: "text", Raw: cargo}})
	eventually.Holds(c.t, "the cargo is sent", func() bool { return c.newest("cargo") > before })
	if c.stats().Drops[engineio.DropState] == c.drops {
		c.taken++
	}
}
