// Package root is the namespace "/": the live picture. Clients subscribe to its
// topics, and ask for what is known right now.
package root

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/wire"
)

// Config is what the namespace is built from.
type Config struct {
	Hub    *hub.Hub
	Auth   gateway.Auth
	Logger zerolog.Logger
	// Receiver says where the receiver stands, nil when that is not known.
	Receiver func() *geo.Point
	// Online says whether any source delivers.
	Online func() bool
	// Refresh has those asked soon who publish what is in a topic, and says how many they
	// are; nil when nobody can be.
	Refresh func(topicName string) int
	// System is the program around; nil leaves out what is asked of it.
	System System
}

// New gives the namespace.
func New(cfg Config) *gateway.Namespace {
	n := gateway.New("/", cfg.Hub, cfg.Auth, cfg.Logger, connect)
	n.RoomOf(func(topicName string) string { return "topic_" + topicName }) // the reference's names, for its back ends
	gateway.On(n, "subscribe", object(subscribing, subscribe))
	gateway.On(n, "unsubscribe", object(unsubscribing, unsubscribe))
	gateway.On(n, "ping", ping)
	aircraftRequests(n, cfg.Hub)
	alertRequests(n, cfg.Hub)
	statusRequest(n, cfg)
	skyRequests(n, cfg)
	safetyRequests(n, cfg.Hub)
	trafficRequests(n, cfg.Hub)
	clusterRequests(n, cfg.Hub)
	airframeRequests(n, cfg.Hub)
	messageRequests(n, cfg.Hub)
	laterRequests(n)
	if cfg.System != nil {
		systemRequests(n, cfg)
	}
	return n
}

// connect joins the topics that are joined by themselves, or instead those that
// the client names in the auth object of its CONNECT.
func connect(s *gateway.Session, auth json.RawMessage) error {
	var handshake struct {
		Subscribe json.RawMessage `json:"subscribe"`
	}
	// What else is in it, and whether it is an object at all, is a matter of auth.
	if json.Unmarshal(auth, &handshake) != nil || handshake.Subscribe == nil {
		s.AutoJoin()
		return nil
	}
	var ask subscription
	if err := gateway.Decode(handshake.Subscribe, &ask); err != nil {
		s.AutoJoin()
		return gateway.Errorf(gateway.CodeInvalidPayload, "Invalid subscribe in auth: %v", err)
	}
	if err := subscribe(s, ask, nil); err != nil {
		s.AutoJoin()
		return err
	}
	return nil
}

// object has a handler get objects alone; of what else there may be, and of one
// without topics, the client is told in the reference's words.
func object[P any](what string, handle func(*gateway.Session, P, gateway.Ack) error) func(*gateway.Session, json.RawMessage, gateway.Ack) error {
	return func(s *gateway.Session, raw json.RawMessage, ack gateway.Ack) error {
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil || members == nil {
			return noTopics(what)
		}
		if members["topics"] == nil && members["topic"] == nil && len(members) > 0 {
			names := slices.Sorted(maps.Keys(members))
			return gateway.Errorf(gateway.CodeInvalidPayload, "%v; this one has %s", noTopics(what), listed(names))
		}
		var payload P
		if err := gateway.Decode(raw, &payload); err != nil {
			return gateway.Errorf(gateway.CodeInvalidPayload, "Invalid %s request: %v", what, err)
		}
		return handle(s, payload, ack)
	}
}

// listed names what a client sent, cut to what helps.
func listed(names []string) string {
	const most, enough = 5, 40
	names = slices.Clone(names[:min(most, len(names))])
	for i, name := range names {
		if len(name) > enough {
			name = strings.ToValidUTF8(name[:enough], "") + "…"
		}
		names[i] = strconv.Quote(name)
	}
	return strings.Join(names, ", ")
}

// What a client may ask for topics, as errors call it.
const (
	subscribing   = "subscription"
	unsubscribing = "unsubscription"
)

func noTopics(what string) error {
	return gateway.Errorf(gateway.CodeInvalidPayload, "Invalid %s request: expected dict with 'topics' key: an object with a name, or a list of names", what)
}

// topicList is a name, or a list of names.
type topicList []string

// UnmarshalJSON implements json.Unmarshaler.
func (l *topicList) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		*l = make(topicList, 1)
		return json.Unmarshal(raw, &(*l)[0])
	}
	var names []string
	if err := json.Unmarshal(raw, &names); err != nil {
		return errors.New("'topics' is a name or a list of names")
	}
	*l = names
	return nil
}

// The bounds of a list of topics, far more than there are, and of a name in it.
const (
	maxTopics    = 100
	maxTopicName = 100 // bytes
)

func (l topicList) check(what string) error {
	switch {
	case l == nil:
		return noTopics(what)
	case len(l) > maxTopics:
		return gateway.Errorf(gateway.CodeInvalidPayload, "Invalid %s request: 'topics' has %d names; %d are allowed", what, len(l), maxTopics)
	}
	if slices.ContainsFunc(l, func(name string) bool { return len(name) > maxTopicName }) {
		return gateway.Errorf(gateway.CodeInvalidPayload, "Invalid %s request: a name in 'topics' is longer than %d bytes", what, maxTopicName)
	}
	return nil
}

func unsubscribe(s *gateway.Session, ask struct {
	Topics topicList `json:"topics"`
}, ack gateway.Ack) error {
	if err := ask.Topics.check(unsubscribing); err != nil {
		return err
	}
	answer, err := s.Unsubscribe(ask.Topics)
	return fill(ack, answer, err)
}

// ping is answered whatever comes with it.
func ping(s *gateway.Session, _ json.RawMessage, ack gateway.Ack) error {
	return s.Reply("pong", wire.Pong{Timestamp: wire.Timestamp(time.Now())}, ack)
}

// fill puts an answer that was already sent as an event into the acknowledgement.
func fill(ack gateway.Ack, answer any, err error) error {
	if err != nil || ack == nil {
		return err
	}
	data, err := wire.Marshal(answer)
	if err != nil {
		return fmt.Errorf("encode an acknowledgement: %w", err)
	}
	ack(data)
	return nil
}
