package aircraft

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skygate-io/skygate/pkg/record"
)

// cleanNames makes every name UTF-8. Two may become one by that: sort after it.
func cleanNames(f record.Fields) {
	for i := range f {
		f[i].Name = strings.ToValidUTF8(f[i].Name, "\ufffd")
	}
}

// compact gives a JSON value without the white space between its parts, and
// with U+FFFD for what is no character: one byte that is not UTF-8 in a text
// frame makes a client close its connection.
func compact(raw string) (string, bool) {
	if !utf8.ValidString(raw) {
		raw = strings.ToValidUTF8(raw, "\ufffd")
	}
	raw = wholePairs(raw)
	if raw[0] != '[' && raw[0] != '{' || !strings.ContainsAny(raw, " \t\r\n") {
		return raw, true
	}
	var b bytes.Buffer
	if json.Compact(&b, []byte(raw)) != nil {
		return "", false
	}
	return b.String(), true
}

// wholePairs puts U+FFFD in the place of every escaped surrogate that lacks its
// other half (RFC 8259, 8.2). raw is valid JSON, so a backslash begins an escape.
func wholePairs(raw string) string {
	const escape = len(`\ud800`)
	var cleaned []byte // a copy of raw, once there is something to replace
	for i := strings.IndexByte(raw, '\\'); i >= 0 && i < len(raw); {
		first, second := surrogate(raw[i:]), noSurrogate
		if first == high {
			second = surrogate(raw[i+escape:])
		}
		switch {
		case first == high && second == low:
			i += 2 * escape
		case first != noSurrogate:
			if cleaned == nil {
				cleaned = []byte(raw)
			}
			copy(cleaned[i:], `\ufffd`)
			i += escape
		default:
			i += 2
		}
		next := strings.IndexByte(raw[i:], '\\')
		if next < 0 {
			break
		}
		i += next
	}
	if cleaned == nil {
		return raw
	}
	return string(cleaned)
}

// half is which half of a surrogate pair an escape stands for.
type half int

const (
	noSurrogate half = iota
	high
	low
)

// surrogate looks at the beginning of a text.
func surrogate(text string) half {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return noSurrogate
	}
	code, err := strconv.ParseUint(text[2:6], 16, 16)
	switch {
	case err != nil || code < 0xd800 || code > 0xdfff:
		return noSurrogate
	case code < 0xdc00:
		return high
	}
	return low
}

// isFinite says whether a float64 can hold every number in a JSON value.
func isFinite(raw string) bool {
	switch raw[0] {
	case '[', '{':
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return isFiniteNumber(raw)
	default:
		return true
	}
	inText := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case !inText && c >= '0' && c <= '9':
			number := raw[i : len(raw)-len(strings.TrimLeft(raw[i:], "0123456789.eE+-"))]
			if !isFiniteNumber(number) {
				return false
			}
			i += len(number) - 1
		}
	}
	return true
}

func isFiniteNumber(raw string) bool {
	const digits = 308 // any number of so many is less than the largest float64
	if len(raw) <= digits && strings.IndexByte(raw, 'e') < 0 && strings.IndexByte(raw, 'E') < 0 {
		return true
	}
	_, err := strconv.ParseFloat(raw, 64)
	return err == nil
}
