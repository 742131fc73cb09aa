package rules_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/rules"
)

// start is a Saturday.
var start = time.Date(2026, 7, 4, 12, 0, 0, 0, time.UTC)

// parse gives a rule with an id.
func parse(t testing.TB, raw string) *rules.Rule {
	t.Helper()
	r, err := rules.Parse([]byte(raw))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return r
}

// ruled gives a rule of one condition.
func ruled(t testing.TB, condition string) *rules.Rule {
	t.Helper()
	return parse(t, `{"id":"1","name":"R","conditions":{"conditions":[`+condition+`]}}`)
}

// fields reads a record from a JSON object.
func fields(t testing.TB, object string) record.Fields {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &m); err != nil {
		t.Fatalf("%s: %v", object, err)
	}
	var f record.Fields
	for _, name := range slices.Sorted(maps.Keys(m)) {
		f = append(f, record.Field{Name: name, Raw: string(m[name])})
	}
	return f
}

// scene is a monitor and a clock.
type scene struct {
	t   *testing.T
	m   *rules.Monitor
	now time.Time
}

func newScene(t *testing.T, set ...*rules.Rule) *scene {
	s := &scene{t: t, m: rules.New(nil), now: start}
	for _, r := range set {
		s.m.Set(r)
	}
	return s
}

// after lets time pass, tick by tick.
func (s *scene) after(d time.Duration) *scene {
	for end := s.now.Add(d); s.now.Before(end); {
		s.now = s.now.Add(min(time.Second, end.Sub(s.now)))
		s.m.Tick(s.now)
	}
	return s
}

// want tells of an aircraft, and wants alerts of these rules.
func (s *scene) want(key, object string, ids ...string) *scene {
	s.t.Helper()
	var got []string
	for _, a := range s.m.Alerts(key, fields(s.t, object), s.now) {
		got = append(got, a.Rule.ID)
	}
	slices.Sort(got)
	if !slices.Equal(got, ids) {
		s.t.Errorf("at %s, %s %s: alerts of [%s], want [%s]", s.now.Format("15:04:05"), key, object, strings.Join(got, " "), strings.Join(ids, " "))
	}
	s.now = s.now.Add(time.Second)
	return s
}
