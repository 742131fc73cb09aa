package safety

import (
	"math"
	"slices"
	"strings"
)

// grid finds the tracks around a place. It is a grid of cubes in space, of which
// those that the earth's surface cuts are in use: no cube is narrower than
// another, at whatever latitude.
type grid struct {
	size  float64 // NM, of a cube
	cubes map[cell]*cube
	spare []*cube // empty ones, for their room

	looks int // spots looked at, ever
	turn  int // searches
}

// cell names a cube by its three numbers, 21 bits of each. Where there are more
// cubes than that, far ones share a cell, which costs a look and no more.
type cell uint64

func cellAt(x, y, z int) cell {
	const mask = 1<<21 - 1
	return cell(x&mask)<<42 | cell(y&mask)<<21 | cell(z&mask)
}

// cube holds its spots side by side, so that most are passed over without a look
// at their tracks.
type cube struct{ spots []spot }

// spot is where a track is taken to be, for a while.
type spot struct {
	at vector
	band
	track *track
}

// band is the range of levels (ft) at which a track is, and may soon be.
type band struct{ low, high float64 }

func (b band) meets(other band) bool { return b.low <= other.high && other.low <= b.high }

// node is a track's place in the grid.
type node struct {
	cell   cell
	index  int // in its cube
	placed bool
}

// near is a track that a search has found.
type near struct {
	square float64 // NM², of its distance
	track  *track
}

func newGrid(size float64) grid { return grid{size: size, cubes: map[cell]*cube{}} }

func (g *grid) index(v float64) int { return int(math.Floor(v / g.size)) }

// place puts a track where it is, or where it is now.
func (g *grid) place(t *track, at vector, levels band) {
	c := cellAt(g.index(at.x), g.index(at.y), g.index(at.z))
	if t.placed && t.cell == c {
		g.cubes[c].spots[t.index] = spot{at, levels, t}
		return
	}
	g.remove(t)
	q := g.cubes[c]
	if q == nil {
		q = g.empty()
		g.cubes[c] = q
	}
	t.node = node{cell: c, index: len(q.spots), placed: true}
	q.spots = append(q.spots, spot{at, levels, t})
}

func (g *grid) empty() *cube {
	last := len(g.spare) - 1
	if last < 0 {
		return &cube{}
	}
	q := g.spare[last]
	g.spare = g.spare[:last]
	return q
}

// maxSpare bounds the cubes that are kept for their room, and maxRoom the room of each.
const (
	maxSpare = 1000
	maxRoom  = 64
)

func (g *grid) remove(t *track) {
	if !t.placed {
		return
	}
	q := g.cubes[t.cell]
	last := len(q.spots) - 1
	q.spots[t.index] = q.spots[last]
	q.spots[t.index].track.index = t.index
	q.spots[last] = spot{}
	q.spots = q.spots[:last]
	if last == 0 {
		delete(g.cubes, t.cell)
		if len(g.spare) < maxSpare && cap(q.spots) <= maxRoom {
			g.spare = append(g.spare, q)
		}
	}
	t.node = node{}
}

// The bounds of a search, far beyond what traffic needs: where a thousand aircraft
// are within 200 NM, there are about two within the few miles of a search. What
// they cut off is counted.
const (
	maxLooks = 4096 // spots that are looked at
	maxNear  = 32   // tracks that are found
)

// around gives the tracks within a radius (NM) of a place whose levels meet a
// band, the nearest first. complete says that it gives all of them: where
// there are more than [maxNear] it gives the nearest, and of spots beyond
// [maxLooks], a receiver gone mad, others each time. It writes over dst.
func (g *grid) around(dst []near, at vector, radius float64, levels band) (found []near, complete bool) {
	s := search{grid: g, found: dst[:0], at: at, square: math.Nextafter(radius*radius, math.Inf(1)), levels: levels, left: maxLooks}
	g.turn++
	home := cellAt(g.index(at.x), g.index(at.y), g.index(at.z))
	s.visit(home)
	for x := g.index(at.x - radius); x <= g.index(at.x+radius); x++ {
		for y := g.index(at.y - radius); y <= g.index(at.y+radius); y++ {
			for z := g.index(at.z - radius); z <= g.index(at.z+radius); z++ {
				if c := cellAt(x, y, z); c != home {
					s.visit(c)
				}
			}
		}
	}
	g.looks += maxLooks - s.left
	s.keepNearest()
	slices.SortFunc(s.found, compareNear)
	return s.found, !s.cut
}

func compareNear(a, b near) int {
	switch {
	case a.square < b.square:
		return -1
	case a.square > b.square:
		return 1
	}
	return strings.Compare(a.track.key, b.track.key)
}

// search is one that is under way.
type search struct {
	*grid
	found  []near
	at     vector
	square float64 // NM²: who is nearer is found
	levels band
	left   int  // spots that may still be looked at
	cut    bool // something was left out
}

// visit looks at the spots of a cube.
func (s *search) visit(c cell) {
	q := s.cubes[c]
	if q == nil {
		return
	}
	spots := q.spots
	if len(spots) > s.left {
		// Begin elsewhere each time, so that none is always left out.
		from := int(uint64(s.turn) * 0x9E3779B97F4A7C15 >> 32 % uint64(len(spots)))
		s.cut = true
		s.look(spots[from:min(len(spots), from+s.left)])
		spots = spots[:min(from, s.left)]
	}
	s.look(spots)
}

func (s *search) look(spots []spot) {
	s.left -= len(spots)
	for i := range spots {
		p := &spots[i]
		if d := p.at.minus(s.at).square(); d < s.square && p.meets(s.levels) {
			s.found = append(s.found, near{d, p.track})
			if len(s.found) == 4*maxNear {
				s.keepNearest()
			}
		}
	}
}

// keepNearest leaves no more than may be found.
func (s *search) keepNearest() {
	if len(s.found) <= maxNear {
		return
	}
	slices.SortFunc(s.found, compareNear)
	clear(s.found[maxNear:])
	s.found = s.found[:maxNear]
	s.square = s.found[maxNear-1].square // of who is as far as that there are enough
	s.cut = true
}
