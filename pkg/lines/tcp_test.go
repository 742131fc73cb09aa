package lines

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/lines/linestest"
	"github.com/skygate-io/skygate/pkg/record"
)

func follow(t *testing.T, d *linestest.Decoder) *feedtest.Fixture {
	t.Helper()
	return feedtest.Run(t, func(log zerolog.Logger) (*Source, error) {
		return New(Config{Name: "test", Connect: d.Address(), Timeout: time.Second}, 1, decode, log)
	})
}

func TestLines(t *testing.T) {
	d := linestest.Listen(t)
	f := follow(t, d)
	if s := f.Status(); s.State != feed.Starting || !s.Newest.IsZero() {
		t.Errorf("status %+v at the start", s)
	}
	before := time.Now()
	d.Accept().Send("A1\nA2\r\n\r\n-\n  A3 \r\n?\nA4\n")
	f.WantKeys("A1 A2 A3 A4")
	f.WantState(feed.Delivering)
	if s := f.Status(); s.Records != 4 || len(s.Bad) != 1 || s.Bad["malformed"] != 1 || s.Newest.Before(before.Truncate(time.Millisecond)) {
		t.Errorf("status %+v", s)
	}
}

// TestRestart: a decoder ends in the middle of a line, is away for a while, and
// comes back.
func TestRestart(t *testing.T) {
	d := linestest.Listen(t)
	f := follow(t, d)
	conn := d.Accept()
	conn.Send("A1\nA2")
	f.WantKeys("A1")
	d.Stop()
	_ = conn.Close()
	f.WantBad(Unreachable, 1)
	if s := f.Status(); s.State != feed.Failing || s.Bad[Disconnected] != 1 || s.Bad[Truncated] != 1 {
		t.Errorf("status %+v", s)
	}
	conn = d.Again().Accept()
	conn.Send("A3\n")
	f.WantKeys("A1 A3")
	f.WantState(feed.Delivering)
	if got := f.Logs.States(); got != "delivering failing delivering" {
		t.Errorf("logged %q, want one line per change of state", got)
	}
}

// TestReset: a decoder that is killed.
func TestReset(t *testing.T) {
	d := linestest.Listen(t)
	f := follow(t, d)
	conn := d.Accept()
	conn.Send("A1\n")
	f.WantKeys("A1")
	_ = conn.Conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
	f.WantBad(Disconnected, 1)
	d.Accept().Send("A2\n")
	f.WantKeys("A1 A2")
}

// TestDead: a decoder that is gone without a word.
func TestDead(t *testing.T) {
	d := linestest.Listen(t)
	f := follow(t, d)
	d.Accept().Send("A1\n")
	f.WantBad(Timeout, 1)
	if s := f.Status(); s.State != feed.Stale || !strings.Contains(s.Err, "no line came for 1s") {
		t.Errorf("status %+v", s)
	}
	d.Accept().Send("A2\n")
	f.WantKeys("A1 A2")
}

func TestLongLines(t *testing.T) {
	d := linestest.Listen(t)
	f := follow(t, d)
	conn := d.Accept()
	fits := "A" + strings.Repeat("1", maxLine-2)
	conn.Send(fits + "\nA" + fits + "\nA2\n")
	f.WantKeys(fits + " A2")
	conn.Send(strings.Repeat("A", 10<<20) + "\nA3\n" + strings.Repeat("A", 2*maxLine))
	_ = conn.Close()
	f.WantBad(Disconnected, 1)
	f.WantKeys(fits + " A2 A3")
	if s := f.Status(); s.Bad[TooLarge] != 3 || s.Bad[Truncated] != 0 {
		t.Errorf("bad %v", s.Bad)
	}
}

// TestTenMegabytes of garbage, between two lines of use.
func TestTenMegabytes(t *testing.T) {
	d := linestest.Listen(t)
	f := follow(t, d)
	conn := d.Accept()
	conn.Send("A1\n")
	f.WantKeys("A1")
	garbage := strings.Repeat("\x1a\x32\x00\xff[[[{\"\r\n\n,,,;\x00\n", 10<<20/17)
	conn.Send(garbage)
	conn.Send("A2\n")
	f.WantKeys("A1 A2")
	if s := f.Status(); s.Bad["malformed"] != 2*10<<20/17 {
		t.Errorf("bad %v", s.Bad)
	}
}

// TestFlood: more than the sink can take is not kept: the sender waits.
func TestFlood(t *testing.T) {
	const lines = 50_000
	d := linestest.Listen(t)
	f := follow(t, d)
	conn := d.Accept()
	var text strings.Builder
	for i := range lines {
		fmt.Fprintf(&text, "A%d\n", i)
	}
	conn.Send(text.String())
	f.Want("all lines", func() bool { return f.Status().Records == lines })
	for i, u := range f.Sink.Updates() {
		if u.Key != fmt.Sprintf("A%d", i) {
			t.Fatalf("update %d is %s", i, u.Key)
		}
	}
	if puts := f.Sink.Puts(); slices.Max(puts) > batchLines {
		t.Errorf("%d updates at a time", slices.Max(puts))
	}
}

// TestSlowSink: while the sink takes its time nothing is read.
func TestSlowSink(t *testing.T) {
	d := linestest.Listen(t)
	release := make(chan struct{})
	f := feedtest.Run(t, func(log zerolog.Logger) (feed.Source, error) {
		s, err := New(Config{Connect: d.Address(), Timeout: time.Minute}, 1, decode, log)
		return slow{s, release}, err
	})
	conn := d.Accept()
	flood := bytes.Repeat([]byte("A"+strings.Repeat("1", 1022)+"\n"), 32<<10)
	_ = conn.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
	if sent, err := conn.Write(flood); err == nil || sent == 0 {
		t.Errorf("%d of %d MB were taken while the sink took none", sent>>20, len(flood)>>20)
	}
	close(release)
	f.Want("what waited", func() bool { return f.Status().Records > 0 })
}

// slow is a source whose sink takes nothing until it is released.
type slow struct {
	*Source
	release chan struct{}
}

func (s slow) Run(ctx context.Context, sink feed.Sink) error {
	return s.Source.Run(ctx, slowSink{sink, s.release})
}

type slowSink struct {
	feed.Sink
	release chan struct{}
}

func (s slowSink) Put(updates []record.Update) {
	<-s.release
	s.Sink.Put(updates)
}
