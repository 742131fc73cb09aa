package acars

import (
	"strings"

	"github.com/tidwall/gjson"
)

// Why a text, or a part of it, is no message. Other reasons are in decode.go and
// source.go.
const (
	NotJSON    = "not_json"    // something else
	PythonRepr = "python_repr" // what Python prints of an object, not JSON
	Truncated  = "truncated"   // it ends in the middle; the next may follow without a gap
	Malformed  = "malformed"   // it is whole, but broken
)

// An object that is cut off hides what follows it: where the next begins has to
// be found by trying. What is read for that is bounded, in proportion to the
// text: a real one needs no more than it has levels, up to 17.
const mostRereads = 32

// split calls use for each JSON object in a text, and bad for each part that is
// none. use says whether it knows what the object is: in a damaged text another may
// be a part of a broken one. Objects are what [gjson.Valid] lets pass.
func split(text string, use func(object string) bool, bad func(reason string)) {
	text = strings.Trim(text, blank)
	switch {
	case text == "":
	case text[0] == '{' && gjson.Valid(text):
		if !use(text) {
			bad(Unknown)
		}
	default:
		salvage(text, use, bad)
	}
}

// blank is what may be around an object. Some programs send the zero that ends a
// text in C.
const blank = " \t\r\n\x00"

// salvage finds the objects in a text that is not one.
func salvage(text string, use func(object string) bool, bad func(reason string)) {
	told := 0 // what comes before is used, or counted
	tell := func(end int) {
		if part := strings.Trim(text[told:end], blank); part != "" {
			bad(reasonOf(part))
		}
	}
	budget := mostRereads * len(text)
	for at := nextObject(text, 0); at >= 0 && budget > 0; at = nextObject(text, at) {
		n, whole := objectLength(text[at:])
		budget -= n
		object, valid := "", false
		if whole {
			budget -= n
			object, valid = validated(text[at : at+n])
		}
		switch alone := strings.Trim(text[told:at], blank) == ""; {
		case !valid:
			at++
		case use(object):
			tell(at)
			at += n
			told = at
		case alone:
			bad(Unknown)
			at += n
			told = at
		default: // a part of something broken
			at += n
		}
	}
	tell(len(text))
}

// reasonOf says what is wrong with a text that is no object.
func reasonOf(text string) string {
	if text[0] != '{' {
		return NotJSON
	}
	switch inner := strings.TrimLeft(text[1:], blank); {
	case strings.HasPrefix(inner, "'"):
		return PythonRepr
	case inner != "" && inner[0] != '"':
		return NotJSON
	}
	if _, whole := objectLength(text); whole {
		return Malformed
	}
	return Truncated
}

// nextObject finds where an object may begin: a brace and a quote.
func nextObject(text string, from int) int {
	for i := from; ; i++ {
		brace := strings.IndexByte(text[i:], '{')
		if brace < 0 {
			return -1
		}
		i += brace
		if strings.HasPrefix(strings.TrimLeft(text[i+1:], " \t\r\n"), `"`) {
			return i
		}
	}
}

// objectLength is how far the object reaches that a text begins with, by its
// braces; when it is not whole, all the text.
func objectLength(text string) (n int, whole bool) {
	depth, inText := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	return len(text), false
}

// validated gives an object if it is valid JSON. Control bytes in its texts,
// which some programs let pass as they are, are escaped.
func validated(object string) (string, bool) {
	if gjson.Valid(object) {
		return object, true
	}
	object = escapeControls(object)
	return object, gjson.Valid(object)
}

func escapeControls(object string) string {
	const digits = "0123456789abcdef"
	var out strings.Builder
	inText := false
	for i := 0; i < len(object); i++ {
		c := object[i]
		switch {
		case inText && c < ' ':
			out.WriteString(`\u00`)
			out.WriteByte(digits[c>>4])
			out.WriteByte(digits[c&15])
			continue
		case inText && c == '\\' && i+1 < len(object):
			out.WriteByte(c)
			i++
			c = object[i]
		case c == '"':
			inText = !inText
		}
		out.WriteByte(c)
	}
	return out.String()
}
