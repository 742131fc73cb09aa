package lines

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/record"
)

const (
	// maxLine is the size of a line, at most, with its end.
	maxLine = 64 << 10
	// A batch is given to the sink when it has so many lines or bytes, or else when
	// the last one is so long ago.
	batchLines = 500
	batchBytes = 1 << 20
	batchEvery = 50 * time.Millisecond
	// When for so long all lines, and not only a few, cannot be used, the source is
	// failing.
	garbageAfter = 5 * time.Second
	garbageLines = 10
)

// session is one connection, from its beginning to its end.
type session struct {
	// Static.
	*Source
	conn net.Conn
	sink feed.Sink

	// Owned by run.
	in       *bufio.Reader
	received time.Time // when the bytes that are read now came
	newest   time.Time // when the newest line came, or the connection
	put      time.Time // when the last batch was given to the sink
	batch    batch

	delivered bool // something of use came
	garbage   garbage
}

// garbage is what was refused since the newest line of use.
type garbage struct {
	lines  int
	since  time.Time
	sample string
}

// batch is what is not told yet.
type batch struct {
	updates []record.Update
	bytes   int
	lines   int
	good    bool // there is a line of use among them, or a sign of life
	bad     map[string]uint64
}

func newSession(s *Source, conn net.Conn, sink feed.Sink) *session {
	now := time.Now()
	c := &session{Source: s, conn: conn, sink: sink, received: now, newest: now}
	c.in = bufio.NewReaderSize(c, maxLine)
	c.batch.bad = map[string]uint64{}
	return c
}

// run reads to the end of the connection, and says why it ended.
func (c *session) run() error {
	defer func() { c.flush(time.Now()) }()
	for skipping := false; ; {
		line, err := c.in.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			if !skipping {
				c.refuse(line, TooLarge)
			}
			skipping = true
		case err != nil:
			if !skipping && len(bytes.TrimSpace(line)) > 0 {
				c.refuse(line, Truncated)
			}
			return c.ended(err)
		case skipping:
			skipping = false
			c.newest = c.received
		default:
			c.newest = c.received
			c.take(line)
		}
	}
}

// Read waits for bytes, on behalf of the buffer that run reads from: it is called
// when there is no whole line in it. Meanwhile it sees to it that what waits goes
// out in time.
func (c *session) Read(p []byte) (int, error) {
	for {
		now := time.Now()
		deadline := c.newest.Add(c.timeout)
		if c.batch.lines > 0 {
			due := c.put.Add(batchEvery)
			if !now.Before(due) {
				c.flush(now)
			} else if due.Before(deadline) {
				deadline = due
			}
		}
		if err := c.conn.SetReadDeadline(deadline); err != nil {
			return 0, err
		}
		n, err := c.conn.Read(p)
		c.received = time.Now()
		var timeout net.Error
		if n == 0 && errors.As(err, &timeout) && timeout.Timeout() && c.received.Before(c.newest.Add(c.timeout)) {
			continue
		}
		return n, err
	}
}

// take decodes a line. A blank one is a sign of life, unless it lies amid garbage.
func (c *session) take(line []byte) {
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		c.batch.good = c.batch.good || c.garbage.lines == 0
		c.count()
		return
	}
	u, reason := c.decode(string(line), c.received.UnixMilli())
	if reason != "" {
		c.refuse(line, reason)
		return
	}
	c.batch.good, c.garbage = true, garbage{}
	if u.Key != "" {
		c.batch.updates = append(c.batch.updates, u)
		c.batch.bytes += len(line)
	}
	c.count()
}

func (c *session) refuse(line []byte, reason string) {
	c.batch.bad[reason]++
	if c.garbage.lines == 0 {
		c.garbage.since, c.garbage.sample = c.received, fmt.Sprintf("%s: %.40q", reason, line)
	}
	c.garbage.lines++
	c.count()
}

// count counts a line that waits.
func (c *session) count() {
	c.batch.lines++
	if c.batch.lines >= batchLines || c.batch.bytes >= batchBytes {
		c.flush(time.Now())
	}
}

// flush tells what waits.
func (c *session) flush(now time.Time) {
	b := &c.batch
	var newest int64
	for i := range b.updates {
		newest = max(newest, b.updates[i].Observed)
	}
	c.health.Use(len(b.updates), newest, b.bad)
	if b.good {
		c.sink.Put(b.updates)
	}
	switch {
	case b.good:
		c.delivered = true
		c.health.Become(feed.Delivering, "")
	case len(b.bad) > 0 && c.garbage.lines >= garbageLines && now.Sub(c.garbage.since) >= garbageAfter:
		c.health.Become(feed.Failing, "what comes cannot be used, such as "+c.garbage.sample)
	}
	clear(b.updates)
	clear(b.bad)
	*b = batch{updates: b.updates[:0], bad: b.bad}
	c.put = now
}
