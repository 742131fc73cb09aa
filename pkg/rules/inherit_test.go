package rules_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/rules"
)

// watch is a book in a process of its own, and what was told by whoever speaks.
type watch struct {
	t *testing.T
	*rules.Book
	told *[]record.Event // nil while it is silent
}

func newWatch(t *testing.T, told *[]record.Event, set ...string) *watch {
	s := &shelf{}
	for i, raw := range set {
		r := parse(t, raw)
		r.ID, r.Visibility = fmt.Sprint(i+1), rules.Public
		s.saved.Rules = append(s.saved.Rules, r)
	}
	return &watch{t, open(t, rules.Config{Store: s}), told}
}

func (w *watch) take(events []record.Event) {
	if w.told != nil {
		*w.told = append(*w.told, events...)
	}
}

// hears has it hear an aircraft, after so long since the start.
func (w *watch) hears(after time.Duration, object string) {
	w.t.Helper()
	w.take(w.Observe("A1", fields(w.t, object), 0, start.Add(after)))
}

// leads has it speak from then on.
func (w *watch) leads(told *[]record.Event, after time.Duration) {
	w.told = told
	w.take(w.Inherit(slices.Clone(*told), nil, start.Add(after)))
}

// times gives when what was told was found.
func times(told []record.Event) (out []string) {
	for _, e := range told {
		out = append(out, record.Text(e.Fields.Get("triggered_at"))[11:19])
	}
	return out
}

// What was told by one is not told again by another within the cooldown (5 minutes).
func TestInherit(t *testing.T) {
	type heard struct {
		after  time.Duration
		object string
	}
	for name, tc := range map[string]struct {
		before []heard // by the first, from 12:00:00 on
		silent []heard // by the second, until it leads, 10s after the last of before
		after  []heard
		want   []string
	}{
		"one that has just begun": {
			before: []heard{{0, low}}, after: []heard{{20 * time.Second, low}, {10 * time.Minute, low}},
			want: []string{"12:00:00"}, // it holds all the time
		},
		"it ceases to hold, and holds again too soon": {
			before: []heard{{0, low}}, after: []heard{{20 * time.Second, high}, {30 * time.Second, low}},
			want: []string{"12:00:00"},
		},
		"it ceases to hold, and holds again after the cooldown": {
			before: []heard{{0, low}}, after: []heard{{20 * time.Second, high}, {6 * time.Minute, low}},
			want: []string{"12:00:00", "12:06:00"},
		},
		"it was told too long ago": {
			before: []heard{{0, low}, {10 * time.Minute, low}}, after: []heard{{11 * time.Minute, low}},
			want: []string{"12:00:00", "12:11:00"},
		},
		"one that heard the same": {
			before: []heard{{0, low}}, silent: []heard{{time.Second, low}}, after: []heard{{20 * time.Second, low}, {10 * time.Minute, low}},
			want: []string{"12:00:00"},
		},
		"one that came later": {
			before: []heard{{0, low}}, silent: []heard{{8 * time.Second, low}}, after: []heard{{20 * time.Second, low}},
			want: []string{"12:00:00"},
		},
		"what came while nobody spoke": {
			before: []heard{{0, high}}, silent: []heard{{0, high}, {5 * time.Second, low}, {6 * time.Second, high}},
			after: []heard{{20 * time.Second, low}},
			want:  []string{"12:00:05"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var told []record.Event
			first, second := newWatch(t, &told, lowFlyer), newWatch(t, nil, lowFlyer)
			last := time.Duration(0)
			for _, h := range tc.before {
				first.hears(h.after, h.object)
				last = h.after
			}
			for _, h := range tc.silent {
				second.hears(h.after, h.object)
			}
			second.leads(&told, last+10*time.Second)
			for _, h := range tc.after {
				second.hears(h.after, h.object)
			}
			if d := cmp.Diff(tc.want, times(told)); d != "" {
				t.Errorf("told (-want +got):\n%s", d)
			}
		})
	}
}

// A rule that was changed since keeps quiet for the cooldown, and is not taken to hold.
func TestInheritARuleThatWasChanged(t *testing.T) {
	var told []record.Event
	newWatch(t, &told, lowFlyer).hears(0, low)
	second := newWatch(t, nil, lowFlyer)
	if _, err := second.Update(admin, "1", []byte(`{"value":4000}`), start.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	second.leads(&told, 10*time.Second)
	for _, after := range []time.Duration{20 * time.Second, 4 * time.Minute, 5 * time.Minute} {
		second.hears(after, low)
	}
	if d := cmp.Diff([]string{"12:00:00", "12:05:00"}, times(told)); d != "" {
		t.Error(d)
	}
}

// What was found and not told goes to whom alerts are delivered, too; but not when
// it is old, or its rule is off or away by now.
func TestInheritWhatNobodyTold(t *testing.T) {
	for name, tc := range map[string]struct {
		then  func(b *rules.Book) error
		after time.Duration
		want  int
	}{
		"a moment ago":       {func(*rules.Book) error { return nil }, time.Second, 1},
		"long ago":           {func(*rules.Book) error { return nil }, 3 * time.Minute, 0},
		"its rule is off":    {func(b *rules.Book) error { return second(b.Toggle(admin, "1", nil, start)) }, time.Second, 0},
		"its rule is away":   {func(b *rules.Book) error { return b.Delete(admin, "1") }, time.Second, 0},
		"its rule is not it": {func(b *rules.Book) error { return second(b.Update(admin, "1", []byte(`{"value":10}`), start)) }, time.Second, 0},
	} {
		t.Run(name, func(t *testing.T) {
			delivered := 0
			b := open(t, rules.Config{Triggered: func(rules.Alert) { delivered++ }})
			if _, err := b.Create(rules.User{}, []byte(lowFlyer), start); err != nil {
				t.Fatal(err)
			}
			b.Observe("A1", fields(t, low), 0, start)
			if err := tc.then(b); err != nil {
				t.Fatal(err)
			}
			if got := b.Inherit(nil, nil, start.Add(tc.after)); len(got) != tc.want || delivered != 1+tc.want {
				t.Errorf("%d are told, %d delivered", len(got), delivered)
			}
			if got := b.Inherit(nil, nil, start.Add(tc.after)); len(got) != 0 {
				t.Errorf("%d are told twice", len(got))
			}
		})
	}
}

// What cannot be read, or is of no rule, is nobody's alert.
func TestInheritWhatIsNoAlert(t *testing.T) {
	w := newWatch(t, nil, lowFlyer)
	var told []record.Event
	for _, object := range []string{
		`{}`, `{"rule_id":1,"icao_hex":"A1"}`, `{"rule_id":1,"icao_hex":"A1","triggered_at":"soon"}`, `{"rule_id":1,"triggered_at":"2026-07-04T12:00:00.000Z"}`,
		`{"rule_id":9,"icao_hex":"A1","triggered_at":"2026-07-04T12:00:00.000Z"}`, `{"rule_id":[1],"icao_hex":{},"triggered_at":7}`,
	} {
		told = append(told, record.Event{Name: rules.Triggered, Record: record.Record{Key: "1", Fields: fields(t, object)}})
	}
	now := start.Add(time.Second)
	if got := w.Inherit(told, nil, now); len(got) != 0 {
		t.Errorf("told %v", got)
	}
	if got := w.Observe("A1", fields(t, low), 0, now); len(got) != 1 {
		t.Errorf("%d alerts after it", len(got))
	}
}

// Processes that hear the same and lead in turn tell, all together, what one that
// is never interrupted does.
func TestInheritAgainstOneThatGoesOn(t *testing.T) {
	alerts := 0
	for seed := range uint64(100) {
		d := dice{rand.New(rand.NewPCG(seed, 7))}
		set := make([]string, 8)
		for i := range set {
			set[i] = `{"name":"R","cooldown_minutes":` + d.of("1", "2", "5") + `,"conditions":{"conditions":[` + d.condition() + `]}}`
		}
		var want, got []record.Event
		one := newWatch(t, &want, set...)
		turns := []*watch{newWatch(t, nil, set...), newWatch(t, nil, set...), newWatch(t, nil, set...)}
		turns[0].told = &got
		leads := 0
		now := start
		for range 300 {
			now = now.Add(time.Duration(1+d.IntN(5)) * time.Second)
			key := fmt.Sprintf("A%d", d.IntN(4))
			seen := fields(t, fmt.Sprintf(`{"flight":%q,"alt":%d,"gs":%d,"squawk":"%d"}`, d.callsign(), d.IntN(400), d.IntN(400), 7000+100*d.IntN(8)))
			one.take(one.Observe(key, seen, 0, now))
			// The one that leads may be dead already.
			dead := d.IntN(20) == 0
			if dead {
				turns[leads].told = nil
			}
			for _, w := range turns {
				w.take(w.Observe(key, seen, 0, now))
			}
			if dead {
				leads = (leads + 1 + d.IntN(2)) % len(turns)
				turns[leads].leads(&got, now.Sub(start))
			}
		}
		if d := cmp.Diff(pairs(want), pairs(got)); d != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, d)
		}
		alerts += len(want)
	}
	if alerts < 1000 {
		t.Errorf("only %d alerts: that compares little", alerts)
	}
}

// pairs gives rule, aircraft and time of what was told, in order.
func pairs(told []record.Event) (out []string) {
	for _, e := range told {
		out = append(out, strings.Join([]string{e.Fields.Get("triggered_at"), e.Fields.Get("rule_id"), e.Fields.Get("icao_hex")}, " "))
	}
	slices.Sort(out)
	return out
}
