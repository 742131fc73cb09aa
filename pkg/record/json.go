package record

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// timeMark begins the raw text of a [Time]; no JSON value begins with it.
const timeMark = '@'

// Time is the raw value of a field that holds a moment, given in unix
// milliseconds. It is written to clients as the age in seconds (one decimal,
// never below 0) at the timestamp of the message that carries it.
func Time(unixMilli int64) string {
	return string(timeMark) + strconv.FormatInt(unixMilli, 10)
}

// ParseTime gives back what [Time] was given.
func ParseTime(raw string) (unixMilli int64, ok bool) {
	if raw == "" || raw[0] != timeMark {
		return 0, false
	}
	ms, err := strconv.ParseInt(raw[1:], 10, 64)
	return ms, err == nil
}

// Number gives a float as JSON text with at most the given number of decimals
// and no trailing zeros. What JSON cannot say (NaN, infinities) is "".
func Number(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return trimZeros(strconv.AppendFloat(nil, v, 'f', decimals, 64))
}

// Round shortens a raw JSON number to at most the given number of decimals.
// What has no more than that, or is no number, comes back as it is.
func Round(raw string, decimals int) string {
	dot, exponent := -1, false
	for i := range len(raw) {
		switch raw[i] {
		case '.':
			dot = i
		case 'e', 'E':
			exponent = true
		case '"', '[', '{', 't', 'f', 'n', timeMark:
			return raw
		}
	}
	if !exponent && (dot < 0 || len(raw)-dot-1 <= decimals) {
		return raw
	}
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return raw
	}
	return Number(v, decimals)
}

func trimZeros(text []byte) string {
	end := len(text)
	for i := range text {
		if text[i] != '.' {
			continue
		}
		for text[end-1] == '0' {
			end--
		}
		if text[end-1] == '.' {
			end--
		}
		break
	}
	if s := string(text[:end]); s != "-0" {
		return s
	}
	return "0"
}

// AppendJSON appends the record as a JSON object: the key under the name that
// the topic gives it, then the fields. A field without a value is null, a
// [Time] its age at the moment now (unix milliseconds).
func (r *Record) AppendJSON(dst []byte, keyName string, now int64) []byte {
	dst = AppendKey(dst, keyName, r.Key)
	for i := range r.Fields {
		dst = AppendField(dst, r.Fields[i].Name, r.Fields[i].Raw, now)
	}
	return append(dst, '}')
}

// AppendJSON appends the event as a JSON object, as [Record.AppendJSON] does.
func (e *Event) AppendJSON(dst []byte, keyName string, now int64) []byte {
	return append(e.AppendMembers(append(dst, '{'), keyName, now), '}')
}

// AppendMembers appends the members of an event's JSON object: its key first, then its
// fields. A key that is no text (a number) is among those, as it is to be told.
func (e *Event) AppendMembers(dst []byte, keyName string, now int64) []byte {
	dst = AppendString(dst, keyName)
	dst = append(dst, ':')
	at, told := e.Fields.find(keyName)
	if told {
		dst = append(dst, e.Fields[at].Raw...)
	} else {
		dst = AppendString(dst, e.Key)
	}
	for i, f := range e.Fields {
		if !told || i != at {
			dst = AppendField(dst, f.Name, f.Raw, now)
		}
	}
	return dst
}

// AppendKey begins a record's JSON object, with its key.
func AppendKey(dst []byte, keyName, key string) []byte {
	dst = append(dst, '{')
	dst = AppendString(dst, keyName)
	dst = append(dst, ':')
	return AppendString(dst, key)
}

// AppendField appends a further field to a JSON object that has one.
func AppendField(dst []byte, name, raw string, now int64) []byte {
	dst = append(dst, ',')
	dst = AppendString(dst, name)
	dst = append(dst, ':')
	return AppendValue(dst, raw, now)
}

// AppendValue appends a field's value: its raw text; null for one without a value; of a
// [Time] the age at the moment now (unix milliseconds).
func AppendValue(dst []byte, raw string, now int64) []byte {
	if raw == "" {
		return append(dst, "null"...)
	}
	if raw[0] != timeMark {
		return append(dst, raw...)
	}
	at, ok := ParseTime(raw)
	if !ok {
		return append(dst, "null"...)
	}
	tenths := max(0, now-at+50) / 100
	dst = strconv.AppendInt(dst, tenths/10, 10)
	if tenths%10 != 0 {
		dst = append(dst, '.', byte('0'+tenths%10))
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. Bytes that are not UTF-8 become
// U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			dst = append(dst, s[start:i]...)
			if c == '"' || c == '\\' {
				dst = append(dst, '\\', c)
			} else {
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, s[start:i]...)
			dst = append(dst, "\ufffd"...)
			start = i + 1
		}
		i += size
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// String is s as JSON text.
func String(s string) string { return string(AppendString(nil, s)) }

// Depth is how far lists and objects are nested in a JSON text; of what is no
// JSON it is an estimate.
func Depth[T ~string | ~[]byte](raw T) int {
	deepest, level, inText := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '[' || c == '{':
			level++
			deepest = max(deepest, level)
		case c == ']' || c == '}':
			level--
		}
	}
	return deepest
}
