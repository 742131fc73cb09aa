package safety

import "math"

// grid finds the tracks around a place. It is a grid of cubes in space, of which
// those that the earth's surface cuts are in use: no cube is narrower than
// another, at whatever latitude. A cube holds its tracks as a list.
type grid struct {
	size  float64 // NM, of a cube
	cells map[cell]*track
}

// cell names a cube by its three numbers, 21 bits of each. Where there are more
// cubes than that, far ones share a cell, which costs a look and no more.
type cell uint64

func cellAt(x, y, z int) cell {
	const mask = 1<<21 - 1
	return cell(x&mask)<<42 | cell(y&mask)<<21 | cell(z&mask)
}

// node is a track's place in the list of its cell.
type node struct {
	cell       cell
	prev, next *track
	placed     bool
}

func newGrid(size float64) grid { return grid{size, map[cell]*track{}} }

func (g *grid) index(v float64) int { return int(math.Floor(v / g.size)) }

// place puts a track where it is, or where it is now.
func (g *grid) place(t *track) {
	c := cellAt(g.index(t.at.x), g.index(t.at.y), g.index(t.at.z))
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
	square := radius * radius
	for x := g.index(at.x - radius); x <= g.index(at.x+radius); x++ {
		for y := g.index(at.y - radius); y <= g.index(at.y+radius); y++ {
			for z := g.index(at.z - radius); z <= g.index(at.z+radius); z++ {
				for t := g.cells[cellAt(x, y, z)]; t != nil; t = t.next {
					if t.at.minus(at).square() <= square {
						dst = append(dst, t)
					}
				}
			}
		}
	}
	return dst
}
