package record

import (
	"encoding/json"
	"strconv"
)

// maxNumber is how long the text of a number is at most that means anything.
const maxNumber = 64

// Float reads a raw value that is a JSON number. What no float can hold is none.
func Float(raw string) (v float64, ok bool) {
	// ParseFloat also takes what JSON does not: +1, .5, inf, nan, 0x10, 1_0.
	if raw == "" || len(raw) > maxNumber || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return 0, false
	}
	for i := range len(raw) {
		switch c := raw[i]; {
		case c >= '0' && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return 0, false
	}
	return v, true
}

// Text reads a raw value that is a JSON string; "" when it is none. One with
// nothing to decode is not copied.
func Text(raw string) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	body := raw[1 : len(raw)-1]
	plain := raw[len(raw)-1] == '"'
	for i := 0; plain && i < len(body); i++ {
		plain = body[i] >= ' ' && body[i] != '"' && body[i] != '\\'
	}
	if plain {
		return body
	}
	return decodeText(raw)
}

// decodeText stands apart because what Unmarshal writes to is allocated.
func decodeText(raw string) (text string) {
	if json.Unmarshal([]byte(raw), &text) != nil {
		return ""
	}
	return text
}
