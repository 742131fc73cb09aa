package airspace_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/airspace"
)

func TestMoment(t *testing.T) {
	for raw, want := range map[string]string{
		`1784598900`: "2026-07-21T01:55:00Z", `"1784598900"`: "2026-07-21T01:55:00Z", `1784598900000`: "2026-07-21T01:55:00Z", `1784598900.5`: "2026-07-21T01:55:00Z",
		`"2026-07-21T03:00:00.000Z"`: "2026-07-21T03:00:00Z", `"2026-07-21T03:00:00"`: "2026-07-21T03:00:00Z", `"2026-07-21T03:00:00+02:00"`: "2026-07-21T01:00:00Z",
		`"20260721_0700"`: "2026-07-21T07:00:00Z", `"202603041739"`: "2026-03-04T17:39:00Z", `"10/17/2023 0300"`: "2023-10-17T03:00:00Z",
		`"PERM"`: "", `null`: "", `0`: "", `-5`: "", `[]`: "", `{}`: "", `"0001-01-01T00:00:00Z"`: "", `"9999-12-31T23:59:59Z"`: "", `1e300`: "", `"2026-02-30T00:00:00Z"`: "",
	} {
		var m airspace.Moment
		if err := json.Unmarshal([]byte(raw), &m); err != nil || m.String() != want {
			t.Errorf("%s is %q, want %q (%v)", raw, m, want, err)
		}
	}
}

func TestAltitudes(t *testing.T) {
	for text, want := range map[string]airspace.Feet{
		"040": {4000, true}, "FL115": {11500, true}, "fl 115": {11500, true}, "SFC": {0, true}, "GND": {0, true}, "000": {0, true},
		"FZL": {}, "UNL": {}, "": {}, "1e9": {}, "9999": {}, "-": {},
	} {
		if got := airspace.Level(text); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
	for v, want := range map[float64]airspace.Feet{45000: {45000, true}, -100: {-100, true}, 1e9: {}, -1e5: {}} {
		if got := airspace.AltitudeFeet(airspace.Number{V: v, Known: true}); got != want {
			t.Errorf("%v is %v, want %v", v, got, want)
		}
	}
	if got := airspace.AltitudeFeet(airspace.Number{}); got.Known {
		t.Errorf("what is not known is %v", got)
	}
}

func TestNumbersAndTexts(t *testing.T) {
	for raw, want := range map[string]airspace.Number{
		`1.5`: {1.5, true}, `"1.5"`: {1.5, true}, `" -2 "`: {-2, true}, `"x"`: {}, `null`: {}, `true`: {}, `[1]`: {}, `"1_0"`: {}, `"inf"`: {}, `""`: {},
	} {
		var n airspace.Number
		if err := json.Unmarshal([]byte(raw), &n); err != nil || n != want {
			t.Errorf("%s is %v, want %v (%v)", raw, n, want, err)
		}
	}
	for raw, want := range map[string]airspace.Text{`"a"`: "a", `" a "`: "a", `7`: "7", `null`: "", `false`: "", `["a"]`: ""} {
		var text airspace.Text
		if err := json.Unmarshal([]byte(raw), &text); err != nil || text != want {
			t.Errorf("%s is %q, want %q (%v)", raw, text, want, err)
		}
	}
}

// TestRecords: what is not known is not among the fields, and a text is not endless.
func TestRecords(t *testing.T) {
	a := airspace.Advisory{Type: "SIGMET", Hazard: "ICE"}
	if got := a.Fields().Get("hazard") + a.Fields().Get("kind"); got != `"ICE""advisory"` || len(a.Fields()) != 4 {
		t.Errorf("%v", a.Fields())
	}
	n := airspace.NOTAM{Text: strings.Repeat("é", 100_000)}
	if got := n.Fields().Get("text"); len(got) > 70_000 || !json.Valid([]byte(got)) {
		t.Errorf("a text of %d bytes", len(got))
	}
	if airspace.Fingerprint("a", "b") == airspace.Fingerprint("ab") {
		t.Error("two texts have the fingerprint of one")
	}
}
