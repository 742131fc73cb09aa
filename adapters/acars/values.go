package acars

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/record"
)

// first gives the first of several values that is there.
func first(r gjson.Result, paths ...string) gjson.Result {
	for _, path := range paths {
		if v := r.Get(path); v.Type != gjson.Null && v.Raw != `""` {
			return v
		}
	}
	return gjson.Result{}
}

// text gives a text, or a number as it was written; "" for anything else.
func text(r gjson.Result) string {
	switch r.Type {
	case gjson.String:
		return r.Str
	case gjson.Number:
		return r.Raw
	}
	return ""
}

func trimmed(r gjson.Result) string { return strings.TrimSpace(text(r)) }

// registrationOf gives a registration without the dots that fill it up to seven
// characters on the air.
func registrationOf(r gjson.Result) string { return strings.TrimLeft(trimmed(r), ".") }

// ackOf gives the block that is acknowledged; "" when none is, which programs say
// in different ways.
func ackOf(r gjson.Result) string { return acknowledged(text(r)) }

func acknowledged(ack string) string {
	const none = "\x15" // what is on the air then
	if ack == "!" || ack == none {
		return ""
	}
	return ack
}

// icaoOf gives a 24-bit address as six hex digits, from such or from a number;
// "" for what is none.
func icaoOf(r gjson.Result) string {
	var n uint64
	switch s := trimmed(r); {
	case s == "":
		return ""
	case r.Type == gjson.Number:
		v := r.Float()
		if v != math.Trunc(v) || v < 0 || v > 0xffffff {
			return ""
		}
		n = uint64(v)
	default:
		base := 16
		if len(s) != 6 {
			base = 10
		}
		var err error
		if n, err = strconv.ParseUint(s, base, 24); err != nil {
			return ""
		}
	}
	if n == 0 || n == 0xffffff { // nobody, everybody
		return ""
	}
	return fmt.Sprintf("%06X", n)
}

// band is a range of frequencies in MHz.
type band struct{ low, high float64 }

var (
	hf        = band{2, 30}
	vhf       = band{100, 200}
	satellite = band{1500, 4300} // L, and C on the way to the ground
)

// megahertz gives a frequency in MHz, from one in MHz, kHz or Hz: the bands are so
// narrow that only one of these is in them. What is not in its band is unknown
// (acarsdec says 0 when it reads a recording).
func megahertz(r gjson.Result, b band) string {
	v := number(r)
	for range 3 {
		if v >= b.low && v <= b.high {
			return record.Number(v, 6)
		}
		v /= 1000
	}
	return ""
}

// mostOf bounds levels and counts: what is beyond is none.
const mostOf = 1e6

// decibels gives a level.
func decibels(r gjson.Result) string {
	if v := number(r); math.Abs(v) <= mostOf {
		return record.Number(v, 6)
	}
	return ""
}

// count adds up what was wrong; "" when nothing tells.
func count(from ...gjson.Result) string {
	sum, known := 0.0, false
	for _, r := range from {
		switch r.Type {
		case gjson.Number, gjson.String:
			if v := number(r); !math.IsNaN(v) {
				sum, known = sum+v, true
			}
		case gjson.True:
			sum, known = sum+1, true
		case gjson.False:
			known = true
		}
	}
	if !known || sum < 0 || sum > mostOf {
		return ""
	}
	return record.Number(sum, 0)
}

// number gives the value of a number, or of a text that is one; NaN for anything
// else.
func number(r gjson.Result) float64 {
	v, err := strconv.ParseFloat(trimmed(r), 64)
	if err != nil || math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

// timeOf gives a time in unix milliseconds, 0 when there is none. One without a
// zone is UTC.
func timeOf(r gjson.Result) int64 {
	s := trimmed(r)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return aircraft.UnixMilli(strconv.FormatInt(t.UnixMilli(), 10))
		}
	}
	return aircraft.UnixMilli(s)
}

// clockOf gives a time that is in seconds and microseconds.
func clockOf(t gjson.Result) int64 {
	at := aircraft.UnixMilli(text(t.Get("sec")))
	if micro := t.Get("usec").Float(); at > 0 && micro > 0 && micro < 1e6 {
		at += int64(micro) / 1000
	}
	return at
}

// cleaned gives an object that clients can read whatever is in it: in UTF-8,
// without halves of surrogate pairs, with numbers that a float64 can hold; "" for
// anything else than an object.
func cleaned(r gjson.Result) string {
	if !r.IsObject() {
		return ""
	}
	var value any
	in := json.NewDecoder(strings.NewReader(r.Raw))
	in.UseNumber()
	if in.Decode(&value) != nil {
		return ""
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(finite(value)) != nil {
		return ""
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// finite puts null in the place of numbers that are too large.
func finite(value any) any {
	switch v := value.(type) {
	case json.Number:
		if _, err := v.Float64(); err != nil {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = finite(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = finite(v[name])
		}
	}
	return value
}
