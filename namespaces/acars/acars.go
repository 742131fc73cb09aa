// Package acars is the namespace "/acars": the messages between aircraft and the
// ground, for clients that want nothing else. A client gets all of them from the
// start, until it names aircraft; then it gets the messages of those.
package acars

import (
	"encoding/json"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/wire"
)

// topicName is the hub's topic that the messages are in.
const topicName = "acars"

const permission = "acars.view"

// Config is what the namespace is built from.
type Config struct {
	Hub    *hub.Hub // serves the topic "acars"
	Auth   gateway.Auth
	Logger zerolog.Logger
}

// New gives the namespace.
func New(cfg Config) *gateway.Namespace {
	n := gateway.New("/acars", cfg.Hub, gateway.Requiring(permission, cfg.Auth), cfg.Logger, connect)
	n.Reword(reword)
	gateway.On(n, "subscribe", subscribe)
	gateway.On(n, "unsubscribe", unsubscribe)
	gateway.On(n, "ping", func(s *gateway.Session, _ json.RawMessage, ack gateway.Ack) error {
		return s.Reply("pong", wire.Pong{Timestamp: wire.Timestamp(time.Now())}, ack)
	})
	requests(n, cfg.Hub)
	return n
}

func connect(s *gateway.Session, _ json.RawMessage) error {
	s.State = &listener{automatic: true, all: true}
	_, err := s.Subscribe(hub.Subscribe{Topics: []string{topicName}})
	return err
}

// reword tells the hub's answers in the namespace's words; nobody is told what was
// joined by itself.
func reword(s *gateway.Session, m *wire.Message) *wire.Message {
	if m.Event != "subscribed" && m.Event != "unsubscribed" {
		return m
	}
	if l := stateOf(s); l.answer != nil {
		return l.answer(m)
	}
	return nil
}
