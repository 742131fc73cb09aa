package notams

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/skygate-io/skygate/pkg/airspace"
	"github.com/skygate-io/skygate/pkg/poll"
)

// Why a NOTAM was refused.
const (
	BadEntry = "entry" // no object of the format
	NoText   = "text"  // it says nothing
)

// maxPages bounds how many pages of one answer are asked for.
const maxPages = 100

// pages takes answers apart that may come in several.
type pages struct{ address *url.URL }

// page is an answer: the members of all formats.
type page struct {
	Items      *[]json.RawMessage `json:"items"`
	TotalPages airspace.Number    `json:"totalPages"`
	PageNum    airspace.Number    `json:"pageNum"`
	NotamList  *[]json.RawMessage `json:"notamList"`
	Reports    *[]json.RawMessage `json:"reports"`
	Data       *[]json.RawMessage `json:"data"`
}

// decode implements [poll.Decode]. Unless all pages can be had nothing of it is used.
func (p pages) decode(ctx context.Context, body []byte, more poll.Get, now time.Time) (poll.Found, error) {
	var all []notice
	var found poll.Found
	total, err := read(body, &all, &found)
	if err != nil {
		return found, err
	}
	found.Partial = total > maxPages
	for n := 2; n <= min(total, maxPages); n++ {
		next := *p.address
		query := next.Query()
		query.Set("pageNum", strconv.Itoa(n))
		next.RawQuery = query.Encode()
		body, err := more(ctx, &next)
		if err != nil {
			return poll.Found{}, err
		}
		if _, err := read(body, &all, &found); err != nil {
			return poll.Found{}, err
		}
	}
	inForce(all, now, &found)
	return found, nil
}

// read adds what one answer lists, and says how many there are of it.
func read(body []byte, all *[]notice, found *poll.Found) (total int, err error) {
	body = bytes.TrimSpace(body)
	var list []json.RawMessage
	var answer page
	switch {
	case len(body) == 0:
		return 1, nil
	case body[0] == '[':
		err = json.Unmarshal(body, &list)
	default:
		err = json.Unmarshal(body, &answer)
	}
	if err != nil {
		return 0, poll.Refuse("not JSON: %v", err)
	}
	take := readAVWX
	switch {
	case list != nil:
	case answer.Items != nil:
		list, take = *answer.Items, readFAA
	case answer.NotamList != nil:
		list, take = *answer.NotamList, readSearch
	case answer.Reports != nil:
		list = *answer.Reports
	case answer.Data != nil:
		list = *answer.Data
	case body[0] != '[':
		return 0, poll.Refuse("none of the formats of NOTAMs: no items, notamList, reports or data")
	}
	for _, raw := range list {
		n, ok := take(raw)
		switch {
		case !ok:
			found.Refuse(BadEntry)
		case n.Text == "":
			found.Refuse(NoText)
		default:
			*all = append(*all, n)
		}
	}
	return int(max(1, min(answer.TotalPages.V, maxPages+1))), nil
}

// inForce gives the records of what neither cancels nor was replaced.
func inForce(all []notice, now time.Time, found *poll.Found) {
	over := map[string]bool{}
	for i := range all {
		if n := &all[i]; n.replaces != "" {
			over[key(n.Location, n.replaces, "")] = true
		}
	}
	for i := range all {
		n := &all[i]
		id := key(n.Location, n.number, n.Text)
		if n.cancels || over[id] {
			continue
		}
		n.Fetched = airspace.Moment(now.UnixMilli())
		if n.End != 0 && n.Start >= n.End {
			n.Start = 0
		}
		found.Items = append(found.Items, poll.Item{Key: id, Fields: n.Fields(), From: int64(n.Start), Until: int64(n.End)})
	}
}
