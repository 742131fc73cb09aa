package feedtest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/record"
)

// WantAircraft wants an update to be of an aircraft, heard up to a moment (unix
// milliseconds), with sorted fields that are valid JSON: what every decoder has to make of
// whatever comes.
func WantAircraft(t *testing.T, u record.Update, at int64) {
	t.Helper()
	if len(strings.TrimPrefix(u.Key, "~")) != 6 || u.Observed > at {
		t.Fatalf("%+v", u)
	}
	if !slices.IsSortedFunc(u.Fields, func(a, b record.Field) int { return strings.Compare(a.Name, b.Name) }) {
		t.Fatalf("not sorted: %v", u.Fields)
	}
	var plain map[string]any
	if text := u.AppendJSON(nil, "hex", at); json.Unmarshal(text, &plain) != nil || len(plain) != len(u.Fields)+1 {
		t.Fatalf("%s", text)
	}
}
