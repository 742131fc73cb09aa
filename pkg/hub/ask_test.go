package hub_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

func number(v float64) *float64 { return &v }

// What is wrong is said in words for the client's author, and nothing changes.
func TestWhatASubscribeMayNotSay(t *testing.T) {
	filter, err := view.ParseFilter([]byte(`{"military":true}`))
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	for name, tc := range map[string]struct {
		ask  hub.Subscribe
		want string
	}{
		"a filter of a topic that is not asked for": {
			hub.Subscribe{Topics: []string{"aircraft"}, Filters: map[string]*view.Filter{"acars": filter}},
			"filters.acars: this topic is not among the topics of this subscribe",
		},
		"of one that does not exist": {
			hub.Subscribe{Topics: []string{"aircraft"}, Filters: map[string]*view.Filter{"nothing": nil}},
			"filters.nothing: this topic is not among the topics of this subscribe",
		},
		"a rate likewise": {
			hub.Subscribe{Topics: []string{"aircraft"}, Rates: map[string]*float64{"vessels": nil}},
			"rate.vessels: this topic is not among the topics of this subscribe",
		},
		"fields likewise": {
			hub.Subscribe{Topics: []string{"aircraft"}, Fields: map[string][]string{"vessels": nil}},
			"fields.vessels: this topic is not among the topics of this subscribe",
		},
		"a position likewise": {
			hub.Subscribe{Topics: []string{"aircraft"}, Since: map[string]wire.Position{"vessels": {}}},
			"since.vessels: this topic is not among the topics of this subscribe",
		},
		"several mistakes: the first": {
			hub.Subscribe{
				Topics:  []string{"aircraft"},
				Filters: map[string]*view.Filter{"vessels": nil, "acars": filter}, Since: map[string]wire.Position{"vessels": {}},
			},
			"filters.acars: this topic is not among the topics of this subscribe",
		},
		"a rate of events": {
			hub.Subscribe{Topics: []string{"safety"}, Rates: map[string]*float64{"safety": number(1)}},
			"rate.safety: events are not skipped; leave it out",
		},
		"fields of events": {
			hub.Subscribe{Topics: []string{"safety"}, Fields: map[string][]string{"safety": {}}},
			"fields.safety: an event is told whole; leave it out",
		},
		"a rate that is too low": {
			hub.Subscribe{Topics: []string{"aircraft"}, Rates: map[string]*float64{"aircraft": number(0.09)}},
			"rate.aircraft: 0.09 is out of range: from 0.1 (Hz)",
		},
		"none at all": {
			hub.Subscribe{Topics: []string{"aircraft"}, Rates: map[string]*float64{"aircraft": number(0)}},
			"rate.aircraft: 0 is out of range: from 0.1 (Hz)",
		},
		"no number": {
			hub.Subscribe{Topics: []string{"aircraft"}, Rates: map[string]*float64{"aircraft": number(math.NaN())}},
			"rate.aircraft: NaN is out of range: from 0.1 (Hz)",
		},
		"infinitely often": {
			hub.Subscribe{Topics: []string{"aircraft"}, Rates: map[string]*float64{"aircraft": number(math.Inf(1))}},
			"rate.aircraft: +Inf is out of range: from 0.1 (Hz)",
		},
		"too many fields": {
			hub.Subscribe{Topics: []string{"aircraft"}, Fields: map[string][]string{"aircraft": make([]string, 201)}},
			"fields.aircraft: 201 names are too many: up to 200",
		},
		"a long one": {
			hub.Subscribe{Topics: []string{"aircraft"}, Fields: map[string][]string{"aircraft": {strings.Repeat("x", 101)}}},
			"fields.aircraft: a name is longer than 100 bytes",
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				s.change("+A gs=1 track=1 military=false")
				anna := s.enter("anna")
				anna.subscribe("aircraft", "aircraft.fields=gs,military", "acars")
				anna.forget()
				tc.ask.Batch = &yes // it is not heeded
				if tc.ask.Filters == nil {
					tc.ask.Filters = map[string]*view.Filter{}
				}
				if slices.Contains(tc.ask.Topics, "aircraft") {
					tc.ask.Filters["aircraft"] = filter
				}
				tc.ask.Topics = append(tc.ask.Topics, "vessel's")
				answer, err := anna.Subscribe(tc.ask)
				var wrong *hub.AskError
				if !errors.As(err, &wrong) || wrong.Message != tc.want || answer != nil {
					t.Errorf("the answer is %v, %v; want %q", answer, err, tc.want)
				}
				s.change("~A gs=2 track=2")
				s.change("~A gs=3 track=3", "+B gs=1")
				s.wait(time.Second)
				anna.want("aircraft:update 1→2 ~A{gs=2}", "aircraft:update 2→3 +B{gs=1} ~A{gs=3}", "aircraft:new B{gs=1}")
				if got := fmt.Sprint(anna.Topics()); got != "[aircraft acars]" {
					t.Errorf("it is subscribed to %s", got)
				}
			})
		})
	}
}

// What a subscribe may say, if only just.
func TestWhatASubscribeMaySay(t *testing.T) {
	for name, ask := range map[string]hub.Subscribe{
		"the slowest rate":             {Topics: []string{"aircraft"}, Rates: map[string]*float64{"aircraft": number(0.1)}},
		"more than the topic has":      {Topics: []string{"aircraft"}, Rates: map[string]*float64{"aircraft": number(1e300)}},
		"no rate of events any more":   {Topics: []string{"safety"}, Rates: map[string]*float64{"safety": nil}},
		"no fields of events any more": {Topics: []string{"safety"}, Fields: map[string][]string{"safety": nil}},
		"no field":                     {Topics: []string{"aircraft"}, Fields: map[string][]string{"aircraft": {}}},
		"as many as there may be":      {Topics: []string{"aircraft"}, Fields: map[string][]string{"aircraft": make([]string, 200)}},
		"of what does not exist":       {Topics: []string{"nothing"}, Filters: map[string]*view.Filter{"nothing": nil}},
		"of all":                       {Topics: []string{"all"}, Filters: map[string]*view.Filter{"acars": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				if _, err := s.enter("anna").Subscribe(ask); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// The answer says what is in force, and where each topic begins.
func TestWhatTheAnswerSays(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A lat=45 lon=5")
		s.happen("acars", "M")
		anna := s.enter("anna")
		anna.subscribe("aircraft", near)
		s.change("~A gs=1", "+B lat=10 lon=5")
		s.change("+C lat=10 lon=5") // nothing that it sees
		held := anna.position("aircraft")
		acars, err := view.ParseFilter([]byte(`{"icao":"m"}`))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := anna.Subscribe(hub.Subscribe{
			Topics: []string{"acars", "aircraft", "acars", "nothing"}, Filters: map[string]*view.Filter{"acars": acars},
			Since: map[string]wire.Position{"aircraft": held},
		})
		if err != nil {
			t.Fatal(err)
		}
		filters := map[string]string{}
		for name, filter := range answer.Filters {
			filters[name] = string(filter)
		}
		if d := cmp.Diff(map[string]string{"aircraft": `{"bbox":{"north":50,"south":40,"east":10,"west":0}}`, "acars": `{"icao":["M"]}`}, filters); d != "" {
			t.Errorf("filters (-want +got):\n%s", d)
		}
		if d := cmp.Diff(map[string]bool{"aircraft": true, "acars": false}, answer.Resumed); d != "" {
			t.Errorf("resumed (-want +got):\n%s", d)
		}
		if fmt.Sprint(answer.Topics, answer.Joined, answer.Unknown, answer.Denied) != "[aircraft acars] [acars aircraft] [nothing] []" {
			t.Errorf("%+v", answer)
		}
		if answer.Positions["aircraft"] != (wire.Position{Epoch: held.Epoch, Seq: 2}) || answer.Positions["acars"].Seq != 1 {
			t.Errorf("positions %v", answer.Positions)
		}
		if answer.Views["aircraft"] != held.View || answer.Views["acars"] == "all" || len(slices.Collect(maps.Keys(answer.Views))) != 2 {
			t.Errorf("views %v", answer.Views)
		}
		answer, err = anna.Subscribe(hub.Subscribe{Topics: []string{"vessels"}})
		if err != nil || len(answer.Filters) != 2 || len(answer.Views) != 1 {
			t.Errorf("the filters of other topics stay: %+v, %v", answer, err)
		}
	})
}

// A session that has left is told nothing, and nothing goes wrong.
func TestAfterTheEnd(t *testing.T) {
	play(t, func(s *scene) {
		anna := s.enter("anna")
		anna.subscribe("aircraft")
		anna.forget()
		anna.Leave()
		if _, err := anna.Subscribe(hub.Subscribe{Topics: []string{"aircraft"}}); err != nil {
			t.Error(err)
		}
		if _, err := anna.Unsubscribe([]string{"all"}); err != nil {
			t.Error(err)
		}
		anna.AutoJoin()
		anna.Drained(map[string]uint64{"aircraft": 0})
		anna.Leave()
		s.change("+A gs=1")
		s.wait(time.Minute)
		anna.want()
	})
}
