package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/engineio"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/test/bench/traffic"
)

// order is a line of input. What has an answer is answered by a line.
//
//	{"do":"fleet","aircraft":100,"topics":["aircraft"]}   make aircraft, for these topics of state → {}
//	{"do":"put","t":"\"0000005848809463105\""}            move them all, and give them to the feeds, with a stamp (JSON);
//	                                                      with topics, to the feeds of those
//	{"do":"move"}                                         move them, and give them to nobody: what that takes is not the feed's
//	{"do":"watch","monitors":["safety","rules","stats"]}  have these monitors watch the aircraft, and no others
//	{"do":"tell","topic":"alerts","t":…,"size":300}       publish an event of about so many bytes, with a stamp
//	{"do":"emit","n":3,"t":…}                             tell all clients of all processes an event of no topic, the third;
//	                                                      with 0 where a client is before the first
//	{"do":"counts"}                                       → counts
type order struct {
	Do       string   `json:"do"`
	Aircraft int      `json:"aircraft"`
	Topics   []string `json:"topics"`
	T        string   `json:"t"`
	Topic    string   `json:"topic"`
	Size     int      `json:"size"`
	Monitors []string `json:"monitors"`
	N        int      `json:"n"`
}

// counts are since the start.
type counts struct {
	Writes uint64            `json:"writes"`
	Frames uint64            `json:"frames"`
	Bytes  uint64            `json:"bytes"`
	Drops  uint64            `json:"drops"` // frames that found no room
	Seqs   map[string]uint64 `json:"seqs"`  // by topic: how many changes it had
}

// board is what obeys orders, one after the other.
type board struct {
	ctx   context.Context
	log   feedlog.Log
	hub   *hub.Hub
	feeds map[string]*feed.Feed
	stats func() engineio.Stats
	out   io.Writer

	broadcast func(event string, payload any)

	monitors map[string]*switched

	fleet  *traffic.Fleet
	into   []*feed.Feed // where the fleet goes
	events int
	err    error // the first thing that went wrong
}

// begin begins a topic, and for one of state its feed.
func (b *board) begin(p topic.Policy, logger zerolog.Logger) error {
	if p.Kind == topic.Event {
		_, err := b.log.Publish(b.ctx, p.Name, nil)
		return err
	}
	f := feed.New(p, b.log, logger)
	if err := f.Begin(b.ctx); err != nil {
		return err
	}
	if p.Name == root.Aircraft().Name {
		if err := b.addMonitors(f, logger); err != nil {
			return err
		}
	}
	go func() { _ = f.Run(b.ctx) }() // ends with the process
	b.feeds[p.Name] = f
	return nil
}

// obey obeys a line. One that cannot be obeyed is told of, and the process ends
// with an error.
func (b *board) obey(line []byte) {
	var o order
	err := json.Unmarshal(line, &o)
	if err == nil {
		err = b.do(&o)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "streams: %s: %v\n", line, err)
		b.err = errors.Join(b.err, err)
	}
}

func (b *board) do(o *order) error {
	switch {
	case o.Do == "fleet":
		return b.gather(o)
	case o.Do == "tell":
		return b.tell(o)
	case o.Do == "watch":
		return b.watch(o.Monitors)
	case o.Do == "emit":
		b.emit(o)
		return nil
	case o.Do == "counts":
		return json.NewEncoder(b.out).Encode(b.counts())
	case b.fleet == nil:
		return errors.New("there is no fleet")
	case o.Do == "put":
		return b.put(o)
	case o.Do == "move":
		b.fleet.Updates(o.T, time.Now())
		b.fleet.Step(time.Now())
		return nil
	}
	return errors.New("there is no such order")
}

// put gives the feeds what the fleet is like.
func (b *board) put(o *order) (err error) {
	into := b.into
	if len(o.Topics) > 0 {
		if into, err = b.named(o.Topics); err != nil {
			return err
		}
	}
	updates := b.fleet.Updates(o.T, time.Now())
	for _, f := range into {
		f.Put(updates)
	}
	b.fleet.Step(time.Now()) // for the next: that takes it no time
	return nil
}

func (b *board) named(topics []string) (feeds []*feed.Feed, err error) {
	for _, name := range topics {
		f := b.feeds[name]
		if f == nil {
			return nil, fmt.Errorf("no topic of state is called %q", name)
		}
		feeds = append(feeds, f)
	}
	return feeds, nil
}

// gather makes the aircraft.
func (b *board) gather(o *order) (err error) {
	if b.into, err = b.named(o.Topics); err != nil {
		return err
	}
	if b.fleet, err = traffic.New(o.Aircraft, time.Now()); err != nil {
		return err
	}
	fmt.Fprintln(b.out, "{}")
	return nil
}

// tell publishes an event.
func (b *board) tell(o *order) error {
	b.events++
	e := &record.Event{Name: "acars:message", Record: record.Record{
		Key: strconv.Itoa(b.events),
		Fields: record.Fields{
			{Name: traffic.StampField, Raw: o.T},
			{Name: "text", Raw: record.String(strings.Repeat("x", max(0, o.Size-150)))}, // what is around it takes as much
		},
	}}
	if o.Topic == alertsName {
		e.Name = "alert:triggered"
	}
	_, err := b.log.Publish(b.ctx, o.Topic, &record.Change{Event: e})
	return err
}

func (b *board) counts() counts {
	s := b.stats()
	c := counts{
		Writes: s.Writes, Frames: s.FramesOut, Bytes: s.BytesOut,
		Drops: s.Drops[engineio.DropState] + s.Drops[engineio.DropEvent], Seqs: map[string]uint64{},
	}
	for _, name := range b.hub.Topics() {
		if _, at, err := b.hub.Records(name); err == nil {
			c.Seqs[name] = at.Seq
		}
	}
	return c
}
