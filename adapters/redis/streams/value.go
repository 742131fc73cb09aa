package streams

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/skygate-io/skygate/pkg/record"
)

// validValue says whether raw is what a field may hold: the text of a JSON value, or a
// [record.Time]. Nearly all are numbers and plain strings, for which a look is enough.
func validValue(raw string) bool {
	if raw == "" {
		return false
	}
	switch c := raw[0]; {
	case c == '"' && plainText(raw):
		return true
	case (c == '-' || isDigit(c)) && plainNumber(raw):
		return true
	case raw == "true" || raw == "false" || raw == "null":
		return true
	case c == '@':
		_, ok := record.ParseTime(raw)
		return ok
	}
	return utf8.ValidString(raw) && json.Valid([]byte(raw))
}

// plainText says whether raw is a JSON string of ASCII without an escape.
func plainText(raw string) bool {
	if len(raw) < 2 || raw[len(raw)-1] != '"' {
		return false
	}
	for i := 1; i < len(raw)-1; i++ {
		if c := raw[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// plainNumber says whether raw is a JSON number without an exponent.
func plainNumber(raw string) bool {
	i := 0
	if raw[0] == '-' {
		i++
	}
	whole := digits(raw[i:])
	if whole == 0 || whole > 1 && raw[i] == '0' {
		return false
	}
	if i += whole; i == len(raw) {
		return true
	}
	return raw[i] == '.' && i+1 < len(raw) && digits(raw[i+1:]) == len(raw)-i-1
}

// digits counts those that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
