package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/skygate-io/skygate/pkg/wire"
)

// Codes of the errors that clients get. They do not change.
const (
	// CodeInvalidPayload: the event's payload has not the shape that it should.
	CodeInvalidPayload = "invalid_payload"
	// CodeUnknownEvent: the namespace has no such event.
	CodeUnknownEvent = "unknown_event"
	// CodeUnknownRequest: the namespace has no such type of request.
	CodeUnknownRequest = "unknown_request"
	// CodeInvalidParams: a request's params lack something, or have a wrong value.
	CodeInvalidParams = "invalid_params"
	// CodePermissionDenied: the session lacks the permission.
	CodePermissionDenied = "permission_denied"
	// CodeAuthRequired: who sends no token is not served.
	CodeAuthRequired = "auth_required"
	// CodeInvalidToken: the token is nobody's.
	CodeInvalidToken = "invalid_token"
	// CodeNotFound: what is asked for by name or id is not there.
	CodeNotFound = "not_found"
	// CodeRateLimited: the session asks for too much; retry_after says when to try again.
	CodeRateLimited = "rate_limited"
	// CodeInternal: the fault is the server's.
	CodeInternal = "internal"
)

// Error is what a client is told. Its text says what is wrong and how to mend it.
type Error struct {
	Code    string
	Message string
	// Hint says what there is instead of what was asked for; "" for nothing.
	Hint string
	// RetryAfter is in how many seconds it may be tried again; 0 is whenever it is mended.
	RetryAfter float64
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// Errorf makes an error to be told to the client.
func Errorf(code, format string, args ...any) error { return errorf(code, format, args...) }

// short cuts what a client sent, to be told it again.
func short(s string) string {
	const enough = 100
	if len(s) > enough {
		return strings.ToValidUTF8(s[:enough], "") + "…"
	}
	return s
}

func errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// told is the one place that maps an error to what the client is told: an
// [*Error] as it is, anything else as a fault of the server.
func told(err error) (e *Error, internal bool) {
	if errors.As(err, &e) {
		return e, false
	}
	return &Error{Code: CodeInternal, Message: "Internal server error"}, true
}

// fail tells the client what was wrong with an event.
func (s *Session) fail(event string, requestID json.RawMessage, err error, ack Ack) {
	e, internal := told(err)
	if internal {
		s.logger.Error().Str("event", event).Err(err).Msg("an event could not be handled")
	}
	reply := wire.Error{Type: "error", RequestID: requestID, Code: e.Code, Message: e.Message, Hint: e.Hint, RetryAfter: e.RetryAfter}
	if err := s.Reply("error", reply, ack); err != nil {
		s.logger.Error().Err(err).Msg("an error could not be told")
	}
}

// Decode decodes a client's JSON; nothing and null leave the value as it is. Its
// errors are for the client's author.
func Decode(raw json.RawMessage, into any) error { return DecodeAt("", raw, into) }

// DecodeAt is [Decode] for what stands at a path in the client's JSON, which its
// errors begin with.
func DecodeAt(path string, raw json.RawMessage, into any) error {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	err := json.Unmarshal(raw, into)
	if err == nil {
		return nil
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		err = fmt.Errorf("expected %s, got %s", kind(wrong.Type.String()), wrong.Value)
		path = strings.Trim(path+"."+wrong.Field, ".")
	}
	if path != "" {
		return fmt.Errorf("%s: %w", path, err)
	}
	return err
}

// kind names a Go type as a client's author would.
func kind(goType string) string {
	switch {
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case strings.HasPrefix(goType, "map"), strings.HasPrefix(goType, "struct"), strings.Contains(goType, "."):
		return "an object"
	case strings.Contains(goType, "int"):
		return "a whole number"
	case strings.Contains(goType, "float"):
		return "a number"
	case goType == "bool":
		return "true or false"
	}
	return "a " + goType
}
