package acars

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/record"
)

// The bounds of an object. The largest real one has 7.4 KB and 17 levels.
const (
	maxObject = 32 << 10
	maxDepth  = 32
)

// Why an object is no message.
const (
	TooLarge = "too_large"
	TooDeep  = "too_deep"
	Unknown  = "unknown"  // JSON, but none of the dialects
	NoACARS  = "no_acars" // a frame of the radio link itself
	Damaged  = "damaged"  // its decoder says that it was not received well
)

// InvalidUTF8 counts texts with bytes that are no characters. They are used, with
// U+FFFD in the place of these.
const InvalidUTF8 = "invalid_utf8"

// Message is one that was decoded.
type Message struct {
	// Event is what is published of it. Its key tells messages apart: what was
	// heard twice has the same.
	Event record.Event
	// Observed is when it was on the air, as far as its decoder's clock can be
	// trusted, in unix milliseconds: no later than now.
	Observed int64
}

// Decode gives the messages in a datagram or a line, which comes in at the moment
// now; bad counts by reason what else is in it. Nothing of them refers to text.
func Decode(text string, now time.Time) (messages []Message, bad map[string]uint64) {
	count := func(reason string) {
		if bad == nil {
			bad = map[string]uint64{}
		}
		bad[reason]++
	}
	repaired := !utf8.ValidString(text)
	if repaired {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	split(strings.TrimPrefix(text, "\ufeff"), func(object string) bool {
		m, reason := decode(object)
		switch reason {
		case Unknown:
			return false
		case "":
			messages = append(messages, m.finish(now))
		default:
			count(reason)
		}
		return true
	}, count)
	if repaired && len(messages) > 0 {
		count(InvalidUTF8)
	}
	return messages, bad
}

// decode gives what an object says, or the reason why it is no message. The
// object is valid JSON.
func decode(object string) (m message, reason string) {
	switch {
	case len(object) > maxObject:
		return m, TooLarge
	case record.Depth(object) > maxDepth:
		return m, TooDeep
	}
	root := gjson.Parse(object)
	switch {
	case root.Get("vdl2").IsObject():
		return decodeVDL2(root)
	case root.Get("hfdl").IsObject():
		return decodeHFDL(root)
	case root.Get("isu").IsObject():
		return decodeJAERO(root)
	case root.Get("acars").IsObject() && root.Get("source").IsObject():
		return decodeIridium(root)
	case root.Get("msg_name").Exists():
		return decodeSatDump(root)
	}
	return decodeFlat(root)
}
