package tfr

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/airspace"
	"github.com/skygate-io/skygate/pkg/poll"
)

// Why a restriction, or a part of it, was refused.
const (
	BadFeature = "feature" // no feature of GeoJSON
	BadID      = "id"      // it does not say which NOTAM it is of
	BadShape   = "shape"   // no place on the earth; the rest of it is used
	BadDetail  = "detail"  // no details could be had; they are asked for again
)

// The details that are asked for in one poll: how many, for how long in all, and until
// how many fail.
const (
	detailsInOne = 100
	detailsFor   = time.Minute
	detailsFail  = 3
)

// decoder takes lists apart, and keeps the details between them. It is owned by the
// source's goroutine.
type decoder struct {
	folder *url.URL // nil when no details are asked for
	known  map[string]*detail
}

// restriction is one, of one or several areas.
type restriction struct {
	airspace.NOTAM
	id       string
	modified string
	areas    []*airspace.Shape
}

// decode implements [poll.Decode].
func (d *decoder) decode(ctx context.Context, body []byte, more poll.Get, now time.Time) (poll.Found, error) {
	found, all, err := list(body)
	if err != nil {
		return found, err
	}
	if d.folder != nil {
		d.ask(ctx, all, more, &found)
	}
	for _, r := range all {
		item := poll.Item{Key: r.id}
		r.Shape = airspace.Join(r.areas...)
		r.Fetched = airspace.Moment(now.UnixMilli())
		if more := d.known[r.id]; more != nil {
			more.complete(&r.NOTAM)
		}
		item.From, item.Until = int64(r.Start), int64(r.End)
		item.Fields = r.Fields()
		found.Items = append(found.Items, item)
	}
	return found, nil
}

// list reads the list, in the order of the restrictions' numbers.
func list(body []byte) (found poll.Found, all []*restriction, err error) {
	var collection struct {
		Features *[]json.RawMessage `json:"features"`
		Matched  airspace.Number    `json:"numberMatched"`
		Total    airspace.Number    `json:"totalFeatures"`
	}
	if len(body) == 0 {
		return found, nil, nil
	}
	if err := json.Unmarshal(body, &collection); err != nil {
		return found, nil, poll.Refuse("not JSON: %v", err)
	}
	if collection.Features == nil {
		return found, nil, poll.Refuse("no FeatureCollection of GeoJSON")
	}
	found.Partial = max(collection.Matched.V, collection.Total.V) > float64(len(*collection.Features))
	byID := map[string]*restriction{}
	for _, raw := range *collection.Features {
		r, reason := read(raw)
		if reason != "" && reason != BadShape {
			found.Refuse(reason)
			continue
		}
		if reason == BadShape {
			found.Refuse(reason)
		}
		if first := byID[r.id]; first != nil {
			first.areas = append(first.areas, r.areas...)
			first.modified = max(first.modified, r.modified)
			continue
		}
		byID[r.id] = r
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *restriction) int { return cmp.Compare(a.id, b.id) })
	return found, all, nil
}

// number is that of a NOTAM of the FAA, for a flight data centre.
var number = regexp.MustCompile(`^\d{1,2}/\d{3,5}$`)

// read takes a feature apart.
func read(raw json.RawMessage) (*restriction, string) {
	var feature struct {
		ID         airspace.Text   `json:"id"`
		Geometry   json.RawMessage `json:"geometry"`
		Properties struct {
			Key      airspace.Text `json:"NOTAM_KEY"`
			Location airspace.Text `json:"CNS_LOCATION_ID"`
			Title    airspace.Text `json:"TITLE"`
			Modified airspace.Text `json:"LAST_MODIFICATION_DATETIME"`
			Legal    airspace.Text `json:"LEGAL"`
		} `json:"properties"`
	}
	if json.Unmarshal(raw, &feature) != nil {
		return nil, BadFeature
	}
	p := &feature.Properties
	id, _, _ := strings.Cut(string(p.Key), "-")
	if !number.MatchString(id) {
		_, id, _ = strings.Cut(string(feature.ID), ".")
	}
	if !number.MatchString(id) {
		return nil, BadID
	}
	r := &restriction{id: id, modified: string(p.Modified), NOTAM: airspace.NOTAM{
		Type: airspace.TFR, Classification: "FDC",
		Location: string(p.Location), Reason: string(p.Legal), Text: string(p.Title),
	}}
	area, err := airspace.FromGeoJSON(feature.Geometry)
	if err != nil {
		return r, BadShape
	}
	r.areas = append(r.areas, area)
	return r, ""
}

// ask asks for the details that are not known, and forgets those of what is no longer
// listed.
func (d *decoder) ask(ctx context.Context, all []*restriction, more poll.Get, found *poll.Found) {
	ctx, cancel := context.WithTimeout(ctx, detailsFor)
	defer cancel()
	listed := make(map[string]*detail, len(all))
	asked, failed := 0, 0
	for _, r := range all {
		known := d.known[r.id]
		if known == nil || known.modified != r.modified {
			if asked < detailsInOne && failed < detailsFail && ctx.Err() == nil {
				asked++
				fresh, err := d.get(ctx, r, more)
				if err != nil {
					failed++
					found.Refuse(BadDetail)
				} else {
					known = fresh
				}
			}
		}
		if known != nil {
			listed[r.id] = known
		}
	}
	d.known = listed
}

func (d *decoder) get(ctx context.Context, r *restriction, more poll.Get) (*detail, error) {
	body, err := more(ctx, d.folder.JoinPath("detail_"+strings.ReplaceAll(r.id, "/", "_")+".xml"))
	if err != nil {
		return nil, err
	}
	fresh, err := parseDetail(body)
	if err != nil {
		return nil, err
	}
	fresh.modified = r.modified
	return fresh, nil
}
