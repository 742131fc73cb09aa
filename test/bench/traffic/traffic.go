// Package traffic generates aircraft for benchmarks of streams: as many as
// wanted, evenly spread over a region that grows with their number, all of them
// on the move at every step. So a view of a certain size sees as many wherever it
// lies, and stays that full.
//
// Whole records are those of the simulation in adapters/demo; what moves is
// simpler: each aircraft circles around a place of its own, at the speed of an
// airliner. At every step its position, its track and its counters change, of one
// in four the altitude as well. One in ten carries a stamp: the moment of the
// update that told it.
package traffic

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/skygate-io/skygate/adapters/demo"
	"github.com/skygate-io/skygate/pkg/record"
)

const (
	// InView is how many aircraft a view sees, about.
	InView = side * side
	// StampField is the field that carries the stamp.
	StampField = "t"

	side    = 7    // places in a view, to the east and to the north
	spacing = 0.35 // degrees between two places
	south   = 25.0 // of the region
	west    = -10.0

	circles   = 0.15               // degrees from the place
	speed     = 450.0 / 60 / 3600  // degrees a second
	turning   = speed / circles    // radians a second
	climbers  = 4                  // one in so many changes its altitude
	stampedBy = 10                 // one in so many carries a stamp
	level     = 30_000             // ft
	climb     = 80                 // steps up, and as many down
	golden    = 0.618033988749895  // spreads the phases
	spreadX   = 0.7548776662466927 // and these the views: Roberts's R2 sequence
	spreadY   = 0.5698402909980532
)

// The fields that a step changes, sorted: the last two of one in four only.
var moving = []string{"lat", "lon", "messages", "seen", "seen_pos", "track", "alt", "alt_baro"}

// Fleet is aircraft on the move. It is used by one goroutine.
type Fleet struct {
	begun   time.Time
	updates []record.Update
	craft   []craft
	text    []byte
	ends    []int32
	steps   int
}

// craft is an aircraft's place, and where in its record the moving fields are.
type craft struct {
	lat, lon float64
	phase    float64
	fields   [8]int
	moving   int // of them
	stamp    int // -1: it carries none
}

// New gives n aircraft as of now.
func New(n int, now time.Time) (*Fleet, error) {
	cfg := demo.DefaultConfig()
	cfg.Aircraft, cfg.Seed = n+n/10+10, 1 // not all are heard at every step
	sim, err := demo.NewSim(cfg)
	if err != nil {
		return nil, err
	}
	heard := sim.Step(now)
	if len(heard) < n {
		return nil, fmt.Errorf("of %d simulated aircraft %d are heard", cfg.Aircraft, len(heard))
	}
	f := &Fleet{begun: now}
	for i, u := range heard[:n] {
		u.Record = *u.Clone()
		f.updates = append(f.updates, u)
		f.craft = append(f.craft, newCraft(i, n, &f.updates[i].Fields))
	}
	f.Step(now)
	return f, nil
}

func newCraft(i, n int, fields *record.Fields) craft {
	k := columns(n)
	c := craft{
		lat: south + (float64(i/k)+0.5)*spacing, lon: west + (float64(i%k)+0.5)*spacing,
		phase: 2 * math.Pi * frac(float64(i)*golden), moving: len(moving) - 2, stamp: -1,
	}
	if i%climbers == 0 {
		c.moving = len(moving)
	}
	for _, name := range moving[:c.moving] {
		fields.Set(name, "0")
	}
	if i%stampedBy == 0 {
		fields.Set(StampField, "0")
		c.stamp = place(*fields, StampField)
	}
	for j, name := range moving[:c.moving] {
		c.fields[j] = place(*fields, name)
	}
	return c
}

func place(fields record.Fields, name string) int {
	return slices.IndexFunc(fields, func(f record.Field) bool { return f.Name == name })
}

// Step moves every aircraft to where it is now.
func (f *Fleet) Step(now time.Time) {
	f.steps++
	passed, seen := now.Sub(f.begun).Seconds(), record.Time(now.UnixMilli())
	f.text, f.ends = f.text[:0], f.ends[:0]
	for i := range f.craft {
		c := &f.craft[i]
		angle := c.phase + turning*passed
		sin, cos := math.Sincos(angle)
		f.number(c.lat+circles*sin, 5)
		f.number(c.lon+circles*cos, 5)
		f.number(float64(1000+f.steps), 0)
		f.number(math.Mod(720-angle*180/math.Pi+360*math.Ceil(angle/2/math.Pi), 360), 2)
		if c.moving == len(moving) {
			f.number(level+25*math.Abs(float64(f.steps%(2*climb)-climb)), 0)
		}
	}
	text, next, from := string(f.text), 0, int32(0) // one string for them all
	cut := func() string {
		end := f.ends[next]
		s := text[from:end]
		next, from = next+1, end
		return s
	}
	for i := range f.craft {
		c, fields := &f.craft[i], f.updates[i].Fields
		fields[c.fields[0]].Raw, fields[c.fields[1]].Raw, fields[c.fields[2]].Raw = cut(), cut(), cut()
		fields[c.fields[3]].Raw, fields[c.fields[4]].Raw = seen, seen
		fields[c.fields[5]].Raw = cut()
		if c.moving == len(moving) {
			alt := cut()
			fields[c.fields[6]].Raw, fields[c.fields[7]].Raw = alt, alt
		}
	}
}

func (f *Fleet) number(v float64, decimals int) {
	f.text = strconv.AppendFloat(f.text, v, 'f', decimals, 64)
	f.ends = append(f.ends, int32(len(f.text)))
}

// Updates gives all aircraft as of the last step, heard at the moment observed,
// with a stamp (JSON). They stay the fleet's, and are valid until the next call.
func (f *Fleet) Updates(stamp string, observed time.Time) []record.Update {
	ms := observed.UnixMilli()
	for i := range f.updates {
		f.updates[i].Observed = ms
		if at := f.craft[i].stamp; at >= 0 {
			f.updates[i].Fields[at].Raw = stamp
		}
	}
	return f.updates
}

// Box is a view's bounds in degrees, as clients ask for them.
type Box struct {
	North float64 `json:"north"`
	South float64 `json:"south"`
	East  float64 `json:"east"`
	West  float64 `json:"west"`
}

// Views gives m different views of n aircraft, spread over the region; each sees
// about [InView] of them, or all when there are no more.
func Views(n, m int) []Box {
	k := columns(n)
	across, up := max(0, k-side), max(0, n/k-side)
	views := make([]Box, m)
	for j := range views {
		x := spacing * float64(across) * frac(float64(j)*spreadX)
		y := spacing * float64(up) * frac(float64(j)*spreadY)
		views[j] = Box{South: round(south + y), West: round(west + x)}
		views[j].North, views[j].East = round(south+y+side*spacing), round(west+x+side*spacing)
	}
	return views
}

// columns is how many places lie side by side.
func columns(n int) int { return int(math.Ceil(math.Sqrt(float64(n)))) }

func frac(v float64) float64 { return v - math.Floor(v) }

func round(degrees float64) float64 { return math.Round(degrees*1e5) / 1e5 }
