// Package shape says in one line what a JSON value looks like, and what is wrong with
// one that does not:
//
//	{hex: icao, alt: number|"ground", flight?: string|null, nav: [string*]}
//
// An object has the keys that are named, of which those with ? may be missing; it may
// have others. A list is [A, B] (these), [T*] (any number of T), [T+] (at least one)
// or [~T] (one of them is T). A value is a text, number or word as in JSON; "abc"~ is
// a text that begins so, 1..5 a number in a range. The kinds are those of [kinds].
//
// It is our own because it is to be read in a table: of a JSON Schema the same takes
// a page.
package shape

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Shape is what a value looks like. It is immutable.
type Shape struct {
	text string
	node node
}

// String gives the text that it was parsed from.
func (s Shape) String() string { return s.text }

// Check says what is wrong with a value, as JSON; nil when nothing is.
func (s Shape) Check(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return fmt.Errorf("no JSON: %w", err)
	}
	return s.node.check(v)
}

// node is a part of a shape.
type node interface {
	check(v any) error
}

// kinds are what a value may be, beside the values that are named.
var kinds = map[string]func(v any) bool{
	"any":    func(any) bool { return true },
	"string": func(v any) bool { _, ok := v.(string); return ok },
	"text":   func(v any) bool { s, ok := v.(string); return ok && strings.TrimSpace(s) != "" },
	"number": func(v any) bool { _, ok := v.(json.Number); return ok },
	"int":    func(v any) bool { n, ok := v.(json.Number); return ok && !strings.ContainsAny(n.String(), ".eE") },
	"bool":   func(v any) bool { _, ok := v.(bool); return ok },
	"null":   func(v any) bool { return v == nil },
	"true":   func(v any) bool { return v == true },
	"false":  func(v any) bool { return v == false },
	// time is ISO 8601 in UTC; icao an address in upper case, with "~" before it when it
	// is none of ICAO's; uuid one of chance.
	"time": like(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$`),
	"icao": like(`^~?[0-9A-F]{6}$`),
	"uuid": like(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`),
}

func like(pattern string) func(any) bool {
	compiled := regexp.MustCompile(pattern)
	return func(v any) bool { s, ok := v.(string); return ok && compiled.MatchString(s) }
}

// kind is one of kinds, by its name.
type kind string

func (k kind) check(v any) error {
	if !kinds[string(k)](v) {
		return fmt.Errorf("%s is no %s", show(v), string(k))
	}
	return nil
}

// exact is a text that is named; one that only begins so when open.
type exact struct {
	text string
	open bool
}

func (e exact) check(v any) error {
	s, ok := v.(string)
	switch {
	case ok && (s == e.text || e.open && strings.HasPrefix(s, e.text)):
		return nil
	case e.open:
		return fmt.Errorf("%s does not begin with %q", show(v), e.text)
	}
	return fmt.Errorf("%s is not %q", show(v), e.text)
}

// between is a number in a range, its ends included.
type between struct{ low, high float64 }

func (b between) check(v any) error {
	n, ok := v.(json.Number)
	f, err := n.Float64()
	if !ok || err != nil || f < b.low || f > b.high {
		if b.low == b.high {
			return fmt.Errorf("%s is not %v", show(v), b.low)
		}
		return fmt.Errorf("%s is not in %v..%v", show(v), b.low, b.high)
	}
	return nil
}

// either is one of several.
type either []node

func (e either) check(v any) error {
	var problems []string
	for _, one := range e {
		err := one.check(v)
		if err == nil {
			return nil
		}
		problems = append(problems, err.Error())
	}
	return errors.New(strings.Join(problems, ", and "))
}

// object has members; each may be missing that is optional.
type object []member

type member struct {
	name     string
	optional bool
	node     node
}

func (o object) check(v any) error {
	members, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%s is no object", show(v))
	}
	for _, m := range o {
		value, there := members[m.name]
		switch {
		case !there && m.optional:
		case !there:
			return fmt.Errorf("%s is missing", m.name)
		default:
			if err := m.node.check(value); err != nil {
				return at(m.name, err)
			}
		}
	}
	return nil
}

// list has elements: these (exactly), at least so many of one kind, or some like it.
type list struct {
	these []node
	each  node
	least int
	some  bool
}

func (l list) check(v any) error {
	elements, ok := v.([]any)
	switch {
	case !ok:
		return fmt.Errorf("%s is no list", show(v))
	case l.some:
		if !slices.ContainsFunc(elements, func(e any) bool { return l.each.check(e) == nil }) {
			return fmt.Errorf("none of %d is as wanted%s", len(elements), l.nearest(elements))
		}
		return nil
	case l.each == nil && len(elements) != len(l.these):
		return fmt.Errorf("%s has %d elements, not %d", show(v), len(elements), len(l.these))
	case len(elements) < l.least:
		return errors.New("the list is empty")
	}
	for i, e := range elements {
		want := l.each
		if want == nil {
			want = l.these[i]
		}
		if err := want.check(e); err != nil {
			return at("["+strconv.Itoa(i)+"]", err)
		}
	}
	return nil
}

// nearest says what is wrong with the elements, as far as that is worth reading.
func (l list) nearest(elements []any) string {
	const enough = 5
	said := ""
	for i, e := range elements[:min(len(elements), enough)] {
		said += fmt.Sprintf("; [%d]: %v", i, l.each.check(e))
	}
	return said
}

// at says where it is that something is wrong.
func at(place string, err error) error {
	var inner *placed
	if errors.As(err, &inner) {
		dot := "."
		if strings.HasPrefix(inner.place, "[") {
			dot = ""
		}
		return &placed{place + dot + inner.place, inner.err}
	}
	return &placed{place, err}
}

type placed struct {
	place string
	err   error
}

func (p *placed) Error() string { return p.place + ": " + p.err.Error() }

func show(v any) string {
	const enough = 80
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if len(raw) > enough {
		return string(raw[:enough]) + "…"
	}
	return string(raw)
}
