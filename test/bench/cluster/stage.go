//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/process"
	"github.com/skygate-io/skygate/test/bench/swarm"
	"github.com/skygate-io/skygate/test/bench/traffic"
)

// joining is how long it may take until every client has got what it begins with.
const joining = 30 * time.Second

// stage is a Redis, the writer, those that serve, and clients. It is used by one
// goroutine.
type stage struct {
	ctx      context.Context
	clock    *swarm.Clock
	load     string // the program
	store    *store
	writer   *process.Process
	gateways []*process.Process
	addrs    []string           // theirs
	loads    []*process.Process // the clients
	clients  []int              // of each load
}

// open starts all but clients; there are so many aircraft.
func (b *bench) open(gateways, aircraft int) (s *stage, err error) {
	s = &stage{ctx: b.ctx, load: b.programs[loadName]}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.clock, err = swarm.NewClock(); err != nil {
		return s, err
	}
	if s.store, err = openStore(b.ctx, b.programs[redisName]); err != nil {
		return s, err
	}
	if s.writer, _, err = b.start("writer", "-writes", s.store.addr); err != nil {
		return s, err
	}
	if err := tell(s.writer, true, map[string]any{"do": "fleet", "aircraft": aircraft, "topics": []string{"aircraft"}}); err != nil {
		return s, err
	}
	for i := range gateways {
		p, addr, err := b.start(fmt.Sprintf("process %d", i+1), "-writes=false", s.store.addr)
		if err != nil {
			return s, err
		}
		s.gateways, s.addrs = append(s.gateways, p), append(s.addrs, addr)
	}
	return s, nil
}

// start starts one of the cluster.
func (b *bench) start(name, role, store string) (p *process.Process, addr string, err error) {
	if p, err = process.Start(name, []string{b.programs[serverName], role, "-redis", store}); err != nil {
		return nil, "", err
	}
	var hello struct{ Addr string }
	if err := p.Hear(&hello); err != nil {
		return nil, "", errors.Join(err, p.Stop())
	}
	return p, hello.Addr, nil
}

// close ends all. The clients go first: a server is not to see them break off; and
// Redis last.
func (s *stage) close() error {
	var errs []error
	for _, p := range append(append(s.loads, s.gateways...), s.writer) {
		if p != nil {
			errs = append(errs, p.Stop())
		}
	}
	if s.store != nil {
		errs = append(errs, s.store.close())
	}
	return errors.Join(errs...)
}

// tell gives an order to a server; some have an answer.
func tell(p *process.Process, answers bool, order map[string]any) error {
	line, err := json.Marshal(order)
	if err != nil {
		return err
	}
	if answers {
		return p.Ask(line, &struct{}{})
	}
	return p.Tell(line)
}

// beats are what is told. The stamps are the moments of the orders.
func (s *stage) beats() []beat.Beat {
	put := func() error {
		return tell(s.writer, false, map[string]any{"do": "put", "t": swarm.Stamp(s.clock.Now())})
	}
	event := func() error {
		return tell(s.writer, false, map[string]any{"do": "tell", "topic": events, "t": swarm.Stamp(s.clock.Now()), "size": eventSize})
	}
	return []beat.Beat{{Hz: aircraftHz, Do: put}, {Hz: eventsHz, Do: event}}
}

// dial connects further clients, to some processes in turn, and plays until all of them
// have got something.
func (s *stage) dial(clients int, addrs ...string) error {
	load, err := process.Start("load", []string{s.load})
	if err != nil {
		return err
	}
	s.loads, s.clients = append(s.loads, load), append(s.clients, clients)
	dial := swarm.Ask{Do: "dial", Addr: strings.Join(addrs, ","), Dialect: swarm.Streams, Clients: clients, Auth: []json.RawMessage{auth()}}
	if _, err := ask(load, dial); err != nil {
		return err
	}
	for begun := time.Now(); ; {
		if err := beat.Play(time.Second/2, s.beats()...); err != nil {
			return err
		}
		answer, err := ask(load, swarm.Ask{Do: "joined"})
		switch {
		case err != nil:
			return err
		case answer.Joined == clients:
			return nil
		case time.Since(begun) > joining:
			return fmt.Errorf("only %d of %d clients get what they are to", answer.Joined, clients)
		}
	}
}

// auth is what a client says of itself: that it wants the events, and the aircraft in
// one view, the same for all.
func auth() json.RawMessage {
	text, err := json.Marshal(map[string]any{"subscribe": map[string]any{
		"topics": []string{"aircraft", events}, "legacy": false,
		"filters": map[string]any{"aircraft": map[string]any{"bbox": traffic.Views(aircraft, 1)[0]}},
	}})
	if err != nil {
		panic(err) // numbers and names
	}
	return text
}

// ask asks a load.
func ask(load *process.Process, ask swarm.Ask) (answer swarm.Answer, err error) {
	line, err := json.Marshal(ask)
	if err != nil {
		return answer, err
	}
	if err := load.Ask(line, &answer); err != nil {
		return answer, err
	}
	if answer.Error != "" {
		return answer, fmt.Errorf("%s: %s", ask.Do, answer.Error)
	}
	return answer, nil
}

// settle waits until nothing comes any more, and takes the clients' account, by load.
func (s *stage) settle() (accounts []swarm.Following, err error) {
	for _, load := range s.loads {
		answer, err := ask(load, swarm.Ask{Do: "settle"})
		if err == nil && answer.Following == nil {
			err = errors.New("load: no account")
		}
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, *answer.Following)
	}
	return accounts, nil
}

// begin has the clients count from here on.
func (s *stage) begin() error {
	for _, load := range s.loads {
		if _, err := ask(load, swarm.Ask{Do: "begin"}); err != nil {
			return err
		}
	}
	return nil
}
