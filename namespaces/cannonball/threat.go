package cannonball

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// ceilingFt is the altitude above which nobody watches the roads.
const ceilingFt = 20_000

// threat is an aircraft as clients get it: what the reference tells of one in
// "threats", and in "threat_update".
type threat struct {
	Hex          string    `json:"hex"`
	Callsign     *string   `json:"callsign"`
	Category     string    `json:"category"`
	Description  string    `json:"description"`
	DistanceNM   float64   `json:"distance_nm"`
	Bearing      float64   `json:"bearing"`
	Relative     *float64  `json:"relative_bearing"`
	Direction    string    `json:"direction"`
	Altitude     *float64  `json:"altitude"` // ft; 0 on the ground
	GroundSpeed  *float64  `json:"ground_speed"`
	TrackDeg     *float64  `json:"track"`
	VerticalRate *float64  `json:"vertical_rate"`
	Trend        string    `json:"trend"`
	Level        string    `json:"threat_level"`
	Enforcement  bool      `json:"is_law_enforcement"`
	Helicopter   bool      `json:"is_helicopter"`
	Surveillance bool      `json:"is_surveillance_type"`
	Confidence   string    `json:"confidence"`
	Urgency      int       `json:"urgency_score"`
	ClosingKt    *float64  `json:"closing_speed"`
	ETA          *float64  `json:"eta_seconds"`
	Patterns     []Pattern `json:"patterns"`
	KnownLE      bool      `json:"known_le"` // by a designator of its own
	Agency       *string   `json:"agency_name"`
	AgencyType   *string   `json:"agency_type"` // not known here
	Type         *string   `json:"aircraft_type"`
	Registration *string   `json:"registration"`
	Lat          float64   `json:"lat"`
	Lon          float64   `json:"lon"`

	exact float64 // the distance
}

// sighting is a candidate where it was seen.
type sighting struct {
	fields record.Fields
	hex    string
	kind   Kind
	where  geo.Point
}

// sight makes a sighting of a record; ok is false when there is nothing to watch out
// for, it is not known where it is, or it is high up.
func sight(r *record.Record) (s sighting, ok bool) {
	f := r.Fields
	s = sighting{fields: f, hex: r.Key}
	if s.kind, ok = Identify(identityOf(f)); !ok {
		return s, false
	}
	lat, lon := number(f, "lat"), number(f, "lon")
	if lat == nil || lon == nil {
		return s, false
	}
	s.where = geo.Point{Lat: *lat, Lon: *lon}
	if alt := altitude(f); alt != nil && *alt > ceilingFt {
		return s, false
	}
	return s, true
}

func identityOf(f record.Fields) Identity {
	owner := cmp.Or(text(f, "owner"), text(f, "ownOp"))
	return Identity{
		Callsign: text(f, "flight"), Operator: text(f, "operator_icao"), Owner: owner,
		Category: text(f, "category"), Type: text(f, "t"),
	}
}

// threat tells a sighting to an observer who is somewhere and heads somewhere.
func (s *sighting) threat(from geo.Point, heading *float64, track *Track, patterns []Pattern) threat {
	distance, bearing, a := geo.DistanceNM(from, s.where), geo.BearingDeg(from, s.where), track.Approach()
	t := threat{
		Hex: s.hex, Callsign: known(text(s.fields, "flight")),
		Category: s.kind.Category, Description: s.kind.Description, Confidence: s.kind.Confidence,
		DistanceNM: round(distance, 2), Bearing: round(bearing, 1), Direction: Direction(bearing),
		Altitude: altitude(s.fields), GroundSpeed: number(s.fields, "gs"),
		TrackDeg: number(s.fields, "track"), VerticalRate: number(s.fields, "vr"),
		Trend: a.Trend, Level: Level(s.kind, distance), Urgency: Urgency(s.kind, distance, a, patterns),
		Enforcement: s.kind.LawEnforcement, Helicopter: s.kind.Helicopter, Surveillance: s.kind.Surveillance,
		ClosingKt: rounded(a.ClosingKt, 0), ETA: rounded(a.ETA, 0), Patterns: patterns, KnownLE: s.kind.Agency != "", Agency: known(s.kind.Agency),
		Type: known(text(s.fields, "t")), Registration: known(text(s.fields, "r")),
		Lat: s.where.Lat, Lon: s.where.Lon, exact: distance,
	}
	if heading != nil {
		relative := round(math.Mod(bearing-*heading+360, 360), 1)
		t.Relative = &relative
	}
	return t
}

// sortThreats puts the worst first, of those alike the nearest.
func sortThreats(list []threat) {
	slices.SortFunc(list, func(a, b threat) int {
		return cmp.Or(cmp.Compare(rank[a.Level], rank[b.Level]), cmp.Compare(a.exact, b.exact), cmp.Compare(a.Hex, b.Hex))
	})
}

func text(f record.Fields, name string) string {
	raw := f.Get(name)
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if !strings.Contains(raw, `\`) {
		return strings.TrimSpace(raw[1 : len(raw)-1])
	}
	var s string
	if json.Unmarshal([]byte(raw), &s) != nil {
		return ""
	}
	return strings.TrimSpace(s)
}

func number(f record.Fields, name string) *float64 {
	v, err := strconv.ParseFloat(f.Get(name), 64)
	if err != nil {
		return nil
	}
	return &v
}

func altitude(f record.Fields) *float64 {
	if f.Get("alt") == `"ground"` {
		return new(float64)
	}
	return number(f, "alt")
}

func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func round(v float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(v*scale) / scale
}

func rounded(v *float64, decimals int) *float64 {
	if v == nil {
		return nil
	}
	r := round(*v, decimals)
	return &r
}
