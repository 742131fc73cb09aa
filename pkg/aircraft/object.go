package aircraft

import (
	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// The bounds of an object. Real ones have up to 60 fields, 1.2 KB and three levels.
const (
	maxObject = 32 << 10
	maxFields = 256
	maxName   = 64 // bytes
	maxDepth  = 16
)

// derived is room for the fields that normalising adds.
const derived = 10

// Split takes an aircraft object apart: its address and its other fields, as
// they are. raw is valid JSON; the values point into it. An error is an [*Error].
func Split(raw string) (hex string, fields record.Fields, err error) {
	switch {
	case raw == "" || raw[0] != '{':
		return "", nil, &Error{Reason: NotObject}
	case len(raw) > maxObject:
		return "", nil, &Error{Reason: TooLarge}
	case record.Depth(raw) > maxDepth:
		return "", nil, &Error{Reason: TooDeep}
	}
	fields = make(record.Fields, 0, 32+derived)
	ok := true
	gjson.Parse(raw).ForEach(func(name, value gjson.Result) bool {
		if name.Str == "hex" {
			hex = value.Str // "" when it is no string
		} else {
			fields = append(fields, record.Field{Name: name.Str, Raw: value.Raw})
		}
		ok = len(fields) <= maxFields && len(name.Str) <= maxName
		return ok
	})
	if !ok {
		return "", nil, &Error{Reason: TooLarge}
	}
	return hex, fields, nil
}

// Whole makes an update of all that a receiver knows of an aircraft. The fields
// are those that [Split] gives; see [Normalise] for at and receiver. An error is
// an [*Error].
func Whole(hex string, fields record.Fields, at int64, receiver *geo.Point) (record.Update, error) {
	key, err := Hex(hex)
	if err != nil {
		return record.Update{}, err
	}
	observed, err := Normalise(&fields, at, receiver)
	if err != nil {
		return record.Update{}, err
	}
	return record.Update{Record: record.Record{Key: key, Fields: fields}, Observed: observed, Whole: true}, nil
}
