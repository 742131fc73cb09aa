// Package ghosts finds tracks that stand for an aircraft which has another one: a
// ground station tells of it under an address of its own (TIS-B, ADS-R; the key
// begins with "~"), and it is heard by itself, too. Such a track gets the fields
// ghost (true) and ghost_of (the address of the other); maps hide it.
//
// Two tracks are one aircraft when they have the same callsign; without one, when
// they are nearer than 0.15 NM and, as far as both are known, differ by no more than
// 125 ft, 20 degrees of track and 30 kt: the nearest of those. These are the
// reference's figures: the altitude is a step of Mode C and a quarter of one. A track
// in an emergency is never a ghost, as nobody is to lose sight of it.
//
// Everything is a pure mechanism, owned by one goroutine.
package ghosts

import (
	"math"
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

// How near two tracks of one aircraft are.
const (
	maxNM    = 0.15
	maxFt    = 125
	maxTrack = 20 // degrees
	maxKt    = 30
)

// followFor is how long (ms) aircraft are followed after a track was heard that may
// be a ghost. Where there are none, as in most places, this costs nothing.
const followFor = 5 * 60_000

// cellSize is that of a cell, in degrees: 3 NM from north to south, and, up to 85
// degrees of latitude, more than maxNM from east to west.
const cellSize = 0.05

// Finder finds them. Use [New].
type Finder struct {
	until     int64 // ms: aircraft are followed
	planes    map[string]*plane
	callsigns map[string]*plane // one of those that have it
	cells     map[cell]map[*plane]struct{}
}

type cell struct{ lat, lon int32 }

// plane is an aircraft that has an address of its own, or a track that may be a
// ghost of one.
type plane struct {
	key      string
	callsign string
	at       geo.Point
	located  bool
	alt      value // ft
	track    value // degrees
	speed    value // kt
	cell     cell
}

type value struct {
	is    float64
	known bool
}

// differs says whether two values are known, and further apart than most.
func (v value) differs(w value, most float64) bool {
	return v.known && w.known && math.Abs(v.is-w.is) > most
}

// New gives a finder that knows no aircraft.
func New() *Finder {
	return &Finder{planes: map[string]*plane{}, callsigns: map[string]*plane{}, cells: map[cell]map[*plane]struct{}{}}
}

// names of the fields that ghosts have, sorted.
var names = []string{"ghost", "ghost_of"}

// Names are those of the fields that [Finder.Annotate] gives, sorted.
func (*Finder) Names() []string { return names }

// Annotate takes what is reported of a record at the moment now (unix
// milliseconds), and gives the fields of a ghost; nil for what is none.
func (f *Finder) Annotate(key string, fields record.Fields, now int64) record.Fields {
	if !strings.HasPrefix(key, "~") {
		if now < f.until {
			f.follow(read(key, fields))
		} else if len(f.planes) > 0 {
			*f = *New()
		}
		return nil
	}
	f.until = now + followFor
	if fields.Get("emergency") == "true" {
		return nil
	}
	if of := f.twin(read(key, fields)); of != nil {
		return record.Fields{{Name: "ghost", Raw: "true"}, {Name: "ghost_of", Raw: record.String(of.key)}}
	}
	return nil
}

// Gone takes note that nobody hears an aircraft any more.
func (f *Finder) Gone(key string) {
	if p := f.planes[key]; p != nil {
		f.drop(p)
	}
}

func read(key string, fields record.Fields) *plane {
	number := func(name string) (v value) {
		v.is, v.known = record.Float(fields.Get(name))
		return v
	}
	lat, lon := number("lat"), number("lon")
	p := &plane{
		key: key, callsign: strings.TrimSpace(record.Text(fields.Get("flight"))),
		at: geo.Point{Lat: lat.is, Lon: lon.is}, alt: number("alt"), track: number("track"), speed: number("gs"),
	}
	p.located = lat.known && lon.known && p.at.Valid()
	return p
}

// follow puts an aircraft in the place of what was known of it.
func (f *Finder) follow(p *plane) {
	if old := f.planes[p.key]; old != nil {
		f.drop(old)
	}
	f.planes[p.key] = p
	if p.callsign != "" {
		f.callsigns[p.callsign] = p
	}
	if !p.located {
		return
	}
	p.cell = cellOf(p.at)
	if f.cells[p.cell] == nil {
		f.cells[p.cell] = map[*plane]struct{}{}
	}
	f.cells[p.cell][p] = struct{}{}
}

func (f *Finder) drop(p *plane) {
	delete(f.planes, p.key)
	if f.callsigns[p.callsign] == p {
		delete(f.callsigns, p.callsign)
	}
	if c := f.cells[p.cell]; p.located && c != nil {
		if delete(c, p); len(c) == 0 {
			delete(f.cells, p.cell)
		}
	}
}

// twin gives the aircraft that a track stands for; nil when there is none.
func (f *Finder) twin(ghost *plane) *plane {
	if p := f.callsigns[ghost.callsign]; p != nil && ghost.callsign != "" {
		return p
	}
	if !ghost.located {
		return nil
	}
	var nearest *plane
	least := maxNM
	at := cellOf(ghost.at)
	for lat := at.lat - 1; lat <= at.lat+1; lat++ {
		for lon := at.lon - 1; lon <= at.lon+1; lon++ {
			for p := range f.cells[cell{lat, wrap(lon)}] {
				d := geo.DistanceNM(ghost.at, p.at)
				if d > least || d == least && nearest != nil && nearest.key < p.key || ghost.flown(p) {
					continue
				}
				nearest, least = p, d
			}
		}
	}
	return nearest
}

// flown says whether two tracks are flown differently.
func (p *plane) flown(q *plane) bool {
	turn := value{math.Abs(math.Mod(p.track.is-q.track.is+540, 360) - 180), p.track.known && q.track.known}
	return p.alt.differs(q.alt, maxFt) || turn.differs(value{0, true}, maxTrack) || p.speed.differs(q.speed, maxKt)
}

const cellsAround = 360 / cellSize

func cellOf(p geo.Point) cell {
	return cell{int32(math.Floor(p.Lat / cellSize)), wrap(int32(math.Floor(p.Lon / cellSize)))}
}

// wrap goes on over the antimeridian.
func wrap(lon int32) int32 {
	const all = int32(cellsAround)
	return ((lon+all/2)%all+all)%all - all/2
}
