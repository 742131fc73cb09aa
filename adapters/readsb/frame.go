package readsb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/fetch"
)

// The bounds of a file. The largest real ones (a whole network's aircraft) have
// 20,000 aircraft and 10 MB.
const (
	maxBody     = 64 << 20
	maxAircraft = 100_000
)

// Why a file, or a part of it, could not be used. The reasons of single records
// are those of package aircraft; those of a file that could not be had, of package fetch.
const (
	NotJSON   = "not_json"      // the answer is something else: a page of HTML
	NoList    = "no_list"       // JSON, but without a list of aircraft
	Truncated = fetch.Truncated // it ends in the middle
	Malformed = "malformed"     // it is broken in the middle
	TooLarge  = fetch.TooLarge  // there is more of it than a receiver writes, as in package aircraft
)

// Error says why a file could not be used, or not to its end.
type Error = fetch.Error

func refuse(reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// Frame is one aircraft.json, its records not yet looked into.
type Frame struct {
	// Now is the moment the ages in the file relate to, by the receiver's clock
	// (unix milliseconds); 0 when the file does not say.
	Now int64
	// Messages is how many the receiver has heard since it began; 0 when the file does
	// not say.
	Messages uint64
	// Bad counts refused records by reason.
	Bad map[string]uint64

	records []string // JSON objects, valid
	listed  bool     // the list of aircraft was found
}

// Parse takes a file apart. The frame is never nil: when there is an error (an
// [*Error]) it holds the whole records that were found all the same. The
// frame does not refer to body.
//
// A record with broken syntax costs only itself: reading goes on with the next.
// The time that takes is in proportion to the size of the file.
func Parse(body []byte) (*Frame, error) {
	f := &Frame{Bad: map[string]uint64{}}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	switch {
	case len(body) == 0:
		return f, refuse(Truncated, "the file is empty")
	case body[0] != '{':
		return f, refuse(NotJSON, "this is no aircraft.json, it begins with %.40q", body)
	}
	err := f.parse(body)
	if err == nil && !f.listed {
		err = errNoList
	}
	return f, parseError(err)
}

// reopened stands for what was read before a broken record, so that a new
// decoder finds itself in the list of the envelope.
const reopened = `{"aircraft":[`

// boundary is where a record ends and the next begins, or the list ends.
var boundary = regexp.MustCompile(`\}\s*(,\s*\{|\])`)

// spareRereads is how many bytes may be read again, beyond those of the file.
const spareRereads = 1 << 20

func (f *Frame) parse(body []byte) error {
	rereads := len(body) + spareRereads
	for before := ""; ; before = reopened {
		in := bytes.NewReader(body)
		d := json.NewDecoder(io.MultiReader(strings.NewReader(before), in))
		err := f.envelope(d)
		if !errors.Is(err, errBrokenRecord) {
			return err
		}
		f.Bad[Malformed]++
		// A decoder cannot go on after a syntax error: begin a new one behind it.
		body = body[int(d.InputOffset())-len(before):]
		next := boundary.FindIndex(body)
		if next == nil {
			return errors.New("nothing readable follows the broken record")
		}
		// The next may lie inside this one, and another in that: what was read for
		// nothing is limited in all.
		if rereads -= len(body) - in.Len(); rereads < 0 {
			return errors.New("too much of it was read in search of whole records")
		}
		body = bytes.TrimLeft(body[next[0]+1:], " \t\r\n,")
	}
}

var (
	errBrokenRecord = errors.New("broken record")
	errTooMany      = refuse(TooLarge, "the file has more than %d aircraft", maxAircraft)
	errNoList       = refuse(NoList, `the file has no list "aircraft" or "ac"`)
)

func parseError(err error) error {
	var known *Error
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return refuse(Truncated, "the file ends in the middle")
	}
	return refuse(Malformed, "the file is broken: %v", err)
}

// envelope reads the outer object.
func (f *Frame) envelope(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return err
	}
	var skipped json.RawMessage
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		switch key {
		case "aircraft", "ac":
			err = f.list(d)
		case "now":
			if err = d.Decode(&skipped); err == nil {
				f.Now = aircraft.UnixMilli(string(skipped))
			}
		case "messages":
			if err = d.Decode(&skipped); err == nil {
				f.Messages, _ = strconv.ParseUint(string(skipped), 10, 64)
			}
		default:
			err = d.Decode(&skipped)
		}
		if err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// list reads the records; a list that is null is empty.
func (f *Frame) list(d *json.Decoder) error {
	open, err := d.Token()
	switch {
	case err != nil:
		return err
	case open == nil:
		f.listed = true
		return nil
	case open != json.Delim('['):
		return errNoList
	}
	f.listed = true
	var raw json.RawMessage
	for d.More() {
		var syntax *json.SyntaxError
		switch err := d.Decode(&raw); {
		case errors.As(err, &syntax):
			return errBrokenRecord
		case err != nil:
			return err
		case len(f.records) == maxAircraft:
			return errTooMany
		}
		f.records = append(f.records, string(raw))
	}
	_, err = d.Token()
	return err
}
