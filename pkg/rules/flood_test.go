package rules_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/rules"
)

func openBook(t *testing.T) *rules.Book {
	t.Helper()
	b, err := rules.Open(rules.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Rules of one owner that hold for everybody give so many alerts at once, and the
// rest later; another owner's are told all the same.
func TestAFloodOfAlerts(t *testing.T) {
	b, now := openBook(t), time.Unix(1_700_000_000, 0)
	create := func(owner string, n int) {
		for i := range n {
			raw := fmt.Sprintf(`{"name":"R","rule_type":"altitude","operator":"gt","value":%d}`, 500+i)
			if _, err := b.Create(rules.User{ID: owner}, json.RawMessage(raw), now); err != nil {
				t.Fatal(err)
			}
		}
	}
	const broad, planes = 100, 50
	create("noisy", broad)
	create("quiet", 1)
	told := map[string]int{}
	hear := func() (n int) {
		for i := range planes {
			fields := record.Fields{{Name: "alt", Raw: "30000"}}
			for _, e := range b.Observe(fmt.Sprintf("%06X", i), fields, now.UnixMilli(), now) {
				told[record.Text(e.Fields.Get("owner"))]++
				n++
			}
		}
		return n
	}
	if n := hear(); told["noisy"] != 1000 || told["quiet"] != planes {
		t.Errorf("at once %d alerts, of them %v; want 1000 of noisy and %d of quiet", n, told, planes)
	}
	if late := b.Dropped()["alerts_of_one_owner"]; late != broad*planes-1000 {
		t.Errorf("%d are put off, want %d", late, broad*planes-1000)
	}
	for range 45 { // 4,000 are left: 100 a second
		now = now.Add(time.Second)
		if n := hear(); n > 100 {
			t.Errorf("%d alerts in a second", n)
		}
	}
	if told["noisy"] != broad*planes || told["quiet"] != planes {
		t.Errorf("told %v: each once is %d and %d", told, broad*planes, planes)
	}
}

// What lists all rules fits into a message.
func TestRulesAreNotTooLong(t *testing.T) {
	long := strings.Repeat("x", 3000)
	b := openBook(t)
	made := 0
	for _, owner := range []string{"anna", "ben", "cleo", "dora", "emil"} {
		var err error
		for err == nil {
			raw := `{"name":"R","rule_type":"icao","operator":"eq","value":"ABC123","visibility":"public","notification_channels":["` + long + `"]}`
			if _, err = b.Create(rules.User{ID: owner}, json.RawMessage(raw), time.Now()); err == nil {
				made++
			}
		}
		if !errors.Is(err, rules.ErrTooLong) {
			t.Fatal(err)
		}
	}
	size := 0
	for _, r := range b.List(rules.User{ID: "anna"}) {
		raw, err := r.JSON()
		if err != nil {
			t.Fatal(err)
		}
		size += len(raw) + 1
	}
	if size > 1_000_000 || made < 100 {
		t.Errorf("%d rules of %d bytes", made, size)
	}
	raw := `{"name":"R","rule_type":"icao","operator":"eq","value":"ABC123","notification_channels":["` + long + long + `"]}`
	if _, err := b.Create(rules.User{ID: "fred"}, json.RawMessage(raw), time.Now()); err == nil || !strings.Contains(err.Error(), "notification_channels") {
		t.Errorf("channels of %d bytes: %v", len(raw), err)
	}
}
