package airspace

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// Number is a number, or a text that holds one; anything else is not known.
type Number struct {
	V     float64
	Known bool
}

// UnmarshalJSON implements json.Unmarshaler. It does not fail.
func (n *Number) UnmarshalJSON(raw []byte) error {
	*n = Number{}
	text := strings.TrimSpace(textOf(raw))
	n.V, n.Known = record.Float(text) // strconv alone also takes 1_000, 0x10 and inf
	return nil
}

// Text is a text, or a number as a text; anything else is "".
type Text string

// UnmarshalJSON implements json.Unmarshaler. It does not fail.
func (t *Text) UnmarshalJSON(raw []byte) error {
	*t = Text(strings.TrimSpace(textOf(raw)))
	return nil
}

// textOf gives a JSON text or number as text.
func textOf(raw []byte) string {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0:
	case raw[0] == '"':
		var text string
		if json.Unmarshal(raw, &text) == nil {
			return text
		}
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return string(raw)
	}
	return ""
}

// Moment is a time in unix milliseconds, read from seconds, milliseconds or a date;
// 0 is not known.
type Moment int64

// UnmarshalJSON implements json.Unmarshaler. It does not fail.
func (m *Moment) UnmarshalJSON(raw []byte) error {
	text := strings.TrimSpace(textOf(raw))
	if *m = ParseMoment(text); *m != 0 {
		return nil // also one whose digits alone would be a number
	}
	if v, ok := record.Float(text); ok {
		switch {
		case v >= 1e11 && v < 1e14: // milliseconds
			*m = Moment(v)
		case v >= 1e8 && v < 1e11:
			*m = Moment(v * 1000)
		}
	}
	return nil
}

// layouts are the dates that upstreams write. One without a zone is UTC, as all times
// of aviation are.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05",
	"20060102_1504", "200601021504", "01/02/2006 1504", "01/02/2006 15:04",
}

// ParseMoment reads a date; 0 is what cannot be read.
func ParseMoment(text string) Moment {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return momentOf(t)
		}
	}
	return 0
}

// momentOf gives the moment of a time that may be one of something in force.
func momentOf(t time.Time) Moment {
	if y := t.Year(); y < 1980 || y > 2200 {
		return 0
	}
	return Moment(t.UnixMilli())
}

// String gives a moment as clients get it; "" for one that is not known.
func (m Moment) String() string {
	if m == 0 {
		return ""
	}
	return time.UnixMilli(int64(m)).UTC().Format("2006-01-02T15:04:05Z")
}

// highest is the altitude in feet above which nothing is meant.
const highest = 200_000

// Feet is an altitude in feet.
type Feet struct {
	V     float64
	Known bool
}

func feet(v float64) Feet {
	if !(v >= -2000 && v <= highest) {
		return Feet{}
	}
	return Feet{v, true}
}

// AltitudeFeet is an altitude that is given in feet.
func AltitudeFeet(n Number) Feet {
	if !n.Known {
		return Feet{}
	}
	return feet(n.V)
}

// Level reads an altitude in hundreds of feet: "040", "FL 115", "SFC". What is as high
// as the freezing level ("FZL") has no number. "UNL" has none either.
func Level(text string) Feet {
	text = strings.ToUpper(strings.TrimSpace(text))
	switch text {
	case "SFC", "GND":
		return Feet{0, true}
	}
	v, ok := record.Float(strings.TrimSpace(strings.TrimPrefix(text, "FL")))
	if !ok {
		return Feet{}
	}
	return feet(100 * v)
}
