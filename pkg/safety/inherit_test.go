package safety_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/safety"
)

// tower is a monitor in a process of its own, and what was told of each event.
type tower struct {
	safety.Records
	now  time.Time
	told *[]record.Event // the newest of each, oldest first; nil while it is silent
	said []string
}

func (w *tower) take(events []record.Event) {
	for _, e := range events {
		if w.told == nil {
			continue
		}
		w.said = append(w.said, fmt.Sprintf("%s %s %s", e.Name, record.Text(e.Fields.Get("internal_id")), e.Key))
		known := false
		for i := range *w.told {
			if (*w.told)[i].Key == e.Key {
				(*w.told)[i], known = e, true
			}
		}
		if !known {
			*w.told = append(*w.told, e)
		}
	}
}

// hear has the tower hear aircraft for some seconds.
func (w *tower) hear(seconds int, squawks map[string]string) {
	for range seconds {
		w.now = w.now.Add(time.Second)
		for _, key := range []string{"A", "B", "C"} {
			if squawk := squawks[key]; squawk != "" {
				f := record.Fields{{Name: "squawk", Raw: `"` + squawk + `"`}}
				w.take(w.Observe(key, f, w.now.UnixMilli(), w.now))
			}
		}
		w.take(w.Tick(w.now))
	}
}

// said compares what was told, with the ids named by who gave them out.
func (w *tower) want(t *testing.T, names map[string]string, want ...string) {
	t.Helper()
	var got []string
	for _, s := range w.said {
		for id, name := range names {
			if n := len(s) - len(id); n > 0 && s[n:] == id {
				s = s[:n] + name
			}
		}
		got = append(got, s)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("told (-want +got):\n%s", d)
	}
	w.said = nil
}

func (w *tower) ids(names map[string]string, who string) {
	for _, e := range *w.told {
		if names[e.Key] == "" {
			names[e.Key] = who
		}
	}
}

// A process takes over from another: what lives goes on under its id, what began in
// between is told, and what is over ends once.
func TestInherit(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	for name, tc := range map[string]struct {
		heard bool // the second heard the same all the time
		want  []string
	}{
		"one that heard the same": {true, []string{
			"safety:event squawk_radio_failure:C second", // which began when nobody spoke
			"safety:event_resolved squawk_hijack:B first",
			"safety:event_resolved squawk_emergency:A first",
			"safety:event_resolved squawk_radio_failure:C second",
		}},
		"one that has just begun": {false, []string{
			"safety:event squawk_radio_failure:C second",
			"safety:event_resolved squawk_hijack:B first",
			"safety:event_updated squawk_emergency:A first", // it has now seen it itself
			"safety:event_resolved squawk_emergency:A first",
			"safety:event_resolved squawk_radio_failure:C second",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var told []record.Event
			names := map[string]string{}
			first := &tower{Records: safety.Watch(safety.DefaultConfig()), now: now, told: &told}
			second := &tower{Records: safety.Watch(safety.DefaultConfig()), now: now}
			sky := map[string]string{"A": "7700", "B": "7500"}
			if tc.heard {
				second.hear(1, sky) // it found them at another time, under other ids
			}
			first.hear(10, map[string]string{"A": "7700", "B": "7500", "C": "1000"})
			first.hear(2, map[string]string{"A": "7700", "B": "7500", "C": "1000"})
			first.ids(names, "first")
			first.want(t, names, "safety:event squawk_emergency:A first", "safety:event squawk_hijack:B first")

			second.now = first.now
			sky["C"] = "7600"
			if tc.heard {
				second.hear(3, sky)
			}
			second.told = &told
			second.take(second.Inherit(told, nil, second.now))
			if !tc.heard {
				second.hear(1, sky)
			}
			second.ids(names, "second")
			second.hear(5, map[string]string{"A": "7700", "B": "1000", "C": "7600"})
			second.hear(5, map[string]string{"A": "1000", "B": "1000", "C": "1000"})
			second.hear(400, nil)
			second.want(t, names, tc.want...)
		})
	}
}

// The log has lost what the first told: the second, which remembers it, tells what lives
// again under its id, as it stands, with what clients have said of it.
func TestInheritWhatIsLost(t *testing.T) {
	for name, heard := range map[string]bool{"one that heard the same": true, "one that has just begun": false} {
		t.Run(name, func(t *testing.T) {
			var told, anew []record.Event
			now, names := time.UnixMilli(1_700_000_000_000), map[string]string{}
			first := &tower{Records: safety.Watch(safety.DefaultConfig()), now: now, told: &told}
			second := &tower{Records: safety.Watch(safety.DefaultConfig()), now: now}
			sky := map[string]string{"A": "7700", "B": "7500", "C": "7600"}
			if heard {
				second.hear(3, sky)
			}
			first.hear(3, sky)
			sky["C"] = "1000"
			if heard {
				second.hear(3, sky)
			}
			first.hear(3, sky) // C's is over
			first.ids(names, "first")
			for i := range told {
				if names[told[i].Key] == "first" && record.Text(told[i].Fields.Get("icao")) == "A" {
					told[i].Fields.Set("acknowledged", "true")
					told[i].Fields.Set("acknowledged_at", `"2023-11-14T22:13:25Z"`)
				}
			}
			second.told, second.now = &anew, first.now
			second.take(second.Inherit(nil, told, second.now))
			second.want(t, names, "safety:event_updated squawk_emergency:A first", "safety:event_updated squawk_hijack:B first")
			check := func(action string) {
				t.Helper()
				for _, e := range anew {
					want := map[string]string{"A": "true", "B": "false"}[record.Text(e.Fields.Get("icao"))]
					if got := e.Fields.Get("acknowledged"); got != want || (want == "true") != (e.Fields.Get("acknowledged_at") == `"2023-11-14T22:13:25Z"`) {
						t.Errorf("%s is acknowledged: %s, at %s", e.Key, got, e.Fields.Get("acknowledged_at"))
					}
					if got := record.Text(e.Fields.Get("event_action")); got != action {
						t.Errorf("%s is told as %s", e.Key, got)
					}
					if got := record.Text(e.Fields.Get("updated_at")); got < first.now.UTC().Format("2006-01-02T15:04:05.000Z") {
						t.Errorf("%s was updated at %s, before it was told", e.Key, got)
					}
				}
			}
			check("safety_event_updated")
			second.hear(2, map[string]string{"A": "7700", "B": "7500"})
			second.said = nil
			second.hear(2, map[string]string{"A": "1000", "B": "1000"})
			second.want(t, names, "safety:event_resolved squawk_emergency:A first", "safety:event_resolved squawk_hijack:B first")
			check("safety_event_resolved")
		})
	}
}

// What was inherited and is not heard again ends, by what was told of it.
func TestInheritedAndNeverHeard(t *testing.T) {
	var told []record.Event
	now := time.UnixMilli(1_700_000_000_000)
	first := &tower{Records: safety.Watch(safety.DefaultConfig()), now: now, told: &told}
	first.hear(3, map[string]string{"A": "7700"})
	second := &tower{Records: safety.Watch(safety.DefaultConfig()), now: first.now, told: &told}
	second.take(second.Inherit(told, nil, second.now))
	second.hear(299, nil)
	second.want(t, nil)
	second.hear(2, nil)
	if len(second.said) != 1 || len(told) != 1 {
		t.Fatalf("told: %q", second.said)
	}
	over := told[0]
	for field, want := range map[string]string{
		"event_action": `"safety_event_resolved"`, "resolved": "true", "message": `"EMERGENCY: A squawking 7700"`, "internal_id": `"squawk_emergency:A"`,
	} {
		if got := over.Fields.Get(field); got != want {
			t.Errorf("%s is %s, want %s", field, got, want)
		}
	}
}

// What cannot be read is nobody's life.
func TestInheritWhatIsNoEvent(t *testing.T) {
	w := safety.Watch(safety.DefaultConfig())
	for _, id := range []string{"", "x", "squawk_emergency", "squawk_emergency:", "squawk_emergency:A:B", "proximity_conflict:A", "nonsense:A"} {
		e := record.Event{Record: record.Record{Key: "1", Fields: record.Fields{{Name: "internal_id", Raw: record.String(id)}}}}
		if out := w.Inherit([]record.Event{e}, nil, time.UnixMilli(1)); out != nil {
			t.Errorf("%q: %v", id, out)
		}
	}
	if out := w.Tick(time.UnixMilli(1_000_000)); out != nil {
		t.Errorf("something ends: %v", out)
	}
}
