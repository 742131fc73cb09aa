package backplane

import "sync"

// Collector waits for the answers to a question that was put to a number of
// processes: it hands them on, and tells when all are there. It has no clock: who
// made it calls [Collector.Expire].
//
// It is safe for concurrent use. It calls replies and done one at a time; they must
// not call it.
type Collector struct {
	confirms bool // each process tells a count, then that many values

	mu       sync.Mutex // guards all below; held while replies and done are called
	replies  Replies
	done     func(error)
	expected int // processes; -1 while that is not known
	answered int // of them
	counted  int // sockets that were asked
	values   int
}

var _ Replies = (*Collector)(nil)

// NewCollector gives one that does not know yet how many will answer.
func NewCollector(q Question, replies Replies, done func(error)) *Collector {
	_, confirms := q.(Confirm)
	return &Collector{confirms: confirms, replies: replies, done: done, expected: -1}
}

// Expect says how many processes were asked.
func (c *Collector) Expect(processes int) {
	c.step(func() { c.expected = processes })
}

// Count implements [Replies].
func (c *Collector) Count(n int) {
	c.step(func() {
		if c.confirms && n >= 0 {
			c.answered++
			c.counted += n
			c.replies.Count(n)
		}
	})
}

// Value implements [Replies].
func (c *Collector) Value(v Value) {
	c.step(func() {
		c.values++
		if !c.confirms {
			c.answered++
		}
		c.replies.Value(v)
	})
}

// Sockets implements [Replies].
func (c *Collector) Sockets(sockets []Socket) {
	c.step(func() {
		c.answered++
		c.replies.Sockets(sockets)
	})
}

// Rooms implements [Replies].
func (c *Collector) Rooms(rooms []string) {
	c.step(func() {
		c.answered++
		c.replies.Rooms(rooms)
	})
}

// step does something unless it is over, and ends when that was the last.
func (c *Collector) step(do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		return
	}
	do()
	if c.answered == c.expected && (!c.confirms || c.values >= c.counted) {
		c.endLocked(nil)
	}
}

// Expire ends the wait: time is over.
func (c *Collector) Expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	answered, expected := c.answered, max(0, c.expected)
	if c.confirms && answered == expected {
		answered, expected = c.values, c.counted
	}
	c.endLocked(&TimeoutError{Answered: answered, Expected: expected})
}

// Fail ends the wait with an error.
func (c *Collector) Fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.endLocked(err)
}

// Over says whether it has ended.
func (c *Collector) Over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done == nil
}

func (c *Collector) endLocked(err error) {
	if done := c.done; done != nil {
		c.done = nil
		done(err)
	}
}
