package replica_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/hub/replica"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

func rec(key string, pairs ...string) record.Record {
	r := record.Record{Key: key}
	for i := 0; i < len(pairs); i += 2 {
		r.Fields = append(r.Fields, record.Field{Name: pairs[i], Raw: pairs[i+1]})
	}
	return r
}

// texts are the lists as text.
func texts(l wire.Lists) []string {
	out := []string{}
	for _, object := range l.Added {
		out = append(out, "+"+string(object))
	}
	for _, object := range l.Updated {
		out = append(out, "~"+string(object))
	}
	for _, key := range l.Removed {
		out = append(out, "-"+key)
	}
	return out
}

func TestLists(t *testing.T) {
	all, gs, none := view.New(nil, nil, ""), view.New(nil, []string{"gs"}, ""), view.New(nil, []string{"squawk"}, "")
	begin := []record.Record{rec("A", "alt", "100", "gs", "1", "seen", record.Time(1000)), rec("B", "gs", "2")}
	for name, tc := range map[string]struct {
		view    *view.View
		changes []record.Change
		want    []string
	}{
		"a value": {all, []record.Change{{Updated: []record.Record{rec("A", "gs", "3")}}}, []string{`~{"hex":"A","gs":3}`}},
		"several changes are one": {
			all, []record.Change{{Updated: []record.Record{rec("A", "gs", "3")}}, {Updated: []record.Record{rec("A", "alt", `"ground"`, "gs", "4")}}},
			[]string{`~{"hex":"A","alt":"ground","gs":4}`},
		},
		"a value that went back": {
			all, []record.Change{{Updated: []record.Record{rec("A", "gs", "3")}}, {Updated: []record.Record{rec("A", "gs", "1")}}},
			[]string{`~{"hex":"A","gs":1}`},
		},
		"vanished":                  {all, []record.Change{{Updated: []record.Record{rec("A", "alt", "")}}}, []string{`~{"hex":"A","alt":null}`}},
		"vanished and back":         {all, []record.Change{{Updated: []record.Record{rec("A", "alt", "")}}, {Updated: []record.Record{rec("A", "alt", "7")}}}, []string{`~{"hex":"A","alt":7}`}},
		"a new field":               {all, []record.Change{{Updated: []record.Record{rec("B", "zone", `"x"`)}}}, []string{`~{"hex":"B","zone":"x"}`}},
		"come and gone":             {all, []record.Change{{Updated: []record.Record{rec("B", "zone", `"x"`)}}, {Updated: []record.Record{rec("B", "zone", "")}}}, []string{`~{"hex":"B","zone":null}`}},
		"vanished before it was":    {all, []record.Change{{Updated: []record.Record{rec("B", "zone", "")}}}, []string{}},
		"an age":                    {all, []record.Change{{Updated: []record.Record{rec("A", "seen", record.Time(8000))}}}, []string{`~{"hex":"A","seen":2}`}},
		"a new record":              {all, []record.Change{{Added: []record.Record{rec("C\"", "gs", "9")}}}, []string{`+{"hex":"C\"","gs":9}`}},
		"a new record that changed": {all, []record.Change{{Added: []record.Record{rec("C", "alt", "1", "gs", "9")}}, {Updated: []record.Record{rec("C", "alt", "", "gs", "8")}}}, []string{`+{"hex":"C","gs":8}`}},
		"replaced":                  {all, []record.Change{{Added: []record.Record{rec("A", "gs", "9")}}}, []string{`+{"hex":"A","gs":9}`}},
		"gone":                      {all, []record.Change{{Removed: []string{"A"}}}, []string{`-A`}},
		"gone and back":             {all, []record.Change{{Removed: []string{"A"}}, {Added: []record.Record{rec("A", "gs", "9")}}}, []string{`+{"hex":"A","gs":9}`}},
		"come and gone record":      {all, []record.Change{{Added: []record.Record{rec("C", "gs", "9")}}, {Removed: []string{"C"}}}, []string{}},
		"gone that was not there":   {all, []record.Change{{Removed: []string{"C"}}}, []string{}},
		"an update of what is not there": {
			all, []record.Change{{Updated: []record.Record{rec("C", "alt", "", "gs", "9")}}}, []string{`+{"hex":"C","gs":9}`},
		},
		"only what is shown":         {gs, []record.Change{{Updated: []record.Record{rec("A", "alt", "5", "gs", "3"), rec("B", "alt", "1")}}}, []string{`~{"hex":"A","gs":3}`}},
		"of a new one, too":          {gs, []record.Change{{Added: []record.Record{rec("C", "alt", "1", "gs", "3")}}}, []string{`+{"hex":"C","gs":3}`}},
		"a record that shows naught": {none, []record.Change{{Added: []record.Record{rec("C", "gs", "3")}, Updated: []record.Record{rec("A", "gs", "3")}}}, []string{`+{"hex":"C"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			r := replica.New("hex", nil, false)
			r.Load(begin, 5)
			visible := r.Select(tc.view)
			for i := range tc.changes {
				r.Apply(&tc.changes[i], 6+uint64(i), 9000)
			}
			step := r.Advance(tc.view, &visible, 5)
			if d := cmp.Diff(tc.want, texts(r.Lists(step, tc.view, 10_000))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// The same record is told to views that show different fields, from different
// positions, at different moments, in any order.
func TestListsDoNotMixUp(t *testing.T) {
	r := replica.New("hex", nil, false)
	r.Load([]record.Record{rec("A", "alt", "0", "gs", "0", "seen", record.Time(1000))}, 1)
	r.Apply(&record.Change{Updated: []record.Record{rec("A", "alt", "1")}}, 2, 1000)
	r.Apply(&record.Change{Updated: []record.Record{rec("A", "gs", "1")}}, 3, 1000)
	want := map[string]string{
		"all 0": `+{"hex":"A","alt":1,"gs":1,"seen":1}`, "gs 0": `+{"hex":"A","gs":1}`,
		"all 1": `~{"hex":"A","alt":1,"gs":1}`, "gs 1": `~{"hex":"A","gs":1}`,
		"all 2": `~{"hex":"A","gs":1}`, "gs 2": `~{"hex":"A","gs":1}`,
	}
	for range 3 {
		for name, want := range want { // in any order
			var fields []string
			var from uint64
			var shows string
			if _, err := fmt.Sscan(name, &shows, &from); err != nil {
				t.Fatal(err)
			}
			if shows != "all" {
				fields = []string{shows}
			}
			v := view.New(nil, fields, "")
			visible := r.Select(v)
			if from == 0 {
				visible = nil
			}
			step := r.Advance(v, &visible, max(from, 1))
			if d := cmp.Diff([]string{want}, texts(r.Lists(step, v, 2000))); d != "" {
				t.Errorf("%s (-want +got):\n%s", name, d)
			}
		}
	}
	v := view.New(nil, nil, "")
	for _, tc := range []struct {
		now  int64
		seen string
	}{{2000, "1"}, {3500, "2.5"}, {2000, "1"}} {
		want := `[{"hex":"A","alt":1,"gs":1,"seen":` + tc.seen + `}]`
		if got := fmt.Sprintf("%s", r.Whole(r.Select(v), v, tc.now)); got != want {
			t.Errorf("at %d: %s, want %s", tc.now, got, want)
		}
	}
}

// A topic that shows another's records keeps a part of their fields, but filters
// read them all; and a record that changed is told as a whole.
func TestAnotherForm(t *testing.T) {
	filter, err := view.ParseFilter([]byte(`{"military":true}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		view   *view.View
		change record.Change
		want   []string
	}{
		"of all":                   {view.New(nil, nil, ""), record.Change{Updated: []record.Record{rec("A", "lat", "5")}}, []string{`+{"hex":"A","lat":5,"lon":2}`}},
		"a field that is not kept": {view.New(nil, nil, ""), record.Change{Updated: []record.Record{rec("A", "gs", "2")}}, []string{}},
		"it decides who sees":      {view.New(filter, nil, ""), record.Change{Updated: []record.Record{rec("B", "military", "true")}}, []string{`+{"hex":"B","lat":3,"lon":4}`}},
		"and who does no more":     {view.New(filter, nil, ""), record.Change{Updated: []record.Record{rec("A", "military", "")}}, []string{`-A`}},
	} {
		t.Run(name, func(t *testing.T) {
			r := replica.New("hex", []string{"lat", "lon"}, true)
			r.Load([]record.Record{rec("A", "gs", "1", "lat", "1", "lon", "2", "military", "true"), rec("B", "lat", "3", "lon", "4")}, 1)
			visible := r.Select(tc.view)
			r.Apply(&tc.change, 2, 1000)
			step := r.Advance(tc.view, &visible, 1)
			if d := cmp.Diff(tc.want, texts(r.Lists(step, tc.view, 1000))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if got := r.Get("A"); len(got.Fields) != 2 {
				t.Errorf("it keeps %v", got)
			}
		})
	}
}

func TestObserved(t *testing.T) {
	r := replica.New("hex", nil, false)
	v := view.New(nil, []string{"gs"}, "")
	r.Apply(&record.Change{Added: []record.Record{rec("A", "gs", "1"), rec("B", "gs", "1")}, Observed: 50}, 1, 100)
	visible := r.Select(v)
	r.Apply(&record.Change{Updated: []record.Record{rec("A", "gs", "2")}, Observed: 70}, 2, 100)
	r.Apply(&record.Change{Updated: []record.Record{rec("B", "alt", "2")}, Observed: 90}, 3, 100)
	step := r.Advance(v, &visible, 1)
	if got := r.Lists(step, v, 100).Observed; got != 70 {
		t.Errorf("observed %d, want that of what is told: 70", got)
	}
	r.Apply(&record.Change{Removed: []string{"A"}}, 4, 100)
	step = r.Advance(v, &visible, 3)
	if got := r.Lists(step, v, 100); got.Observed != 0 || len(got.Removed) != 1 {
		t.Errorf("%+v", got)
	}
}

// A slot serves another record only when everybody who could take one for the
// other has passed, and the record that was there is forgotten.
func TestSlotsAreReusedWhenSafe(t *testing.T) {
	r, v := replica.New("hex", nil, false), view.New(nil, nil, "")
	r.Apply(&record.Change{Added: []record.Record{rec("A", "gs", "1")}}, 1, 1000)
	behind := r.Select(v)
	r.Apply(&record.Change{Removed: []string{"A"}}, 2, 2000)
	r.Forget(9000, 1, 0) // somebody is at 1
	r.Apply(&record.Change{Added: []record.Record{rec("B", "gs", "2")}}, 3, 3000)
	step := r.Advance(v, &behind, 1)
	if d := cmp.Diff([]string{`+{"hex":"B","gs":2}`, "-A"}, texts(r.Lists(step, v, 3000))); d != "" {
		t.Errorf("who was behind (-want +got):\n%s", d)
	}
	if _, _, ok := r.Since(v, 1); !ok || r.Floor() != 0 {
		t.Errorf("nothing is forgotten, but the floor is %d", r.Floor())
	}
	r.Forget(9000, 3, 1000)
	r.Apply(&record.Change{Added: []record.Record{rec("C", "gs", "3")}}, 4, 4000)
	if set := r.Select(v); set.Len() != 2 || len(set) != 1 || set[0] != 0b11 {
		t.Errorf("C took another slot than the free one: %b", set)
	}
	if _, _, ok := r.Since(v, 1); ok || r.Floor() != 2 {
		t.Errorf("A is forgotten, but the floor is %d", r.Floor())
	}
	if step, _, ok := r.Since(v, 2); !ok || step.Removed.Len() != 0 || step.Added.Len() != 2 {
		t.Errorf("who resumes from 2: %v", step)
	}
}

// Of what was before a reader began it knows nothing.
func TestLoad(t *testing.T) {
	r, v := replica.New("hex", nil, false), view.New(nil, nil, "")
	r.Load([]record.Record{rec("A", "gs", "1")}, 5)
	if _, _, ok := r.Since(v, 4); ok || r.Floor() != 5 || r.At() != 5 {
		t.Errorf("it is at %d, its floor at %d, and leads from 4: %v", r.At(), r.Floor(), ok)
	}
	if step, now, ok := r.Since(v, 5); !ok || step.Added.Len() != 0 || now.Len() != 1 {
		t.Errorf("from 5: %v, %v", step, ok)
	}
}

func TestForgettable(t *testing.T) {
	r := replica.New("hex", nil, false)
	r.Apply(&record.Change{Added: []record.Record{rec("A"), rec("B"), rec("C"), rec("D")}}, 1, 0)
	for i, key := range []string{"A", "B", "C"} {
		r.Apply(&record.Change{Removed: []string{key}}, uint64(2+i), int64(1000*(i+1)))
	}
	for name, tc := range map[string]struct {
		before int64
		most   int
		want   uint64
	}{
		"nothing is old":        {1000, 3, 0},
		"one is":                {1001, 3, 2},
		"all are":               {9000, 3, 4},
		"one too many":          {0, 2, 2},
		"none may be":           {0, 0, 4},
		"old, and one too many": {1001, 1, 3},
	} {
		if got := r.Forgettable(tc.before, tc.most); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
	r.Apply(&record.Change{Added: []record.Record{rec("A")}}, 5, 5000)
	if got := r.Forgettable(9000, 3); got != 4 || r.Len() != 2 {
		t.Errorf("A is back: forgettable up to %d, %d records", got, r.Len())
	}
}
