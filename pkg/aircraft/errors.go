package aircraft

import (
	"errors"
	"strings"
)

// Reason says why a record was refused, in a word that does not change: it is
// what such records are counted by.
type Reason string

// The reasons for refusing a record.
const (
	BadHex             Reason = "hex"                   // the address is missing or is none
	WrongType          Reason = "wrong_type"            // a known field holds something else than it must
	HalfPosition       Reason = "half_position"         // lat without lon, or lon without lat
	PositionOutOfRange Reason = "position_out_of_range" // not on the earth
	AltitudeOutOfRange Reason = "altitude_out_of_range"
	SpeedOutOfRange    Reason = "speed_out_of_range"
	TrackOutOfRange    Reason = "track_out_of_range" // or a heading
	RateOutOfRange     Reason = "rate_out_of_range"  // of climb
	BadSquawk          Reason = "squawk"             // not four octal digits
	NotObject          Reason = "not_object"         // another kind of JSON
	TooLarge           Reason = "too_large"          // more bytes or fields than any receiver writes, or a longer name
	TooDeep            Reason = "too_deep"           // more lists and objects in each other
)

// Error is why a record was refused.
type Error struct {
	Reason Reason
	// Field is the name of the field that is at fault, "" when it is no single one.
	Field string
}

func (e *Error) Error() string {
	text := strings.ReplaceAll(string(e.Reason), "_", " ")
	if e.Field == "" {
		return "aircraft: " + text
	}
	return "aircraft: " + e.Field + ": " + text
}

// Hex gives an aircraft's address as the key of its record: six hexadecimal
// digits in upper case, after a "~" when the address was not assigned by ICAO.
// An error is an [*Error] with the reason [BadHex].
func Hex(s string) (string, error) {
	digits := strings.TrimPrefix(s, "~")
	if len(digits) != 6 {
		return "", &Error{Reason: BadHex, Field: "hex"}
	}
	for i := range len(digits) {
		c := digits[i] | 0x20
		if (digits[i] < '0' || digits[i] > '9') && (c < 'a' || c > 'f') {
			return "", &Error{Reason: BadHex, Field: "hex"}
		}
	}
	return strings.ToUpper(s), nil
}

// ReasonOf gives the reason of an error of this package, "" of none.
func ReasonOf(err error) string {
	var refused *Error
	if errors.As(err, &refused) {
		return string(refused.Reason)
	}
	return ""
}
