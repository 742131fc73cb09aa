package stats

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/skygate-io/skygate/pkg/record"
)

// fleet are the figures of the aircraft that are in view: kind "aircraft".
type fleet struct {
	Total        int            `json:"total"`
	WithPosition int            `json:"with_position"`
	Military     int            `json:"military"`
	Emergency    []emergency    `json:"emergency"`
	Categories   map[string]int `json:"categories"`
	Altitude     altitudes      `json:"altitude"`
	Distance     distances      `json:"distance"`
	Speed        speeds         `json:"speed"`
}

// emergency is an aircraft that transmits an emergency squawk.
type emergency struct {
	Hex    string          `json:"hex"`
	Flight json.RawMessage `json:"flight"`
	Squawk string          `json:"squawk"`
}

// altitudes counts: on the ground, below 10,000 ft, below 30,000 ft, above.
type altitudes struct {
	Ground int `json:"ground"`
	Low    int `json:"low"`
	Medium int `json:"medium"`
	High   int `json:"high"`
}

// distances counts: within 25, 50, 100 NM, beyond.
type distances struct {
	Close int `json:"close"`
	Near  int `json:"near"`
	Mid   int `json:"mid"`
	Far   int `json:"far"`
}

// speeds counts those that move: below 200 kt, below 400 kt, above.
type speeds struct {
	Slow   int `json:"slow"`
	Medium int `json:"medium"`
	Fast   int `json:"fast"`
}

// maxListed bounds the lists and counts by name of what aircraft say of themselves.
const maxListed = 100

func newFleet() *fleet {
	return &fleet{Emergency: []emergency{}, Categories: map[string]int{}}
}

func (f *fleet) add(a *aircraft) {
	f.Total++
	if a.has(hasPoint) {
		f.WithPosition++
	}
	if a.has(isMilitary) {
		f.Military++
	}
	switch squawk := record.Text(a.squawk); squawk {
	case "7500", "7600", "7700":
		f.Emergency = append(f.Emergency, emergency{a.key, orNull(a.flight), squawk})
	}
	category := cmp.Or(record.Text(a.category), "unknown")
	if _, known := f.Categories[category]; known || len(f.Categories) < maxListed {
		f.Categories[category]++
	}
	switch {
	case a.has(onGround), a.has(hasAlt) && a.alt <= 0:
		f.Altitude.Ground++
	case a.has(hasAlt):
		*band(a.alt, 10_000, &f.Altitude.Low, 30_000, &f.Altitude.Medium, &f.Altitude.High)++
	}
	if a.has(hasDistance) {
		if a.distance < 25 {
			f.Distance.Close++
		} else {
			*band(a.distance, 50, &f.Distance.Near, 100, &f.Distance.Mid, &f.Distance.Far)++
		}
	}
	if a.has(hasSpeed) && a.speed > 0 {
		*band(a.speed, 200, &f.Speed.Slow, 400, &f.Speed.Medium, &f.Speed.Fast)++
	}
}

// band picks the count that a value belongs to.
func band(v, first float64, low *int, second float64, middle, high *int) *int {
	switch {
	case v < first:
		return low
	case v < second:
		return middle
	}
	return high
}

// end puts in order what came in none.
func (f *fleet) end() {
	slices.SortFunc(f.Emergency, func(a, b emergency) int { return cmp.Compare(a.Hex, b.Hex) })
	f.Emergency = f.Emergency[:min(len(f.Emergency), maxListed)]
}

// orNull is a raw value as JSON.
func orNull(raw string) json.RawMessage {
	if raw == "" || !json.Valid([]byte(raw)) {
		return json.RawMessage("null")
	}
	return json.RawMessage(raw)
}
