package rules_test

import (
	"fmt"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/rules"
)

// A rule, what it is told of an aircraft, and the alert that follows.
func Example() {
	rule, err := rules.Parse([]byte(`{"id": "1", "name": "Low helicopter", "conditions": {"conditions": [
		{"type": "helicopter", "operator": "eq", "value": true},
		{"type": "altitude_below", "value": 1500}]}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	m := rules.New(time.UTC)
	m.Set(rule)
	for _, alt := range []string{"2000", "1400", "1300"} {
		seen := record.Fields{{Name: "alt", Raw: alt}, {Name: "category", Raw: `"A7"`}, {Name: "flight", Raw: `"REGA1"`}}
		for _, e := range m.Observe("4B1805", seen, 0, time.Now()) {
			fmt.Println("at", alt, "ft:", e.Name, e.Fields.Get("message"))
		}
	}
	_, err = rules.Parse([]byte(`{"name": "Everything", "conditions": {"groups": [{"conditions": [{"type": "altitude", "operator": "below", "value": 1500}]}]}}`))
	fmt.Println(err)
	// Output:
	// at 1400 ft: alert:triggered "Alert 'Low helicopter' triggered for REGA1"
	// conditions.groups[0].conditions[0].operator: unknown operator "below" for altitude; there are: eq, neq, lt, le, gt, ge
}
