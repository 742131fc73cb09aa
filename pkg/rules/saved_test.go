package rules_test

import (
	"bytes"
	"testing"

	"github.com/skygate-io/skygate/pkg/rules"
)

// What is decoded is encoded, and decoded again, as the same.
func FuzzDecode(f *testing.F) {
	const one = `{"version":1,"next_id":2,"rules":[{"id":"1","name":"R","rule_type":"military","value":true}`
	for _, text := range []string{one + `]}`, one + `,{"id":"2","owner":"anna","name":"S","rule_type":"altitude_below","value":3000}]}`, one, `{"version":2}`, `{"version":1}`, `[]`, `null`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		saved, err := rules.Decode(raw)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a text")
			}
			return
		}
		text, err := saved.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := rules.Decode(text)
		if err != nil || len(again.Rules) != len(saved.Rules) || again.NextID != saved.NextID {
			t.Fatalf("%s becomes %+v, %v", text, again, err)
		}
		if twice, err := again.Encode(); err != nil || !bytes.Equal(twice, text) {
			t.Errorf("%s becomes %s, %v", text, twice, err)
		}
	})
}
