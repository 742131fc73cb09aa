package gateway

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestNames(t *testing.T) {
	for raw, want := range map[string]Names{
		`"a"`: {"a"}, `["a","b"]`: {"a", "b"}, `""`: {""}, `[]`: {},
	} {
		var got Names
		if err := json.Unmarshal([]byte(raw), &got); err != nil || !slices.Equal(got, want) || got == nil {
			t.Errorf("%s is %q, %v; want %q", raw, got, err, want)
		}
	}
	for _, raw := range []string{`7`, `{}`, `["a",7]`, `true`} {
		var got Names
		if err := json.Unmarshal([]byte(raw), &got); err == nil || err.Error() != "'topics' is a name or a list of names" {
			t.Errorf("%s is %q, %v", raw, got, err)
		}
	}
}
