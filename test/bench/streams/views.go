//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skygate-io/skygate/test/bench/beat"
	"github.com/skygate-io/skygate/test/bench/histogram"
	"github.com/skygate-io/skygate/test/bench/report"
	"github.com/skygate-io/skygate/test/bench/swarm"
	"github.com/skygate-io/skygate/test/bench/traffic"
)

const (
	// viewsHz is how often each aircraft changes, and each client is told: five
	// times a second, but a little less, so that each update finds the server's
	// window closed. (At five it waits for the end of one, or for none, for good.)
	viewsHz    = 4.9
	viewsCores = 1.0 // the bar
	overShared = 3.0 // and the other one: a view of one's own, of one that is shared
)

// The contenders.
const (
	ownViews   = "a view each"
	sharedView = "one view for all"
)

// viewsTurn is a server's with its feed alone, and then with clients: first what
// is fed is told to nobody, then to all. (The feed's own cost taken before there
// are clients differs by as much as it is to tell: with them there are fewer
// garbage collections, and the machine has less to wake up from.)
type viewsTurn struct {
	before, feed, with sample
}

// cores is what telling the clients takes; the feed has its own.
func (t *viewsTurn) cores() float64 { return t.with.cores() - t.feed.cores() }

// auth is what a client says of itself: what it wants to see, instead of what
// others get.
func auth(filter *traffic.Box, topics ...string) json.RawMessage {
	subscribe := map[string]any{"topics": topics, "legacy": false}
	if filter != nil {
		subscribe["filters"] = map[string]any{topics[0]: map[string]any{"bbox": filter}}
	}
	text, err := json.Marshal(map[string]any{"subscribe": subscribe})
	if err != nil {
		panic(err) // numbers and names
	}
	return text
}

// views are what clients say who see so many different parts of a fleet.
func views(aircraft, different int) (auths []json.RawMessage) {
	for _, box := range traffic.Views(aircraft, different) {
		auths = append(auths, auth(&box, "aircraft"))
	}
	return auths
}

// takeViews measures a server with clients that have so many views: in pairs of
// windows, as many as the plan says.
func (b *bench) takeViews(different int) (turns []viewsTurn, err error) {
	s, err := b.open(streamsName)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	unseen, puts := beat.Beat{Hz: viewsHz, Do: s.putUnseen}, beat.Beat{Hz: viewsHz, Do: s.put}
	if err := s.fleet(b.views.aircraft, "aircraft"); err != nil {
		return nil, err
	}
	if err := beat.Play(b.warmup, puts, unseen); err != nil {
		return nil, err
	}
	s.rest()
	before, err := s.measure("", b.views.window, unseen)
	if err != nil {
		return nil, err
	}
	if err := s.dial(swarm.Streams, b.views.clients, views(b.views.aircraft, different), b.warmup, puts); err != nil {
		return nil, err
	}
	for range b.views.pairs {
		t := viewsTurn{before: before}
		s.rest()
		if t.feed, err = s.measure("", b.views.window, unseen); err != nil {
			return nil, err
		}
		s.rest()
		if t.with, err = s.measure(swarm.Streams, b.views.window, puts); err != nil {
			return nil, err
		}
		turns = append(turns, t)
	}
	return turns, nil
}

// takeFloor measures the floor with messages of a size.
func (b *bench) takeFloor(clients, size int, hz float64, window time.Duration) (m sample, err error) {
	s, err := b.open(floorName)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	behind := beat.Beat{Hz: hz, Do: func() error { return s.behind(size) }}
	if err := s.dial(swarm.Raw, clients, nil, b.warmup, behind); err != nil {
		return m, err
	}
	return s.measure(swarm.Raw, window, beat.Beat{Hz: hz, Do: func() error { return s.broadcast(size) }, Count: true})
}

func (b *bench) measureViews() error {
	size := 4000 // of an update, until it is known
	taken := takeTurns(b, []string{ownViews, sharedView, floorName}, func(name string) (t []viewsTurn, samples []sample, err error) {
		switch name {
		case ownViews:
			t, err = b.takeViews(b.views.clients)
		case sharedView:
			t, err = b.takeViews(1)
		default:
			t = make([]viewsTurn, 1)
			t[0].with, err = b.takeFloor(b.views.clients, size, viewsHz, b.window)
		}
		for i := range t {
			samples = append(samples, t[i].with)
			if a := t[i].with.stream("aircraft"); name == sharedView && a.Received > 0 {
				size = a.Bytes / a.Received // the floor's messages are as large
			}
		}
		return t, samples, err
	})
	turns := map[string][]viewsTurn{}
	for name, list := range taken {
		turns[name] = slices.Concat(list...)
	}
	b.found.Tables = append(b.found.Tables, b.viewsTable(turns))
	if len(turns[ownViews]) == 0 || len(turns[sharedView]) == 0 {
		return errors.New("there is nothing to compare")
	}
	own, shared := mean(of(turns[ownViews], (*viewsTurn).cores)), mean(of(turns[sharedView], (*viewsTurn).cores))
	few := shortfall(min(b.rate(turns[ownViews]), b.rate(turns[sharedView])), viewsHz)
	b.found.Bar(own <= viewsCores && few == "", "%d clients with a view each of about %d of %d aircraft, 5 Hz: %.2f cores, the feed apart: up to %.2f%s",
		b.views.clients, traffic.InView, b.views.aircraft, own, viewsCores, few)
	b.found.Bar(own <= overShared*shared && few == "", "which is %.2f of what as many take who share one view: up to %.2f%s", own/shared, overShared, few)
	return nil
}

// rate is how often a client was told something.
func (b *bench) rate(turns []viewsTurn) float64 {
	return mean(of(turns, func(t *viewsTurn) float64 {
		return t.with.perSecond(float64(t.with.got("aircraft"))) / float64(b.views.clients)
	}))
}

func (b *bench) viewsTable(turns map[string][]viewsTurn) *report.Table {
	t := &report.Table{
		Title: fmt.Sprintf("Views: %d clients, %d aircraft that all change %g times a second", b.views.clients, b.views.aircraft, viewsHz),
		Head:  []string{"", "cores", "feed, before clients", "feed", "clients", "CPU/update", "updates/s·client", "bytes/update", "p50", "p99", "load"},
		Note:  "Means of all windows: a window has too few garbage collections for a median.",
	}
	for _, name := range []string{ownViews, sharedView, floorName} {
		list := turns[name]
		if len(list) == 0 {
			t.Row(name, "failed")
			continue
		}
		figure := func(f func(*viewsTurn) float64) float64 { return mean(of(list, f)) }
		cores, bytes := figure((*viewsTurn).cores), "as shared"
		if name != floorName {
			bytes = number(figure(func(t *viewsTurn) float64 { return t.with.bytesEach("aircraft") }))
		}
		rate := b.rate(list)
		h := merged(list, func(t *viewsTurn) *histogram.Histogram { return t.with.latency("aircraft") })
		t.Row(name,
			fraction(figure(func(t *viewsTurn) float64 { return t.with.cores() })),
			fraction(figure(func(t *viewsTurn) float64 { return t.before.cores() })),
			fraction(figure(func(t *viewsTurn) float64 { return t.feed.cores() })),
			fraction(cores), fmt.Sprintf("%.1f µs", cores*1e6/max(1, rate*float64(b.views.clients))), fmt.Sprintf("%.2f", rate),
			bytes,
			millis(h.Quantile(0.5)), millis(h.Quantile(0.99)), fraction(figure(func(t *viewsTurn) float64 { return t.with.loadCores() })))
	}
	return t
}
