package rules_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/rules"
)

// shelf is a store in memory, which fails when it is told to.
type shelf struct {
	saved rules.Saved
	fails error
}

func (s *shelf) Load() (rules.Saved, error) { return s.saved, s.fails }

func (s *shelf) Save(what rules.Saved) error {
	if s.fails == nil {
		s.saved = rules.Saved{NextID: what.NextID, Rules: slices.Clone(what.Rules)}
	}
	return s.fails
}

const lowFlyer = `{"name":"Low","rule_type":"altitude_below","value":3000}`

var anna, bert, admin = rules.User{ID: "anna"}, rules.User{ID: "bert"}, rules.User{ID: "root", All: true}

func open(t *testing.T, cfg rules.Config) *rules.Book {
	t.Helper()
	b, err := rules.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ids(list []*rules.Rule) (out []string) {
	for _, r := range list {
		out = append(out, r.ID+" of "+r.Owner)
	}
	return out
}

func TestBook(t *testing.T) {
	s := &shelf{}
	var told []string
	b := open(t, rules.Config{Store: s, Triggered: func(a rules.Alert) { told = append(told, a.Rule.APIURL) }})
	mine, err := b.Create(anna, json.RawMessage(lowFlyer[:len(lowFlyer)-1]+`,"api_url":"https://a.example/","id":"77","owner":"bert"}`), start)
	if err != nil || mine.ID != "1" || mine.Owner != "anna" || !mine.CreatedAt.Equal(start) {
		t.Fatalf("created %+v, %v", mine, err)
	}
	if _, err := b.Create(bert, json.RawMessage(`{"name":"Low","visibility":"shared","rule_type":"altitude_below","value":3000}`), start); err != nil {
		t.Fatal(err)
	}
	for u, want := range map[rules.User][]string{anna: {"1 of anna", "2 of bert"}, bert: {"2 of bert"}, admin: {"1 of anna", "2 of bert"}, {}: {"2 of bert"}} {
		if got := ids(b.List(u)); !slices.Equal(got, want) {
			t.Errorf("%v sees %v, want %v", u, got, want)
		}
	}
	if events := b.Observe("A1", fields(t, low), 0, start); len(events) != 2 || len(told) != 2 || told[0] != "https://a.example/" {
		t.Errorf("%d events, told %q", len(events), told)
	}

	off := false
	for what, err := range map[string]error{
		"another's private rule": second(b.Update(bert, "1", json.RawMessage(`{}`), start)),
		"a rule that is not":     second(b.Toggle(anna, "9", nil, start)),
		"one deleted":            b.Delete(bert, "1"),
	} {
		if !errors.Is(err, rules.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := b.Delete(anna, "2"); !errors.Is(err, rules.ErrNotYours) {
		t.Error(err)
	}
	later := start.Add(time.Hour)
	r, err := b.Update(admin, "1", json.RawMessage(`{"id":5,"owner":"root","name":"New","priority":"critical","cooldown_minutes":null}`), later)
	if err != nil || r.Name != "New" || r.Owner != "anna" || r.ID != "1" || r.Priority != "critical" || !r.UpdatedAt.Equal(later) || !r.CreatedAt.Equal(start) || r.RuleType != "altitude_below" {
		t.Errorf("updated %+v, %v", r, err)
	}
	var wrong *rules.Error
	if _, err := b.Update(anna, "1", json.RawMessage(`{"priority":"odd"}`), later); !errors.As(err, &wrong) || wrong.Path != "priority" {
		t.Error(err)
	}
	if r, err := b.Toggle(anna, "1", nil, later); err != nil || r.Enabled {
		t.Error(r, err)
	}
	if r, err := b.Toggle(anna, "1", &off, later); err != nil || r.Enabled {
		t.Error(r, err)
	}
	if err := b.Delete(bert, "2"); err != nil {
		t.Error(err)
	}

	// What was kept is there again; no id is used twice.
	again := open(t, rules.Config{Store: s})
	if got := again.List(anna); len(got) != 1 || got[0].Enabled || got[0].Name != "New" {
		t.Errorf("kept %+v", got)
	}
	if r, err := again.Create(anna, json.RawMessage(lowFlyer), start); err != nil || r.ID != "3" {
		t.Error(r, err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestNothingIsInForceThatIsNotKept(t *testing.T) {
	s := &shelf{}
	b := open(t, rules.Config{Store: s})
	if _, err := b.Create(anna, json.RawMessage(lowFlyer), start); err != nil {
		t.Fatal(err)
	}
	s.fails = errors.New("the disk is full")
	for what, err := range map[string]error{
		"create": second(b.Create(anna, json.RawMessage(lowFlyer), start)),
		"update": second(b.Update(anna, "1", json.RawMessage(`{"name":"New"}`), start)),
		"toggle": second(b.Toggle(anna, "1", nil, start)),
		"delete": b.Delete(anna, "1"),
	} {
		if !errors.Is(err, s.fails) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if list := b.List(anna); len(list) != 1 || list[0].Name != "Low" || !list[0].Enabled {
		t.Errorf("the rules are %+v", list)
	}
	if _, err := rules.Open(rules.Config{Store: s}); !errors.Is(err, s.fails) {
		t.Error(err)
	}
}

func TestTooMany(t *testing.T) {
	b := open(t, rules.Config{})
	for range rules.MaxPerUser {
		if _, err := b.Create(anna, json.RawMessage(lowFlyer), start); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Create(anna, json.RawMessage(lowFlyer), start); !errors.Is(err, rules.ErrTooMany) {
		t.Error(err)
	}
	if _, err := b.Create(bert, json.RawMessage(lowFlyer), start); err != nil {
		t.Error(err)
	}
}

// What rules take is bounded, for each and for all; who has too much may have less.
func TestTooDear(t *testing.T) {
	dear := json.RawMessage(`{"name":"R","rule_type":"callsign","operator":"regex","value":"(A[0-9]{9}){20}"}`)
	b := open(t, rules.Config{})
	fill := func(u rules.User) (n int, err error) {
		for ; err == nil && n < rules.MaxPerUser; n++ {
			_, err = b.Create(u, dear, start)
		}
		return n - 1, err
	}
	for i, u := range []rules.User{anna, bert, {ID: "carl"}} {
		n, err := fill(u)
		if !errors.Is(err, rules.ErrTooDear) || n < 5 || n > 50 {
			t.Errorf("%d: %d rules, then %v", i, n, err)
		}
	}
	if _, err := b.Update(anna, "1", json.RawMessage(`{"conditions":{"conditions":[{"type":"callsign","operator":"regex","value":"(A[0-9]{9}){20}"}]}}`), start); !errors.Is(err, rules.ErrTooDear) {
		t.Errorf("dearer: %v", err)
	}
	if _, err := b.Update(anna, "1", json.RawMessage(`{"value":"A"}`), start); err != nil {
		t.Errorf("cheaper: %v", err)
	}
}

// Under the race detector: everybody at once.
func TestBookConcurrently(t *testing.T) {
	b := open(t, rules.Config{Store: &shelf{}})
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			u := rules.User{ID: fmt.Sprint(i)}
			for range 20 {
				r, err := b.Create(u, json.RawMessage(lowFlyer), start)
				if err != nil {
					t.Error(err)
					return
				}
				b.Observe(u.ID, fields(t, low), 0, start)
				b.Tick(start)
				b.List(u)
				b.Toggle(u, r.ID, nil, start)
				b.Gone(u.ID, start)
				if err := b.Delete(u, r.ID); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// Who has no name is not alone: a rule that such a user calls private would be every
// such user's, and its alerts everybody's. It is public, whichever way it came to be.
func TestWhatNobodyOwnsIsPublic(t *testing.T) {
	before, err := rules.Parse(json.RawMessage(lowFlyer))
	if err != nil {
		t.Fatal(err)
	}
	before.ID = "1"
	b := open(t, rules.Config{Store: &shelf{saved: rules.Saved{NextID: 2, Rules: []*rules.Rule{before}}}})
	made, err := b.Create(rules.User{}, json.RawMessage(lowFlyer[:len(lowFlyer)-1]+`,"visibility":"private"}`), start)
	if err != nil || made.Visibility != rules.Public {
		t.Errorf("made: %+v, %v", made, err)
	}
	changed, err := b.Update(rules.User{}, "2", json.RawMessage(`{"visibility":"private"}`), start)
	if err != nil || changed.Visibility != rules.Public {
		t.Errorf("changed: %+v, %v", changed, err)
	}
	if got := b.List(anna); len(got) != 2 || got[0].Visibility != rules.Public {
		t.Errorf("anna sees %v", ids(got))
	}
	if before.Visibility != rules.Private {
		t.Error("what the store gave was changed")
	}
	for _, e := range b.Observe("A1", fields(t, low), 0, start) {
		if e.Fields.Get("visibility") != `"public"` {
			t.Errorf("told as %s", e.Fields.Get("visibility"))
		}
	}
}

// What is wrong with an address is said when a rule gets it, and not when another part
// of a rule that has it already is changed.
func TestAddressesThatAreRefused(t *testing.T) {
	strict := false
	b := open(t, rules.Config{Address: func(address string) error {
		if strict && address != "https://good.example/" {
			return errors.New("is not good")
		}
		return nil
	}})
	with := func(address string) json.RawMessage {
		return json.RawMessage(lowFlyer[:len(lowFlyer)-1] + `,"api_url":"` + address + `"}`)
	}
	old, err := b.Create(anna, with("https://bad.example/"), start)
	if err != nil {
		t.Fatal(err)
	}
	strict = true
	const want = "api_url: is not good"
	var wrong *rules.Error
	if _, err := b.Create(anna, with("https://bad.example/"), start); !errors.As(err, &wrong) || err.Error() != want {
		t.Errorf("made: %v", err)
	}
	for patch, want := range map[string]string{
		`{"name":"Lower"}`:                     "",
		`{"api_url":"https://worse.example/"}`: want,
		`{"api_url":null}`:                     "",
	} {
		_, err := b.Update(anna, old.ID, json.RawMessage(patch), start)
		if got := fmt.Sprint(err); want == "" && err != nil || want != "" && got != want {
			t.Errorf("%s: %v", patch, err)
		}
	}
	if _, err := b.Create(anna, with("https://good.example/"), start); err != nil {
		t.Errorf("a good one: %v", err)
	}
}
