package acars

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// eventName is what clients get a message as.
const eventName = "acars:message"

// message is what a decoder says, in our terms. What is not known is "".
type message struct {
	at     int64  // when it was heard, in unix milliseconds; 0 when it is not said
	source string // how it came: acars (VHF), vdlm2, hfdl, imsl (Inmarsat), irdm (Iridium)

	channel            string
	icao, registration string
	callsign           string
	mode, label, block string
	number, ack        string
	text               string
	station            string
	depa, dsta, eta    string

	// These are JSON.
	frequency, signal, noise, errors, libacars string
}

// finish makes the message an event. Of a message that does not say when it was
// heard it was now.
func (m *message) finish(now time.Time) Message {
	at := m.at
	if at == 0 {
		at = now.UnixMilli()
	}
	return Message{
		Event: record.Event{
			Name:   eventName,
			Record: record.Record{Key: m.id(at), Fields: m.fields(at)},
		},
		Observed: min(at, now.UnixMilli()),
	}
}

// fields are the reference's, in the order of their names. Its clients find text
// and channel always to be texts.
func (m *message) fields(at int64) record.Fields {
	return record.Fields{
		{Name: "ack", Raw: known(m.ack)},
		{Name: "airline", Raw: orNull(airlineOf(m.callsign))},
		{Name: "block_id", Raw: known(m.block)},
		{Name: "callsign", Raw: known(m.callsign)},
		{Name: "channel", Raw: record.String(m.channel)},
		{Name: "depa", Raw: known(m.depa)},
		{Name: "dsta", Raw: known(m.dsta)},
		{Name: "error_count", Raw: orNull(m.errors)},
		{Name: "eta", Raw: known(m.eta)},
		{Name: "frequency", Raw: orNull(m.frequency)},
		{Name: "icao_hex", Raw: known(m.icao)},
		{Name: "label", Raw: known(m.label)},
		{Name: "label_info", Raw: orNull(labelInfo(m.label))},
		{Name: "libacars", Raw: orNull(m.libacars)},
		{Name: "mode", Raw: known(m.mode)},
		{Name: "msg_num", Raw: known(m.number)},
		{Name: "noise_level", Raw: orNull(m.noise)},
		{Name: "registration", Raw: known(m.registration)},
		{Name: "signal_level", Raw: orNull(m.signal)},
		{Name: "source", Raw: record.String(m.source)},
		{Name: "station_id", Raw: known(m.station)},
		{Name: "text", Raw: record.String(m.text)},
		{Name: "timestamp", Raw: record.String(time.UnixMilli(at).UTC().Format("2006-01-02T15:04:05.000Z"))},
	}
}

func known(text string) string {
	if text == "" {
		return "null"
	}
	return record.String(text)
}

func orNull(raw string) string {
	if raw == "" {
		return "null"
	}
	return raw
}

// idText is how much of the text tells messages apart.
const idText = 50 // characters

// id names a message by what it says: two receivers that hear one name it alike,
// if their clocks agree on the second. Who is in it is the registration, which
// every program knows, before the address, which many do not.
func (m *message) id(at int64) string {
	who := m.registration
	if who == "" {
		who = m.icao
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{
		strconv.FormatInt(at/1000, 10), who, m.label, m.block, m.number, m.ack, beginning(m.text),
	}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

func beginning(text string) string {
	n := 0
	for i := range text {
		if n == idText {
			return text[:i]
		}
		n++
	}
	return text
}
