package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
)

// FilterError says what is wrong with a filter. It is for the client's author.
type FilterError struct {
	// Path names the field inside the filter; "" is all of it.
	Path    string
	Problem string
}

// Error implements error.
func (e *FilterError) Error() string {
	if e.Path == "" {
		return e.Problem
	}
	return e.Path + ": " + e.Problem
}

func wrong(path, format string, args ...any) error {
	return &FilterError{path, fmt.Sprintf(format, args...)}
}

// expected says that a value is of the wrong kind.
func expected(path, what string, raw json.RawMessage) error {
	return wrong(path, "expected %s, got %s", what, kind(raw))
}

// kind names what a JSON value is. It may have blanks around it.
func kind(raw json.RawMessage) string {
	switch raw = bytes.TrimSpace(raw); raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return string(raw)
	case 'n':
		return "null"
	}
	return "a number"
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// object reads an object whose values stand under some of the names. Null is
// not given.
func object(path string, raw json.RawMessage, names ...string) (map[string]json.RawMessage, error) {
	given := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &given); err != nil {
		return nil, expected(path, "an object", raw)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(names, name) {
			return nil, wrong(path, "unknown field %s; there are: %s", quote(name), strings.Join(names, ", "))
		}
		if isNull(given[name]) {
			delete(given, name)
		}
	}
	return given, nil
}

// number reads a number; an absent one is an error.
func number(path string, raw json.RawMessage) (float64, error) {
	if len(raw) == 0 {
		return 0, wrong(path, "is missing")
	}
	if kind(raw) != "a number" {
		return 0, expected(path, "a number", raw)
	}
	v, ok := record.Float(string(raw))
	if !ok {
		return 0, wrong(path, "%s is too large", cut(raw))
	}
	return v + 0, nil // -0 means 0
}

// degrees reads a number between -bound and bound.
func degrees(path string, raw json.RawMessage, bound float64) (float64, error) {
	v, err := number(path, raw)
	if err == nil && (v < -bound || v > bound) {
		err = wrong(path, "%s is out of range: %v to %v", cut(raw), -bound, bound)
	}
	return v, err
}

func readBool(path string, raw json.RawMessage) (*bool, error) {
	var v bool
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, expected(path, "true or false", raw)
	}
	return &v, nil
}

// words says what the strings of a list may be: how many, how long, of which
// bytes.
type words struct {
	entries, length int
	allowed         func(byte) bool
	hint            string
}

// read gives the list in upper case, sorted, each word once. A string alone is
// a list of one.
func (w words) read(path string, raw json.RawMessage) ([]string, error) {
	if kind(raw) == "a string" {
		raw = slices.Concat(json.RawMessage("["), raw, json.RawMessage("]"))
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil {
		return nil, expected(path, "a list of strings", raw)
	}
	if len(entries) < 1 || len(entries) > w.entries {
		return nil, wrong(path, "expected 1 to %d entries, got %d", w.entries, len(entries))
	}
	out := make([]string, len(entries))
	for i, raw := range entries {
		var err error
		if out[i], err = w.word(fmt.Sprintf("%s[%d]", path, i), raw); err != nil {
			return nil, err
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func (w words) word(path string, raw json.RawMessage) (string, error) {
	if kind(raw) != "a string" {
		return "", expected(path, "a string", raw)
	}
	text := strings.TrimSpace(record.Text(string(raw)))
	for i := range len(text) {
		if !w.allowed(text[i]) {
			return "", wrong(path, "%s may have %s only", quote(text), w.hint)
		}
	}
	if len(text) < 1 || len(text) > w.length {
		return "", wrong(path, "expected 1 to %d characters, got %d", w.length, len(text))
	}
	return strings.ToUpper(text), nil
}

func printable(c byte) bool { return c >= ' ' && c <= '~' }

func keyByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '~'
}

// cut shortens what a client sent, to be told it again.
func cut[T ~string | ~[]byte](raw T) string {
	const enough = 40
	if s := string(raw); len(s) <= enough {
		return s
	}
	return strings.ToValidUTF8(string(raw[:enough]), "") + "…"
}

func quote(s string) string { return strconv.Quote(cut(s)) }

func list[V any](m map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
