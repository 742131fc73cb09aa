//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/process"
	"github.com/skygate-io/skygate/test/bench/swarm"
)

const (
	joining  = 30 * time.Second       // until every client has got what it begins with
	settling = 500 * time.Millisecond // after the last order: longer than a window
)

// stage is a server and its clients, each in a process of its own. It is used by
// one goroutine.
type stage struct {
	name   string
	clock  *swarm.Clock
	addr   string
	server *process.Process
	load   *process.Process
	next   int // the next message's number; the floor's
}

// open starts a server and a load generator.
func (b *bench) open(name string, args ...string) (s *stage, err error) {
	s = &stage{name: name, next: swarm.Warmup + 1}
	if s.clock, err = swarm.NewClock(); err != nil {
		return nil, err
	}
	if s.server, err = process.Start(name, append([]string{b.programs[name]}, args...)); err != nil {
		return nil, err
	}
	if s.load, err = process.Start("load", []string{b.programs[loadName]}); err != nil {
		return nil, errors.Join(err, s.server.Stop())
	}
	var hello struct{ Addr string }
	if err := s.server.Hear(&hello); err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.addr = hello.Addr
	return s, nil
}

// close ends both. The clients go first: the server is not to see them break off.
func (s *stage) close() error { return errors.Join(s.load.Stop(), s.server.Stop()) }

// fleet has the server make aircraft, for topics of state.
func (s *stage) fleet(aircraft int, topics ...string) error {
	line, err := json.Marshal(map[string]any{"do": "fleet", "aircraft": aircraft, "topics": topics})
	if err != nil {
		return err
	}
	return s.server.Ask(line, &struct{}{})
}

// Orders to the streams server. The stamp is the moment of the order.

// put moves the fleet.
func (s *stage) put() error {
	return s.order(map[string]any{"do": "put", "t": swarm.Stamp(s.clock.Now())})
}

// putUnseen moves the fleet, and gives it to a topic that nobody watches: what that
// takes is what the feed takes, and its log and its replica.
func (s *stage) putUnseen() error {
	return s.order(map[string]any{"do": "put", "t": swarm.Stamp(s.clock.Now()), "topics": []string{"vessels"}})
}

// move moves the fleet, and tells nobody.
func (s *stage) move() error {
	return s.order(map[string]any{"do": "move", "t": swarm.Stamp(s.clock.Now())})
}

// event publishes one of a size.
func (s *stage) event(topic string, size int) error {
	return s.order(map[string]any{"do": "tell", "topic": topic, "t": swarm.Stamp(s.clock.Now()), "size": size})
}

func (s *stage) order(order map[string]any) error {
	line, err := json.Marshal(order)
	if err != nil {
		return err
	}
	return s.server.Tell(line)
}

// broadcast has the floor send a message that is counted; behind, one that is not.
func (s *stage) broadcast(size int) error {
	s.next++
	return s.server.Tell(swarm.Message(s.next-1, s.clock.Now(), size))
}

func (s *stage) behind(size int) error {
	return s.server.Tell(swarm.Message(swarm.Warmup, s.clock.Now(), size))
}

// dial connects clients, and plays until all of them have got something and the
// time for that is over.
func (s *stage) dial(d swarm.Dialect, clients int, auth []json.RawMessage, warmup time.Duration, beats ...beat.Beat) error {
	if _, err := s.ask(swarm.Ask{Do: "dial", Addr: s.addr, Dialect: d, Clients: clients, Auth: auth}); err != nil {
		return err
	}
	for begun := time.Now(); ; {
		if err := beat.Play(warmup/2, beats...); err != nil {
			return err
		}
		answer, err := s.ask(swarm.Ask{Do: "joined"})
		switch passed := time.Since(begun); {
		case err != nil:
			return err
		case answer.Joined == clients && passed >= warmup:
			return nil
		case passed > joining+warmup:
			return fmt.Errorf("%s: only %d of %d clients get what they are to", s.name, answer.Joined, clients)
		}
	}
}

func (s *stage) ask(ask swarm.Ask) (answer swarm.Answer, err error) {
	line, err := json.Marshal(ask)
	if err != nil {
		return answer, err
	}
	if err := s.load.Ask(line, &answer); err != nil {
		return answer, err
	}
	if answer.Error != "" {
		return answer, fmt.Errorf("%s: %s: %s", s.name, ask.Do, answer.Error)
	}
	return answer, nil
}
