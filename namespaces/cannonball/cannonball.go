// Package cannonball is the namespace "/cannonball": a client says where it is, and
// is told which aircraft near there to watch out for, by what they are
// ([Identify]), how near they are ([Level]) and whether they come nearer ([Track]).
//
// Each session gets what is near its own position, from the live aircraft. It gets
// that when it asks ("threats"), and by itself when it changed ("threat_update"):
// [Cannonball.Run] looks once a second for all sessions. While there are any it follows
// the paths of what they watch out for, and says what those look like ([Path]).
package cannonball

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// topicName is the hub's topic that the aircraft are in.
const topicName = "aircraft"

const permission = "aircraft.view"

// lookEvery is how often it is looked for changes.
const lookEvery = time.Second

// Config is what the namespace is built from.
type Config struct {
	Hub    *hub.Hub // serves the topic "aircraft"
	Auth   gateway.Auth
	Logger zerolog.Logger
}

// Cannonball is the namespace, and who is in it. It is safe for concurrent use.
type Cannonball struct {
	// Static.
	hub       *hub.Hub
	logger    zerolog.Logger
	namespace *gateway.Namespace
	watch     *watch

	mu        sync.Mutex // guards observers
	observers map[*observer]struct{}
}

// New gives the namespace. Nothing changes for its sessions by itself unless Run runs.
func New(cfg Config) *Cannonball {
	c := &Cannonball{hub: cfg.Hub, logger: cfg.Logger, watch: newWatch(), observers: map[*observer]struct{}{}}
	n := gateway.New("/cannonball", cfg.Hub, gateway.Requiring(permission, cfg.Auth), cfg.Logger, c.connect)
	gateway.On(n, "position_update", positionUpdate)
	gateway.On(n, "set_radius", setRadius)
	gateway.On(n, "get_threats", getThreats)
	n.CountAsRequest("get_threats")
	requests(n)
	c.namespace = n
	return c
}

// Namespace is what clients connect to.
func (c *Cannonball) Namespace() *gateway.Namespace { return c.namespace }

// started is what a session begins with.
type started struct {
	SessionID string  `json:"session_id"`
	RadiusNM  float64 `json:"default_radius_nm"`
	Timestamp string  `json:"timestamp"`
}

func (c *Cannonball) connect(s *gateway.Session, _ json.RawMessage) error {
	o := newObserver(newID(), c.hub, s, c.watch)
	s.State = o
	c.mu.Lock()
	c.observers[o] = struct{}{}
	c.mu.Unlock()
	context.AfterFunc(s.Context(), func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.observers, o)
	})
	return s.Reply("session_started", started{o.id, defaultRadius, wire.Timestamp(time.Now())}, nil)
}

// Run tells the sessions what changed for them, until ctx ends.
func (c *Cannonball) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var looked topic.Position
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		at := c.hub.Position(topicName)
		changed := at != looked
		looked = at
		now := time.Now()
		observers := c.all()
		if len(observers) > 0 && c.watch.due(now) {
			records, _, err := c.hub.Records(topicName)
			if err != nil {
				return err
			}
			c.watch.look(records, now)
		}
		for _, o := range observers {
			if err := o.look(changed, now); err != nil {
				c.logger.Error().Err(err).Str("session", o.id).Msg("what is near could not be told")
			}
		}
	}
}

func (c *Cannonball) all() []*observer {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]*observer, 0, len(c.observers))
	for o := range c.observers {
		out = append(out, o)
	}
	return out
}

// newID is a UUID of chance (version 4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
