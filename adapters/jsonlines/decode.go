package jsonlines

import (
	"encoding/json"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/lines"
	"github.com/skygate-io/skygate/pkg/record"
)

// Malformed lines are no JSON. The other reasons for refusing one are those of
// packages aircraft and lines.
const Malformed = "malformed"

// New gives a source that has not begun. The error is that of [Config.Validate].
func New(cfg Config, log zerolog.Logger) (*lines.Source, error) {
	return lines.New(cfg.Config, port, NewDecoder(cfg.Receiver).Decode, log)
}

// Decoder makes updates of lines. It is owned by one goroutine.
type Decoder struct {
	receiver *geo.Point
	clock    aircraft.Clock
}

// NewDecoder gives a decoder; receiver is nil when its position is unknown.
func NewDecoder(receiver *geo.Point) *Decoder { return &Decoder{receiver: receiver} }

// Decode is a [lines.Decode].
func (d *Decoder) Decode(line string, received int64) (u record.Update, reason string) {
	if !json.Valid([]byte(line)) {
		return u, Malformed
	}
	hex, fields, err := aircraft.Split(line)
	if err != nil {
		return u, aircraft.ReasonOf(err)
	}
	fields, now := takeNow(fields)
	u, err = aircraft.Whole(hex, fields, d.clock.Moment(received, now, 0), d.receiver)
	if err == nil {
		err = aircraft.CheckRanges(u.Fields)
	}
	if err != nil {
		return record.Update{}, aircraft.ReasonOf(err)
	}
	return u, ""
}

// takeNow takes the time out of the fields, in unix milliseconds; 0 is none.
func takeNow(fields record.Fields) (rest record.Fields, now int64) {
	rest = fields[:0]
	for _, f := range fields {
		if f.Name == "now" {
			now = aircraft.UnixMilli(f.Raw)
		} else {
			rest = append(rest, f)
		}
	}
	return rest, now
}
