package aircraft_test

import (
	"testing"

	"github.com/skygate-io/skygate/pkg/aircraft"
)

func TestUnixMilli(t *testing.T) {
	for raw, want := range map[string]int64{
		"1652867171.3": 1652867171300, "1589902035": 1589902035000, "1598880624209": 1598880624209,
		"1598880624209.6": 1598880624210, "0.25": 250, "99999999999": 99999999999000, "100000000000": 100000000000,
		"": 0, "null": 0, `"1589902035"`: 0, "0": 0, "-1": 0, "NaN": 0, "Inf": 0, "1e300": 0, "1e999": 0,
	} {
		if got := aircraft.UnixMilli(raw); got != want {
			t.Errorf("UnixMilli(%s) = %d, want %d", raw, got, want)
		}
	}
}
