package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/engineio"
	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/pkg/record"
)

// TestChurn: 300 clients join, upgrade, leave, stall, vanish and come back while
// three topics broadcast. No client misses anything or gets it twice, and when
// they have gone, nothing of them is left.
func TestChurn(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds: not with -short")
	}
	cfg := socketio.DefaultConfig()
	cfg.PingInterval, cfg.PingTimeout = time.Second, 4*time.Second // until who polls no more is missed
	batches := batch.DefaultConfig()
	batches.Window = 100 * time.Millisecond
	s := startStation(t, cfg, batches, "aircraft", "vessels", "balloons")
	ctx, cancel := context.WithCancel(t.Context())
	var talking sync.WaitGroup
	defer talking.Wait()
	defer cancel()
	for name := range s.writers {
		talking.Go(func() { s.talk(ctx, name) })
	}
	eventually.Holds(t, "every topic is full", func() bool {
		return s.hub.Len("aircraft") == keys && s.hub.Len("vessels") == keys && s.hub.Len("balloons") == keys
	})
	before := runtime.NumGoroutine() + 5 // the web server's, and what the runtime starts
	used := heap()

	silent, cut := s.visits(300)
	s.wantNobody(before)
	// A visit that stays costs some 15 KB, so this is what 270 of 900 take.
	if grown := heap() - used; grown > 4<<20 {
		t.Errorf("the last client has left, and %d KB more are in use", grown>>10)
	}
	stats := s.stats()
	if missed := int(stats.Closes[engineio.ReasonPingTimeout]); silent+cut > missed {
		t.Errorf("%d clients fell silent and %d were cut off, but only %d for their pings", silent, cut, missed)
	}
	if stats.Upgraded < 50 {
		t.Errorf("of 900 visits %d were upgraded, want some 250", stats.Upgraded)
	}
	t.Logf("%d fell silent, %d were cut off: %+v", silent, cut, stats)
}

// visits has clients come, three times each, and waits for them. It says how many
// fell silent while they polled, and how many the server has cut off, as it does
// with who answers no ping: on a busy machine a client may be that slow.
func (s *station) visits(clients int) (silent, cut int) {
	var all sync.WaitGroup
	var silents, cuts atomic.Int64
	for seed := range uint64(clients) {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(seed, 5))
			for range 3 {
				c := s.newClient()
				err := c.visit(rng)
				c.hangUp()
				switch broken := breach(""); {
				case errors.As(err, &broken):
					s.t.Errorf("client %d: %v", seed, err)
				case errors.Is(err, errSilent):
					silents.Add(1)
				case err != nil && !errors.Is(err, errVanish):
					s.t.Logf("client %d: %v", seed, err)
					cuts.Add(1)
				}
			}
		})
	}
	all.Wait()
	return int(silents.Load()), int(cuts.Load())
}

func (s *station) wantNobody(goroutines int) {
	s.t.Helper()
	s.http.CloseIdleConnections()
	s.web.CloseClientConnections()
	eventually.Works(s.t, "nothing of them is left", func() error {
		if now, sessions := runtime.NumGoroutine(), s.sessions(); now > goroutines || sessions > 0 {
			return fmt.Errorf("there are %d goroutines (%d allowed) and %d sessions", now, goroutines, sessions)
		}
		return nil
	})
}

// What each topic holds: some records, all with the same text.
const keys = 50

var text = `"` + strings.Repeat("x", 200) + `"`

// talk writes a change every few milliseconds until ctx ends.
func (s *station) talk(ctx context.Context, name string) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		s.publish(name, fmt.Sprint(i%keys), record.Fields{{Name: "text", Raw: text}})
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// How visits end without a word.
var (
	errVanish = errors.New("closes the WebSocket")
	errSilent = errors.New("polls no more")
)

// visit is one connection of a client's that does as it likes.
func (c *client) visit(rng *rand.Rand) error {
	begin := c.begin
	if rng.IntN(3) == 0 {
		begin = func() error { return c.climb(rng) }
	}
	if err := begin(); err != nil {
		return err
	}
	asked := false
	until := time.Now().Add(time.Duration(100+rng.IntN(400)) * time.Millisecond)
	for time.Now().Before(until) {
		if _, err := c.read(); err != nil {
			return err
		}
		var err error
		switch rng.IntN(60) {
		case 0:
			err = c.say(`42["unsubscribe",{"topics":["vessels"]}]`)
		case 1:
			err = c.say(`42["subscribe",{"topics":["aircraft","balloons"]}]`)
		case 2:
			if !asked { // five answers that wait fill the outbox
				err = c.say(`421["request",{"type":"list","request_id":1}]`)
			}
			asked = true
		case 3:
			err = errVanish
		case 4: // stalls: reads nothing until it leaves
			time.Sleep(time.Duration(rng.IntN(300)) * time.Millisecond)
			err = errVanish
		case 5:
			err = c.say(`41`, `40`, `42["subscribe",{"topics":["all"]}]`)
		case 6, 7, 8:
			err = c.hello()
		}
		if err != nil {
			return err
		}
	}
	return c.leave()
}

// begin enters over a WebSocket.
func (c *client) begin() error {
	if err := c.open(); err != nil {
		return err
	}
	return c.enter()
}

func (c *client) enter() error { return c.say(`40`, `42["subscribe",{"topics":["all"]}]`) }

// climb enters by polling, and upgrades.
func (c *client) climb(rng *rand.Rand) error {
	if err := c.openPolling(); err != nil {
		return err
	}
	if err := c.enter(); err != nil {
		return err
	}
	for range rng.IntN(5) {
		if err := c.hello(); err != nil {
			return err
		}
		if err := c.poll(); err != nil {
			return err
		}
	}
	if rng.IntN(10) == 0 {
		return errSilent
	}
	if err := c.probe(); err != nil {
		return err
	}
	if rng.IntN(10) == 0 {
		return errSilent
	}
	return c.upgrade()
}

// leave says good-bye when every hello has come back, and topics go on.
func (c *client) leave() error {
	if err := c.hello(); err != nil {
		return err
	}
	for at := c.at["aircraft"]; c.heard < c.said || c.at["aircraft"] == at; {
		if _, err := c.read(); err != nil {
			return fmt.Errorf("%d hellos of %d came back, aircraft are at %d after %d: %w", c.heard, c.said, c.at["aircraft"], at, err)
		}
	}
	return c.say("1")
}
