package uat

import (
	"encoding/json"
	"strings"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/lines"
	"github.com/skygate-io/skygate/pkg/record"
)

// Why a line is refused. The other reasons are those of packages aircraft and lines.
const (
	Malformed = "malformed" // no JSON
	// Unconfirmed is the first message of an aircraft, if it was badly damaged:
	// mended wrongly it looks like one of an aircraft that there is not.
	Unconfirmed = "unconfirmed"
)

const (
	// badlyDamaged is how many bytes had to be mended in a message that is not
	// believed by itself. (More than 6 in a short and 7 in a long one cannot be.)
	badlyDamaged = 5
	// maxDoubted bounds the addresses that wait for a second message.
	maxDoubted = 1000
)

// New gives a source that has not begun. The error is that of [Config.Validate].
func New(cfg Config, log zerolog.Logger) (*lines.Source, error) {
	return lines.New(cfg.Config, port, NewDecoder(cfg.Receiver).Decode, log)
}

// Decoder makes updates of lines. It is owned by one goroutine.
type Decoder struct {
	receiver *geo.Point
	clock    aircraft.Clock
	parts    aircraft.Parts
	doubted  map[string]int64 // when the only message of an aircraft came, by its key
}

// NewDecoder gives a decoder; receiver is nil when its position is unknown.
func NewDecoder(receiver *geo.Point) *Decoder {
	return &Decoder{receiver: receiver, doubted: map[string]int64{}}
}

// Decode is a [lines.Decode].
func (d *Decoder) Decode(line string, received int64) (u record.Update, reason string) {
	if !json.Valid([]byte(line)) {
		return u, Malformed
	}
	_, given, err := aircraft.Split(line)
	if err != nil {
		return u, aircraft.ReasonOf(err)
	}
	given.Sort()
	var m message
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		return u, string(aircraft.WrongType)
	}
	key, err := aircraft.Hex(m.key())
	if err != nil {
		return u, aircraft.ReasonOf(err)
	}
	at := d.clock.Moment(received, m.received(), 0)
	if m.Metadata.Errors >= badlyDamaged && d.doubts(key, at) {
		return u, Unconfirmed
	}
	u, err = d.parts.Update(key, m.fields(given, at), at, d.receiver)
	return u, aircraft.ReasonOf(err)
}

// doubts says whether this is the only message of an aircraft within a minute.
func (d *Decoder) doubts(key string, at int64) bool {
	if d.parts.Knows(key, at) {
		return false
	}
	const minute = 60_000
	if before, ok := d.doubted[key]; ok && at-before <= minute {
		delete(d.doubted, key)
		return false
	}
	if len(d.doubted) >= maxDoubted {
		clear(d.doubted)
	}
	d.doubted[strings.Clone(key)] = at
	return true
}
