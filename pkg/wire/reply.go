package wire

import "encoding/json"

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
}

// Unsubscribed answers an unsubscribe: the topics left by it, and those that remain.
type Unsubscribed struct {
	Topics    []string `json:"topics"`
	Remaining []string `json:"remaining"`
}

// Response answers a request.
type Response struct {
	Type        string          `json:"type"` // "response"
	RequestID   json.RawMessage `json:"request_id"`
	RequestType string          `json:"request_type"`
	Data        any             `json:"data"`
}

// Error says what was wrong with an event. RequestID is there when it was a request.
type Error struct {
	Type      string          `json:"type"` // "error"
	RequestID json.RawMessage `json:"request_id,omitempty"`
	Code      string          `json:"code"`
	Message   string          `json:"message"`
}

// Pong answers a ping.
type Pong struct {
	Timestamp string `json:"timestamp"`
}
