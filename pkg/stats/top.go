package stats

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
)

// tops are the first of the aircraft that are in view, by what they do: kind "top".
type tops struct {
	Closest  ranking `json:"closest"`
	Highest  ranking `json:"highest"`
	Fastest  ranking `json:"fastest"`
	Climbing ranking `json:"climbing"` // or descending
	Military ranking `json:"military"`
	Total    int     `json:"total"`
}

// ranked is how many there are of each.
const ranked = 5

// ranking are the first of them, the best first.
type ranking []rank

type rank struct {
	score float64 // the higher the better
	plane aircraft
}

func (t *tops) add(a *aircraft) {
	t.Total++
	if a.has(hasPoint | hasDistance) {
		t.Closest.add(-a.distance, a)
	}
	if a.has(hasAlt) {
		t.Highest.add(a.alt, a)
	}
	if a.has(hasSpeed) && a.speed > 0 {
		t.Fastest.add(a.speed, a)
	}
	if a.has(hasVertical) && a.vertical != 0 {
		t.Climbing.add(math.Abs(a.vertical), a)
	}
	if a.has(isMilitary) {
		t.Military.add(0, a)
	}
}

// add takes an aircraft that belongs among the first. Of equals the lower address counts.
func (r *ranking) add(score float64, a *aircraft) {
	order := func(k rank, _ *aircraft) int {
		return cmp.Or(cmp.Compare(score, k.score), cmp.Compare(k.plane.key, a.key))
	}
	if len(*r) == ranked && order((*r)[ranked-1], a) <= 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(*r, a, order)
	*r = slices.Insert(*r, i, rank{score, *a})
	*r = (*r)[:min(len(*r), ranked)]
}

// MarshalJSON implements json.Marshaler: the aircraft, with the reference's fields.
func (r ranking) MarshalJSON() ([]byte, error) {
	list := make([]map[string]any, len(r))
	for i := range r {
		a := &r[i].plane
		list[i] = map[string]any{
			"hex": a.key, "flight": orNull(a.flight), "alt_baro": orNull(a.altBaro), "gs": orNull(a.gs),
			"baro_rate": orNull(a.baroRate), "distance_nm": orNull(a.distanceNM), "lat": orNull(a.lat), "lon": orNull(a.lon),
			"category": orNull(a.category), "dbFlags": orNull(cmp.Or(a.dbFlags, "0")),
		}
	}
	return json.Marshal(list)
}
