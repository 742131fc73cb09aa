package readsb

import (
	"errors"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// The bounds of a record. Real ones have up to 60 fields, 1.2 KB and three levels.
const (
	maxRecord = 32 << 10
	maxFields = 256
	maxName   = 64 // bytes
	maxDepth  = 16
)

// Why a record is refused before its fields are looked at. One with more bytes
// or fields than the bounds, or a longer name, is [TooLarge].
const (
	NotObject = "not_object"
	TooDeep   = "too_deep"
)

// derived is room for the fields that normalising adds.
const derived = 10

// Decode turns one aircraft.json into updates: [Parse] and [Frame.Updates] in
// one. Good records are there also when there is an error; bad counts by reason
// what was refused: the other records, and the file itself when err (an
// [*Error]) says that not all of it could be read.
func Decode(body []byte, at int64, receiver *geo.Point) (updates []record.Update, bad map[string]uint64, err error) {
	f, err := Parse(body)
	updates = f.Updates(at, receiver)
	if err != nil {
		f.Bad[reasonOf(err)]++
	}
	return updates, f.Bad, err
}

// Updates turns the records into updates and counts in Bad those that are
// refused. at is the moment, in unix milliseconds of this machine's clock, that
// the ages in the file relate to; receiver is nil when its position is unknown.
func (f *Frame) Updates(at int64, receiver *geo.Point) []record.Update {
	updates := make([]record.Update, 0, len(f.records))
	for _, raw := range f.records {
		u, reason := decodeRecord(raw, at, receiver)
		if reason != "" {
			f.Bad[reason]++
			continue
		}
		updates = append(updates, u)
	}
	return updates
}

// decodeRecord gives the update, or the reason why there is none. raw is valid JSON.
func decodeRecord(raw string, at int64, receiver *geo.Point) (u record.Update, reason string) {
	switch {
	case raw[0] != '{':
		return u, NotObject
	case len(raw) > maxRecord:
		return u, TooLarge
	case record.Depth(raw) > maxDepth:
		return u, TooDeep
	}
	hex, fields, ok := split(raw)
	if !ok {
		return u, TooLarge
	}
	key, err := aircraft.Hex(hex)
	if err != nil {
		return u, reasonOf(err)
	}
	observed, err := aircraft.Normalise(&fields, at, receiver)
	if err != nil {
		return u, reasonOf(err)
	}
	return record.Update{Record: record.Record{Key: key, Fields: fields}, Observed: observed, Whole: true}, ""
}

// split gives the address and the other fields, as they are, unless they are too
// many or have too long names. The values point into raw.
func split(raw string) (hex string, fields record.Fields, ok bool) {
	fields, ok = make(record.Fields, 0, 32+derived), true
	gjson.Parse(raw).ForEach(func(name, value gjson.Result) bool {
		if name.Str == "hex" {
			hex = value.Str // "" when it is no string
		} else {
			fields = append(fields, record.Field{Name: name.Str, Raw: value.Raw})
		}
		ok = len(fields) <= maxFields && len(name.Str) <= maxName
		return ok
	})
	return hex, fields, ok
}

// reasonOf is what an error of a record or of a file is counted by.
func reasonOf(err error) string {
	var refused *aircraft.Error
	if errors.As(err, &refused) {
		return string(refused.Reason)
	}
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Reason
	}
	return Malformed
}
