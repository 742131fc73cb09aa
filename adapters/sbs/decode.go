package sbs

import (
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/lines"
	"github.com/skygate-io/skygate/pkg/record"
)

// Why a line is refused before its fields are looked at. The other reasons are
// those of packages aircraft and lines.
const (
	Malformed   = "malformed"   // this is no SBS
	FieldCount  = "field_count" // a line that is cut, or two in one
	BadCallsign = "callsign"    // longer than a call sign, or no text
)

// New gives a source that has not begun. The error is that of [Config.Validate].
func New(cfg Config, log zerolog.Logger) (*lines.Source, error) {
	return lines.New(cfg.Config, port, NewDecoder(cfg.UTC, cfg.Receiver).Decode, log)
}

// The fields of a line, by their places.
const (
	kind = iota
	messageType
	_
	_
	address
	_
	dateHeard
	timeHeard
	_
	_
	callsign
	altitude
	speed
	track
	latitude
	longitude
	rate
	squawk
	alert
	emergency
	ident
	onGround
	fieldCount
)

// Decoder makes updates of lines. It is owned by one goroutine.
type Decoder struct {
	utc      bool
	receiver *geo.Point
	clock    aircraft.Clock
	parts    aircraft.Parts
}

// NewDecoder gives a decoder that believes the times in the lines if they are
// UTC; receiver is nil when its position is unknown.
func NewDecoder(utc bool, receiver *geo.Point) *Decoder {
	return &Decoder{utc: utc, receiver: receiver}
}

// Decode is a [lines.Decode].
func (d *Decoder) Decode(line string, received int64) (u record.Update, reason string) {
	in, count := split(line)
	switch in[kind] {
	case "MSG":
	case "SEL", "ID", "AIR", "STA", "CLK":
		return u, ""
	default:
		return u, Malformed
	}
	switch t := in[messageType]; {
	case count != fieldCount:
		return u, FieldCount
	case len(t) != 1 || t[0] < '1' || t[0] > '8':
		return u, Malformed
	}
	at := received
	if d.utc {
		at = d.clock.Moment(received, unixMilli(in[dateHeard], in[timeHeard]), 0)
	}
	fields, reason := fieldsOf(&in, at)
	if reason != "" {
		return u, reason
	}
	u, err := d.parts.Update(in[address], fields, at, d.receiver)
	return u, aircraft.ReasonOf(err)
}

// split gives the first fields of a line, and the number of all.
func split(line string) (in [fieldCount]string, count int) {
	for more := true; more; count++ {
		var field string
		if field, line, more = strings.Cut(line, ","); count < fieldCount {
			in[count] = strings.TrimSpace(field)
		}
	}
	return in, count
}

// fieldsOf translates what a line tells.
func fieldsOf(in *[fieldCount]string, at int64) (fields record.Fields, reason string) {
	b := builder{fields: make(record.Fields, 0, 24)}
	b.add("type", `"other"`)
	b.add("seen", record.Time(at))
	b.callsign(in[callsign])
	b.altitude(in[altitude], b.boolean(in[onGround]), in[messageType])
	b.add("gs", b.number(in[speed]))
	b.add("track", north(b.number(in[track])))
	b.position(b.number(in[latitude]), b.number(in[longitude]), at)
	b.add("baro_rate", b.number(in[rate]))
	b.squawk(in[squawk])
	b.add("alert", flag(b.boolean(in[alert])))
	b.add("emergency", b.boolean(in[emergency]))
	b.add("spi", flag(b.boolean(in[ident])))
	return b.fields, b.reason
}

// builder collects fields, and the reason why one cannot be.
type builder struct {
	fields record.Fields
	reason string
}

func (b *builder) add(name, raw string) {
	if raw != "" {
		b.fields = append(b.fields, record.Field{Name: name, Raw: raw})
	}
}

func (b *builder) refuse(reason string) string {
	b.reason = reason
	return ""
}

func (b *builder) callsign(text string) {
	printable := func(c rune) bool { return c > ' ' && c <= '~' }
	switch {
	case text == "":
	case len(text) > 8 || strings.ContainsFunc(text, func(c rune) bool { return !printable(c) && c != ' ' }):
		b.refuse(BadCallsign)
	default:
		b.add("flight", record.String(text))
	}
}

// altitude tells the altitude, or that the aircraft is on the ground. A position
// on the ground says so by its type.
func (b *builder) altitude(feet, onGround, messageType string) {
	raw := b.number(feet)
	if onGround == "true" || onGround == "" && messageType == "2" {
		raw = aircraft.Ground
	}
	b.add("alt_baro", raw)
}

// position tells where the aircraft is. Programs that always write one write
// zeros when they know none.
func (b *builder) position(lat, lon string, at int64) {
	if isZero(lat) && isZero(lon) {
		return
	}
	b.add("lat", lat)
	b.add("lon", lon)
	if lat != "" && lon != "" {
		b.add("seen_pos", record.Time(at))
	}
}

// squawk tells the squawk, four digits also if the zeros before it are missing.
func (b *builder) squawk(digits string) {
	switch {
	case digits == "":
	case len(digits) > 4 || strings.Trim(digits, "01234567") != "":
		b.refuse(string(aircraft.BadSquawk))
	default:
		b.add("squawk", `"`+"0000"[len(digits):]+digits+`"`)
	}
}

// boolean gives true or false, "" for what is unknown.
func (b *builder) boolean(text string) string {
	switch text {
	case "":
		return ""
	case "-1", "1":
		return "true"
	case "0":
		return "false"
	}
	return b.refuse(string(aircraft.WrongType))
}

// number gives a number as JSON, "" for what is unknown.
func (b *builder) number(text string) string {
	if text == "" {
		return ""
	}
	digits := strings.TrimLeft(text, "+-")
	whole, part, _ := strings.Cut(digits, ".")
	switch {
	case len(text) > 24, len(text)-len(digits) > 1, whole+part == "", strings.Trim(whole+part, "0123456789") != "":
		return b.refuse(string(aircraft.WrongType))
	case text[0] != '+' && (whole == "0" || whole != "" && whole[0] != '0') && !strings.HasSuffix(digits, "."):
		return text
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return b.refuse(string(aircraft.WrongType))
	}
	return record.Number(v, 6)
}

// flag gives a boolean as aircraft.json has it.
func flag(boolean string) string {
	switch boolean {
	case "true":
		return "1"
	case "false":
		return "0"
	}
	return ""
}

// north gives a track; some programs round one just short of north up to 360.
func north(raw string) string {
	if raw == "360" {
		return "0"
	}
	return raw
}

func isZero(raw string) bool { return raw != "" && strings.Trim(raw, "-0.") == "" }

// unixMilli reads a date and a time that are UTC; 0 is neither.
func unixMilli(date, clock string) int64 {
	t, err := time.Parse("2006/01/02 15:04:05", date+" "+clock) // it takes a fraction, too
	if err != nil {
		return 0
	}
	return t.UnixMilli()
}
