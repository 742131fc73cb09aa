package record_test

import (
	"encoding/json"
	"testing"

	"github.com/skygate-io/skygate/pkg/record"
)

// FuzzValues compares with encoding/json: whatever it takes for a number or a text
// is read as that, and what it does not take is not.
func FuzzValues(f *testing.F) {
	for _, raw := range []string{
		"1", "-0.5", "1e3", "1E-3", "+1", ".5", "inf", "nan", "0x10", "1_0", "1e999", "", "null", "true", "@17", "[1]",
		`"KLM23"`, `"é"`, `"a\"b"`, `"😀"`, `"a`, `"`, `a"`, `"a"b"`, "\"\x01\"", `""`, `"ground"`,
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var number float64
		isNumber := raw != "null" && json.Unmarshal([]byte(raw), &number) == nil
		got, ok := record.Float(raw)
		switch {
		case isNumber && len(raw) <= 64 && raw[0] != ' ' && !ok && raw[len(raw)-1] >= '0' && raw[len(raw)-1] <= '9' && raw[0] > ' ':
			t.Errorf("%q is no number", raw)
		case ok && isNumber && got != number:
			t.Errorf("%q is %v, want %v", raw, got, number)
		}
		var text string
		isText := len(raw) > 0 && raw[0] == '"' && json.Unmarshal([]byte(raw), &text) == nil
		if got := record.Text(raw); isText && json.Valid([]byte(raw)) && raw[len(raw)-1] == '"' && got != text && string([]rune(got)) == got {
			t.Errorf("%q is the text %q, want %q", raw, got, text)
		}
	})
}
