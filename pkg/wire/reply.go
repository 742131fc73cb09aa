package wire

import (
	"encoding/json"
	"fmt"

	"github.com/skygate-io/skygate/pkg/record"
)

// Position is a place in a topic, as clients send and get it.
type Position struct {
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
	// View is what the position is a place in; clients send it, answers carry
	// it under "views".
	View string `json:"view,omitempty"`
}

// Subscribed answers a subscribe.
type Subscribed struct {
	// Topics are all that the session is subscribed to now, Joined those of this
	// request.
	Topics []string `json:"topics"`
	Joined []string `json:"joined"`
	// Denied lack a permission, Unknown do not exist; null when there are none.
	Denied  []string `json:"denied"`
	Unknown []string `json:"unknown"`
	// Filters are those in force. Views name what the session sees of each
	// topic, Positions where it begins; Resumed says whether what was missed
	// follows, or a snapshot.
	Filters   map[string]json.RawMessage `json:"filters"`
	Views     map[string]string          `json:"views"`
	Positions map[string]Position        `json:"positions"`
	Resumed   map[string]bool            `json:"resumed"`
	// Snapshots is how many of the topics begin with one; it is not told.
	Snapshots int `json:"-"`
}

// Unsubscribed answers an unsubscribe: the topics left by it, and those that remain.
type Unsubscribed struct {
	Topics    []string `json:"topics"`
	Remaining []string `json:"remaining"`
}

// NewResponse answers a request: {type: "response", request_id, request_type,
// data}. Data that is a json.RawMessage goes out as it is.
func NewResponse(requestID json.RawMessage, requestType string, data any) (*Message, error) {
	raw, ok := data.(json.RawMessage)
	if !ok {
		var err error
		if raw, err = Marshal(data); err != nil {
			return nil, fmt.Errorf("encode the response to %s: %w", requestType, err)
		}
	}
	out := make([]byte, 0, len(raw)+len(requestID)+len(requestType)+64)
	out = append(out, `{"type":"response","request_id":`...)
	out = append(out, requestID...)
	out = append(out, `,"request_type":`...)
	out = record.AppendString(out, requestType)
	out = append(out, `,"data":`...)
	out = append(out, raw...)
	return &Message{Event: "response", Data: append(out, '}')}, nil
}

// Error says what was wrong with an event. RequestID is there when it was a request.
type Error struct {
	Type      string          `json:"type"` // "error"
	RequestID json.RawMessage `json:"request_id,omitempty"`
	Code      string          `json:"code"`
	Message   string          `json:"message"`
	// Hint says what there is instead of what was asked for, RetryAfter in how many
	// seconds it may be asked for again.
	Hint       string  `json:"hint,omitempty"`
	RetryAfter float64 `json:"retry_after,omitempty"`
}

// Pong answers a ping.
type Pong struct {
	Timestamp string `json:"timestamp"`
}

// Pace tells a client how often a topic comes from now on, at most, and why:
// "slow" (it did not keep up), "recovered".
type Pace struct {
	Topic  string  `json:"topic"`
	Hz     float64 `json:"hz"`
	Reason string  `json:"reason"`
}

// Stale tells a client that nothing has come of a topic since a moment, as what
// brings it is away, or nobody writes it; null when that is over. (What was missed follows by itself.)
type Stale struct {
	Topic string  `json:"topic"`
	Since *string `json:"since"`
}
