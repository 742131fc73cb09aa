package stats

import (
	"math"

	"github.com/skygate-io/skygate/pkg/geo"
)

// How positions are counted: by 36 sectors of 10 degrees and 6 bands of distance, for
// percentiles by steps of half a mile, in slots of five minutes, of which an hour is kept.
const (
	sectors   = 36
	slots     = 12
	slotMs    = 5 * 60_000
	steps     = 1000
	stepNM    = 0.5
	maxCalled = 20_000 // aircraft that are told apart in a slot
)

// bands are the reference's, in NM: each reaches from its own to the next.
var bands = [...]struct {
	name string
	from float64
}{{"0-25nm", 0}, {"25-50nm", 25}, {"50-75nm", 50}, {"75-100nm", 75}, {"100-150nm", 100}, {"150+nm", 150}}

// cell is what was received in a sector, or in a band.
type cell struct{ distance, rssi spread }

func (c *cell) join(o cell) {
	c.distance.join(o.distance)
	c.rssi.join(o.rssi)
}

// reach is where from positions were received. The zero value is nothing.
type reach struct {
	sectors [sectors]cell
	bands   [len(bands)]cell
	steps   [steps]int
	line    line
	called  map[string]uint64 // the sectors of each aircraft, as bits
}

// take counts a position, once for each time that it was heard.
func (r *reach) take(a *aircraft, receiver geo.Point) {
	distance := a.distance
	if !a.has(hasDistance) {
		distance = geo.DistanceNM(receiver, a.point)
	}
	sector := int(geo.BearingDeg(receiver, a.point)/(360/sectors)) % sectors
	b := len(bands) - 1
	for b > 0 && distance < bands[b].from {
		b--
	}
	for _, c := range []*cell{&r.sectors[sector], &r.bands[b]} {
		c.distance.add(distance)
		if a.has(hasRSSI) {
			c.rssi.add(a.rssi)
		}
	}
	r.steps[int(min(distance/stepNM, steps-1))]++
	if a.has(hasRSSI) && distance > 0 {
		r.line.add(distance, a.rssi)
	}
	if r.called == nil {
		r.called = map[string]uint64{}
	}
	if mask, known := r.called[a.key]; known || len(r.called) < maxCalled {
		r.called[a.key] = mask | 1<<sector
	}
}

func (r *reach) join(o *reach) {
	for i := range o.sectors {
		r.sectors[i].join(o.sectors[i])
	}
	for i := range o.bands {
		r.bands[i].join(o.bands[i])
	}
	for i, n := range o.steps {
		r.steps[i] += n
	}
	r.line.join(o.line)
	if r.called == nil {
		r.called = map[string]uint64{}
	}
	for key, mask := range o.called {
		r.called[key] |= mask
	}
}

// all is what was received from everywhere.
func (r *reach) all() (c cell) {
	for i := range r.sectors {
		c.join(r.sectors[i])
	}
	return c
}

// aircraft counts those that were heard in sectors, given as bits.
func (r *reach) aircraft(mask uint64) (n int) {
	for _, seen := range r.called {
		if seen&mask != 0 {
			n++
		}
	}
	return n
}

// percentile is the distance within which a share of the positions was, to half a
// mile; nil of none.
func (r *reach) percentile(p float64) *float64 {
	total := 0
	for _, n := range r.steps {
		total += n
	}
	if total == 0 {
		return nil
	}
	want, below := int(math.Ceil(p*float64(total))), 0
	for i, n := range r.steps {
		if below += n; below >= want {
			nm := float64(i+1) * stepNM
			return &nm
		}
	}
	return nil
}

// line sums up pairs of distance and signal for the line of least squares.
type line struct{ n, x, y, xy, xx float64 }

func (l *line) add(x, y float64) {
	l.n, l.x, l.y, l.xy, l.xx = l.n+1, l.x+x, l.y+y, l.xy+x*y, l.xx+x*x
}

func (l *line) join(o line) {
	l.n, l.x, l.y, l.xy, l.xx = l.n+o.n, l.x+o.x, l.y+o.y, l.xy+o.xy, l.xx+o.xx
}

// fit gives the line; ok is false of ten pairs or fewer, and of one distance.
func (l *line) fit() (slope, intercept float64, ok bool) {
	d := l.n*l.xx - l.x*l.x
	if l.n <= 10 || d < 1e-6 {
		return 0, 0, false
	}
	slope = (l.n*l.xy - l.x*l.y) / d
	return slope, (l.y - slope*l.x) / l.n, true
}

// past is the reach of the last hour, slot by slot.
type past struct {
	slots [slots]reach
	began [slots]int64 // ms; 0 is unused
}

// slot is the one of a moment (unix milliseconds), emptied if it is an old one.
func (p *past) slot(now int64) *reach {
	start := now - now%slotMs
	i := int(start / slotMs % slots)
	if p.began[i] != start {
		p.began[i], p.slots[i] = start, reach{}
	}
	return &p.slots[i]
}

// sum is the last hour.
func (p *past) sum(now int64) *reach {
	var all reach
	for i := range p.slots {
		if p.began[i] > now-slots*slotMs && p.began[i] <= now {
			all.join(&p.slots[i])
		}
	}
	return &all
}
