package aircraft

import (
	"encoding/json"
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
)

// The names behind the numbers that skyaware978 writes: the fields of the UAT
// mode status element (RTCA DO-282B 2.2.4.5.4.4 and 2.2.4.5.4.16), in the words
// that readsb uses.
var (
	emergencyNames = [...]string{`"none"`, `"general"`, `"lifeguard"`, `"minfuel"`, `"nordo"`, `"unlawful"`, `"downed"`, `"reserved"`}
	silTypeNames   = [...]string{`"perhour"`, `"persample"`}
)

const unknown = `"unknown"`

// setCodes gives sil_type as a word.
func setCodes(f *record.Fields) {
	if raw := f.Get("sil_type"); isNumber(raw) {
		f.Set("sil_type", word(raw, silTypeNames[:]))
	}
}

// setEmergency moves the receiver's word to emergency_status and says in
// emergency whether there is one: by that word, or by the squawk, which may be
// known earlier than the word.
func setEmergency(f *record.Fields) {
	told := f.Get("emergency")
	switch {
	case isNumber(told):
		f.Set("emergency_status", word(told, emergencyNames[:]))
	case isText(told):
		f.Set("emergency_status", told)
	}
	is := "false"
	if told == "true" || emergencySquawk(f.Get("squawk")) || emergencyStatus(f.Get("emergency_status")) {
		is = "true"
	}
	f.Set("emergency", is)
}

// emergencySquawk: unlawful interference, radio failure, general emergency
// (ICAO Doc 4444, 8.5.1).
func emergencySquawk(raw string) bool {
	return raw == `"7500"` || raw == `"7600"` || raw == `"7700"`
}

func emergencyStatus(raw string) bool {
	switch raw {
	case `"general"`, `"minfuel"`, `"nordo"`, `"unlawful"`, `"downed"`:
		return true
	}
	return false // none, lifeguard, reserved, unknown
}

// word is the name of a numeric code; a code that has none is unknown.
func word(raw string, names []string) string {
	for i, name := range names {
		if len(raw) == 1 && int(raw[0]-'0') == i {
			return name
		}
	}
	return unknown
}

// trimFlight takes the padding off the call sign, which receivers fill up to
// eight characters. One of blanks only is none.
func trimFlight(f *record.Fields) {
	raw := f.Get("flight")
	if raw == "" {
		return
	}
	if strings.IndexByte(raw, '\\') < 0 {
		text := raw[1 : len(raw)-1]
		switch trimmed := strings.TrimSpace(text); {
		case trimmed == "":
			f.Set("flight", "")
		case len(trimmed) < len(text):
			f.Set("flight", `"`+trimmed+`"`)
		}
		return
	}
	var text string
	_ = json.Unmarshal([]byte(raw), &text) // clean has seen that it is a string
	if text = strings.TrimSpace(text); text == "" {
		f.Set("flight", "")
		return
	}
	f.Set("flight", record.String(text))
}

// withoutAge takes seen_pos out of the object. The names come out sorted.
func withoutAge(raw string) string {
	if !strings.Contains(raw, `seen_pos`) {
		return raw
	}
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(raw), &object) != nil {
		return raw
	}
	delete(object, "seen_pos")
	text, err := json.Marshal(object)
	if err != nil {
		return raw
	}
	return string(text)
}
