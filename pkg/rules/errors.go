package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Error says what is wrong with a rule, where, and how to mend it.
type Error struct {
	Path    string // "conditions.groups[0].conditions[2].value"; "" for the rule as a whole
	Message string
}

// Error implements error.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Message
	}
	return e.Path + ": " + e.Message
}

func wrong(path, format string, args ...any) error {
	return &Error{Path: path, Message: fmt.Sprintf(format, args...)}
}

func expected(path, what string, raw json.RawMessage) error {
	return wrong(path, "expected %s, got %s", what, kindOf(raw))
}

func indexed(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// quote shows what a client wrote, cut to what helps.
func quote(s string) string {
	const enough = 60
	if len(s) > enough {
		s = strings.ToValidUTF8(s[:enough], "") + "…"
	}
	return strconv.Quote(s)
}

func names[V any](m map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}

func isNull(raw json.RawMessage) bool {
	return len(raw) == 0 || string(raw) == "null"
}

func kindOf(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}

// strict decodes an object that must have no other keys than into has.
func strict(path string, raw json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return wrong(path+"."+kind.Field, "has the wrong kind of value: %s", kind.Value)
	case errors.As(err, &kind):
		return wrong(path, "has the wrong kind of value: %s", kind.Value)
	case err != nil:
		return wrong(path, "%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}
