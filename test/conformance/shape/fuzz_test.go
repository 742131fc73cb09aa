package shape_test

import (
	"testing"

	"github.com/skygate-io/skygate/test/conformance/shape"
)

// FuzzParse: whatever is parsed can be asked of whatever value.
func FuzzParse(f *testing.F) {
	for _, text := range []string{`{a?: [int*]|null, b: "x"~}`, `[~{a: -1..2.5}]`, `[1, "2", true]`, `uuid|icao|time`} {
		f.Add(text, `{"a":[1],"b":"xyz"}`)
	}
	f.Fuzz(func(_ *testing.T, text, value string) {
		if s, err := shape.Parse(text); err == nil {
			_ = s.Check([]byte(value))
		}
	})
}
