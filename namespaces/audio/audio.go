// Package audio is the namespace "/audio": recordings of the radio, and what was
// said in them. They come from outside, as events of the topic "audio":
// audio:transmission, and audio:transcription_started, _completed and _failed. A
// client gets all of them from the start, until it says which it wants.
//
// What a client asks for is answered from the events that are remembered; all
// those of a transmission make one item ([item]).
package audio

import (
	"encoding/json"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

const permission = "audio.view"

// The hub's topics: of all events, and of some.
const (
	topicAll            = "audio"
	topicTransmissions  = "audio_transmissions"
	topicTranscriptions = "audio_transcriptions"
)

// The events of the topic.
const (
	eventTransmission = "audio:transmission"
	eventStarted      = "audio:transcription_started"
	eventCompleted    = "audio:transcription_completed"
	eventFailed       = "audio:transcription_failed"
)

// Topics are the policies of the topics that the namespace needs. The second and
// the third show some of the events of the first. A scanner hears some hundred
// transmissions an hour.
func Topics() []topic.Policy {
	all := topic.Policy{
		Name:        topicAll,
		Prefix:      "audio",
		Kind:        topic.Event,
		Key:         "id",
		List:        "transmissions",
		Permission:  permission,
		OptIn:       true,
		Retention:   24 * time.Hour,
		RetainMost:  5000,
		RetainBytes: 16 << 20,
		Recent:      mostRecent,
	}
	some := func(name string, events ...string) topic.Policy {
		p := all
		p.Name, p.Of, p.Only = name, all.Name, events
		return p
	}
	return []topic.Policy{
		all,
		some(topicTransmissions, eventTransmission),
		some(topicTranscriptions, eventStarted, eventCompleted, eventFailed),
	}
}

// Config is what the namespace is built from.
type Config struct {
	Hub    *hub.Hub // serves Topics
	Auth   gateway.Auth
	Logger zerolog.Logger
}

// New gives the namespace.
func New(cfg Config) *gateway.Namespace {
	lib := &library{hub: cfg.Hub}
	n := gateway.New("/audio", cfg.Hub, gateway.Requiring(permission, cfg.Auth), cfg.Logger, func(s *gateway.Session, _ json.RawMessage) error {
		l := &listener{library: lib, automatic: true, wants: map[string]bool{wantAll: true}}
		s.State = l
		return l.follow(s, nil)
	})
	n.Reword(reword)
	gateway.On(n, "subscribe", subscribe)
	gateway.On(n, "unsubscribe", unsubscribe)
	gateway.On(n, "ping", func(s *gateway.Session, _ json.RawMessage, ack gateway.Ack) error {
		return s.Reply("pong", wire.Pong{Timestamp: wire.Timestamp(time.Now())}, ack)
	})
	requests(n, lib)
	return n
}
