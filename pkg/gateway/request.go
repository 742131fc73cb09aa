package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/wire"
)

type request struct {
	permission string
	handle     func(ctx context.Context, s *Session, params json.RawMessage) (any, error)
}

// Handle adds a type of request to a namespace. P is what its params decode to,
// R what it answers with: a json.RawMessage goes out as it is. ctx ends with
// the session.
func Handle[P, R any](n *Namespace, requestType, permission string, handle func(ctx context.Context, s *Session, params P) (R, error)) {
	n.requests[requestType] = request{permission, func(ctx context.Context, s *Session, raw json.RawMessage) (any, error) {
		var params P
		if err := Decode(raw, &params); err != nil {
			return nil, errorf(CodeInvalidParams, "Invalid params: %v", err)
		}
		return handle(ctx, s, params)
	}}
}

// Requests are the types of request that there are, in order.
func (n *Namespace) Requests() []string { return slices.Sorted(maps.Keys(n.requests)) }

// Permissions are what requests need, each once, in order.
func (n *Namespace) Permissions() (names []string) {
	for _, r := range n.requests {
		if r.permission != "" {
			names = append(names, r.permission)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// onRequest answers {type, request_id, params} by "response" or "error".
func (n *Namespace) onRequest(s *Session, payload json.RawMessage, ack Ack) error {
	var ask *struct {
		Type      json.RawMessage `json:"type"`
		RequestID json.RawMessage `json:"request_id"`
		Params    json.RawMessage `json:"params"`
	}
	tooMuch := s.tooMuch("request", s.allowed.requests.Take(time.Now()))
	if err := Decode(payload, &ask); err != nil || ask == nil {
		if tooMuch != nil {
			return tooMuch
		}
		wrong := errorf(CodeInvalidPayload, "Invalid request: expected dict payload: an object {type, request_id, params}")
		s.fail("request", json.RawMessage("null"), wrong, ack)
		return nil
	}
	if ask.RequestID == nil {
		ask.RequestID = json.RawMessage("null")
	}
	if tooMuch != nil {
		s.fail("request", ask.RequestID, tooMuch, ack)
		return nil
	}
	var requestType string
	if err := json.Unmarshal(ask.Type, &requestType); err != nil || requestType == "" {
		s.fail("request", ask.RequestID, errorf(CodeInvalidPayload, "Missing request type: expected a string under 'type'"), ack)
		return nil
	}
	data, err := n.answer(s, requestType, ask.Params)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			s.fail("request", ask.RequestID, err, ack)
		}
		return nil
	}
	m, err := wire.NewResponse(ask.RequestID, requestType, data)
	if err != nil {
		s.fail("request", ask.RequestID, err, ack)
		return nil
	}
	s.answer(m, ack)
	return nil
}

func (n *Namespace) answer(s *Session, requestType string, params json.RawMessage) (any, error) {
	r, ok := n.requests[requestType]
	switch {
	case !ok:
		return nil, unknown(CodeUnknownRequest, "Unknown request type: %s", requestType, n.Requests())
	case s.ctx.Err() != nil:
		return nil, s.ctx.Err()
	case !s.who.May(r.permission):
		return nil, errorf(CodePermissionDenied, "Permission denied: %s is needed", r.permission)
	}
	return r.handle(s.ctx, s, params)
}
