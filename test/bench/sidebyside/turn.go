//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/skygate-io/skygate/test/bench/process"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

const (
	settling = 300 * time.Millisecond // from the last handshake to the look at the memory
	joining  = 20 * time.Second       // until every client has got something
)

// turn is one contender's with one crowd: a fresh server, fresh clients, and a
// window for each size.
type turn struct {
	contender contender
	crowd     crowd
	clock     *swarm.Clock
	server    *process.Process
	load      *process.Process
	next      int // the next message's number
}

// take measures a contender with a crowd: one sample for each size.
func (p *plan) take(c contender, crowd crowd, load string) (samples []sample, err error) {
	t := &turn{contender: c, crowd: crowd, next: swarm.Warmup + 1}
	if t.clock, err = swarm.NewClock(); err != nil {
		return nil, err
	}
	if t.server, err = process.Start(c.name, c.argv); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.server.Stop()) }()
	if t.load, err = process.Start("load", []string{load}); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.load.Stop()) }()
	rss, err := t.connect()
	if err != nil {
		return nil, err
	}
	if err := t.warm(p.warmup, p.sizes[len(p.sizes)-1]); err != nil {
		return nil, err
	}
	for _, size := range p.sizes {
		s, err := t.window(size, p.messages(crowd))
		if err != nil {
			return nil, err
		}
		s.rss = rss
		samples = append(samples, s)
	}
	return samples, nil
}

// connect connects the crowd, and gives the memory that each idle client took,
// in bytes.
func (t *turn) connect() (float64, error) {
	var hello struct{ Addr string }
	if err := t.server.Hear(&hello); err != nil {
		return 0, err
	}
	before, err := t.settledRSS()
	if err != nil {
		return 0, err
	}
	_, err = t.ask(swarm.Ask{Do: "dial", Addr: hello.Addr, Dialect: t.contender.dialect, Clients: t.crowd.clients})
	if err != nil {
		return 0, err
	}
	time.Sleep(settling)
	after, err := t.settledRSS()
	return float64(after-before) / float64(t.crowd.clients), err
}

func (t *turn) settledRSS() (int64, error) {
	if err := t.server.Ask([]byte("gc"), &struct{}{}); err != nil {
		return 0, err
	}
	return t.server.RSS()
}

// warm broadcasts until the time is over and every client has got something:
// a server may take a client in a moment after its handshake.
func (t *turn) warm(period time.Duration, size int) error {
	begun := time.Now()
	for {
		if err := t.broadcast(swarm.Warmup, 1, size); err != nil {
			return err
		}
		answer, err := t.ask(swarm.Ask{Do: "joined"})
		switch passed := time.Since(begun); {
		case err != nil:
			return err
		case answer.Joined == t.crowd.clients && passed >= period:
			return nil
		case passed > joining+period:
			return fmt.Errorf("%s: only %d of %d clients get what is broadcast", t.contender.name, answer.Joined, t.crowd.clients)
		}
	}
}

// window broadcasts messages, and takes the account of them.
func (t *turn) window(size, messages int) (s sample, err error) {
	w := swarm.Window{First: t.next, Messages: messages}
	t.next += messages
	if _, err := t.ask(swarm.Ask{Do: "begin", Window: w}); err != nil {
		return s, err
	}
	mallocs, err := t.mallocs()
	if err != nil {
		return s, err
	}
	before, err := t.used()
	if err != nil {
		return s, err
	}
	begun := time.Now()
	if err := t.broadcast(w.First, w.Messages, size); err != nil {
		return s, err
	}
	s.broadcasting = time.Since(begun)
	answer, err := t.ask(swarm.Ask{Do: "end"})
	if err != nil {
		return s, err
	}
	if answer.Report == nil {
		return s, errors.New("load: no report")
	}
	after, err := t.used()
	if err != nil {
		return s, err
	}
	s.cell = cell{t.crowd, size}
	s.report = *answer.Report
	s.serverCPU, s.loadCPU = after.server-before.server, after.load-before.load
	now, err := t.mallocs()
	s.mallocs = now - mallocs
	return s, err
}

// broadcast tells the server to send messages, at the crowd's rate; all of them
// have the number of the warm-up, or each one its own. It returns one period
// after the last. A message's time is the moment before the server is told.
func (t *turn) broadcast(first, messages, size int) error {
	period := time.Duration(float64(time.Second) / t.crowd.hz)
	begun := time.Now()
	for i := range messages {
		if err := t.server.Tell(swarm.Message(first+i, t.clock.Now(), size)); err != nil {
			return err
		}
		time.Sleep(time.Until(begun.Add(time.Duration(i+1) * period)))
	}
	return nil
}

type used struct{ server, load time.Duration }

func (t *turn) used() (u used, err error) {
	if u.server, err = t.server.CPU(); err != nil {
		return u, err
	}
	u.load, err = t.load.CPU()
	return u, err
}

func (t *turn) mallocs() (uint64, error) {
	var stats struct{ Mallocs uint64 }
	err := t.server.Ask([]byte("stats"), &stats)
	return stats.Mallocs, err
}

func (t *turn) ask(ask swarm.Ask) (answer swarm.Answer, err error) {
	line, err := json.Marshal(ask)
	if err != nil {
		return answer, err
	}
	if err := t.load.Ask(line, &answer); err != nil {
		return answer, err
	}
	if answer.Error != "" {
		return answer, fmt.Errorf("%s: %s: %s", t.contender.name, ask.Do, answer.Error)
	}
	return answer, nil
}
