// Package aircraft turns one aircraft object, as a receiver reports it, into
// the fields of a record: one set of names, types and times, whichever program
// wrote it.
//
// The dialect it speaks is readsb's aircraft.json (README-json.md of readsb);
// the older names of dump1090-mutability and the numeric codes of skyaware978
// are understood too. Fields it does not know pass through.
//
// Units are those of the dialect: feet, knots, feet per minute, degrees true,
// nautical miles. A field that is absent is unknown; null means the same.
//
// A receiver tells all that it knows of an aircraft in one object ([Split],
// [Whole]), or what one message said ([Parts]).
//
// Nothing here starts a goroutine, reads a clock or does I/O. Functions are safe
// for concurrent use on different records; [Parts] and [Clock] have one owner.
package aircraft

import (
	"math"
	"strconv"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// Ground is the raw value of an altitude of an aircraft that stands or rolls.
const Ground = `"ground"`

// maxAge bounds what an age in seconds can mean: more is noise, and would
// overflow a time.
const maxAge = 365 * 24 * time.Hour

// Normalise gives the fields of one aircraft the names, types and times that
// the rest of the program relies on, sorts them, and says when the receiver
// heard the aircraft last (unix milliseconds of this machine's clock).
//
// The fields are those of the receiver's object, in any order, each with valid
// JSON as its value; the key (hex) is not among them. at is the moment (unix
// milliseconds of this machine's clock) to which the ages in seen and seen_pos
// relate. receiver is nil when its position is unknown. An error is an [*Error]
// and means that the record must not be used.
//
// After it:
//   - no value is null or holds white space outside strings, so equal values
//     have equal text;
//   - names and values are UTF-8, values hold no half of a surrogate pair and no
//     number beyond a float64, which some JSON parsers refuse together with all
//     that is around them; an unknown field with such a number is left out;
//   - seen and seen_pos are a [record.Time]; the age inside lastPosition, which
//     would change with every poll, is taken out;
//   - lat and lon are both there and on the earth, or neither is;
//   - emergency is true or false, the receiver's own word for it is
//     emergency_status;
//   - alt is alt_baro, else alt_geom (feet, or "ground"); vr is baro_rate, else
//     geom_rate; 0 is a value like any other;
//   - military is true or false, from bit 0 of dbFlags;
//   - distance_nm (one decimal) is there when both positions are known.
//
// A derived field that came in is kept where there is nothing to derive it
// from. Fields that went through once come out of a second time unchanged.
func Normalise(f *record.Fields, at int64, receiver *geo.Point) (observed int64, err error) {
	cleanNames(*f)
	f.Sort()
	if err := clean(f); err != nil {
		return 0, err
	}
	rename(f)
	where, err := position(f)
	if err != nil {
		return 0, err
	}
	trimFlight(f)
	setCodes(f)
	setEmergency(f)
	setDerived(f)
	if where != nil && receiver != nil {
		f.Set("distance_nm", record.Number(geo.DistanceNM(*receiver, *where), 1))
	}
	if raw := f.Get("lastPosition"); raw != "" {
		f.Set("lastPosition", withoutAge(raw))
	}
	return setTimes(f, at), nil
}

// oldNames are dump1090-mutability's, each with the name that replaced it.
var oldNames = [...][2]string{
	{"altitude", "alt_baro"},
	{"speed", "gs"},
	{"vert_rate", "baro_rate"},
}

func rename(f *record.Fields) {
	for _, n := range oldNames {
		if raw := f.Get(n[0]); raw != "" && f.Get(n[1]) == "" {
			f.Set(n[0], "")
			f.Set(n[1], raw)
		}
	}
}

// position gives where the aircraft is, nil when that is unknown.
func position(f *record.Fields) (*geo.Point, error) {
	lat, lon := f.Get("lat"), f.Get("lon")
	switch {
	case lat == "" && lon == "":
		return nil, nil
	case lat == "":
		return nil, &Error{Reason: HalfPosition, Field: "lat"}
	case lon == "":
		return nil, &Error{Reason: HalfPosition, Field: "lon"}
	}
	p := geo.Point{Lat: number(lat), Lon: number(lon)}
	if p.Valid() {
		return &p, nil
	}
	if math.Abs(p.Lat) > 90 {
		return nil, &Error{Reason: PositionOutOfRange, Field: "lat"}
	}
	return nil, &Error{Reason: PositionOutOfRange, Field: "lon"}
}

// setTimes turns ages into times and gives the time of the newest message.
func setTimes(f *record.Fields, at int64) (observed int64) {
	observed = at
	if raw := f.Get("seen"); raw != "" {
		observed = moment(raw, at)
		f.Set("seen", record.Time(observed))
	}
	if raw := f.Get("seen_pos"); raw != "" {
		f.Set("seen_pos", record.Time(moment(raw, at)))
	}
	return observed
}

// moment is when something was heard that had the given age (seconds) at at.
// What claims to be from the future is from now.
func moment(raw string, at int64) int64 {
	if ms, ok := record.ParseTime(raw); ok {
		return ms
	}
	age := min(max(number(raw), 0), maxAge.Seconds())
	return at - int64(math.Round(age*1000))
}

func setDerived(f *record.Fields) {
	first := func(name string, of ...string) {
		for _, n := range of {
			if raw := f.Get(n); raw != "" {
				f.Set(name, raw)
				return
			}
		}
	}
	first("alt", "alt_baro", "alt_geom")
	first("vr", "baro_rate", "geom_rate")

	military := f.Get("military") == "true"
	if raw := f.Get("dbFlags"); raw != "" {
		flags, err := strconv.ParseUint(raw, 10, 64)
		military = err == nil && flags&1 != 0
	}
	f.Set("military", strconv.FormatBool(military))
}

// number is the value of a raw JSON number that clean has let pass.
func number(raw string) float64 {
	v, _ := strconv.ParseFloat(raw, 64)
	return v
}
