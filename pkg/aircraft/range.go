package aircraft

import "github.com/skygate-io/skygate/pkg/record"

// span is what the values of a field lie in.
type span struct {
	low, high float64
	reason    Reason
}

// spans are wide: what lies outside is no measurement but a decoding error.
var spans = map[string]span{
	"alt_baro":     {-2000, 150_000, AltitudeOutOfRange},
	"alt_geom":     {-2000, 150_000, AltitudeOutOfRange},
	"gs":           {0, 5000, SpeedOutOfRange},
	"track":        {0, 360, TrackOutOfRange},
	"true_heading": {0, 360, TrackOutOfRange},
	"mag_heading":  {0, 360, TrackOutOfRange},
	"baro_rate":    {-50_000, 50_000, RateOutOfRange},
	"geom_rate":    {-50_000, 50_000, RateOutOfRange},
}

// CheckRanges looks whether the values of normalised fields can be. (Whether the
// position can, [Normalise] says.) An error is an [*Error].
func CheckRanges(f record.Fields) error {
	for i := range f {
		name, raw := f[i].Name, f[i].Raw
		if s, ok := spans[name]; ok && isNumber(raw) {
			if v := number(raw); !(v >= s.low && v <= s.high) {
				return &Error{Reason: s.reason, Field: name}
			}
		}
		if name == "squawk" && !isSquawk(raw) {
			return &Error{Reason: BadSquawk, Field: name}
		}
	}
	return nil
}

// isSquawk says whether raw is four octal digits, as text.
func isSquawk(raw string) bool {
	if len(raw) != len(`"7700"`) {
		return false
	}
	for i := 1; i < 5; i++ {
		if raw[i] < '0' || raw[i] > '7' {
			return false
		}
	}
	return true
}
