package safety

import "math"

// grid finds the tracks around a place. It is a grid of cubes in space, of which
// those that the earth's surface cuts are in use: no cube is narrower than
// another, at whatever latitude. A cube holds its tracks as a list.
type grid struct {
	size  float64 // NM, of a cube
	cells map[cell]*track
}

type cell struct{ x, y, z int16 }

// node is a track's place in the list of its cell.
type node struct {
	cell       cell
	prev, next *track
	placed     bool
}

func newGrid(size float64) grid { return grid{size, map[cell]*track{}} }

func (g *grid) cellOf(at vector) cell {
	return cell{g.index(at.x), g.index(at.y), g.index(at.z)}
}

func (g *grid) index(v float64) int16 { return int16(math.Floor(v / g.size)) }

// place puts a track where it is, or where it is now.
func (g *grid) place(t *track) {
	c := g.cellOf(t.at)
	if t.placed && t.cell == c {
		return
	}
	g.remove(t)
	head := g.cells[c]
	t.node = node{cell: c, next: head, placed: true}
	if head != nil {
		head.prev = t
	}
	g.cells[c] = t
}

func (g *grid) remove(t *track) {
	switch {
	case !t.placed:
		return
	case t.prev != nil:
		t.prev.next = t.next
	case t.next != nil:
		g.cells[t.cell] = t.next
	default:
		delete(g.cells, t.cell)
	}
	if t.next != nil {
		t.next.prev = t.prev
	}
	t.node = node{}
}

// around appends the tracks within a radius (at most a cube's size) of a place.
func (g *grid) around(dst []*track, at vector, radius float64) []*track {
	low := g.cellOf(vector{at.x - radius, at.y - radius, at.z - radius})
	high := g.cellOf(vector{at.x + radius, at.y + radius, at.z + radius})
	square := radius * radius
	for x := low.x; x <= high.x; x++ {
		for y := low.y; y <= high.y; y++ {
			for z := low.z; z <= high.z; z++ {
				for t := g.cells[cell{x, y, z}]; t != nil; t = t.next {
					if t.at.minus(at).square() <= square {
						dst = append(dst, t)
					}
				}
			}
		}
	}
	return dst
}
