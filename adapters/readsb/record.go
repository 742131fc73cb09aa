package readsb

import (
	"errors"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// Why a record is refused before its fields are looked at. One that is larger
// than any receiver writes is [TooLarge].
const (
	NotObject = string(aircraft.NotObject)
	TooDeep   = string(aircraft.TooDeep)
)

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
		u, err := decodeRecord(raw, at, receiver)
		if err != nil {
			f.Bad[reasonOf(err)]++
			continue
		}
		updates = append(updates, u)
	}
	return updates
}

func decodeRecord(raw string, at int64, receiver *geo.Point) (record.Update, error) {
	hex, fields, err := aircraft.Split(raw)
	if err != nil {
		return record.Update{}, err
	}
	return aircraft.Whole(hex, fields, at, receiver)
}

// reasonOf is what an error of a record or of a file is counted by.
func reasonOf(err error) string {
	if reason := aircraft.ReasonOf(err); reason != "" {
		return reason
	}
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Reason
	}
	return Malformed
}
