package replica

import (
	"math"

	"github.com/skygate-io/skygate/pkg/geo"
)

// cell is a square degree: 360 times the degrees north of -90, and the degrees
// east of -180.
type cell int32

const noCell cell = -1

// grid finds the records in a region: the slots of each cell, in no order.
type grid map[cell][]int32

// place is where a slot stands in the grid.
type place struct {
	cell  cell
	index int32 // in the cell's list
}

var nowhere = place{cell: noCell}

func cellOf(p geo.Point) cell {
	return cell(row(p.Lat)*360 + column(p.Lon))
}

func row(lat float64) int    { return min(int(math.Floor(lat))+90, 179) }
func column(lon float64) int { return (int(math.Floor(lon)) + 180) % 360 }

// move puts a slot where its record's position is, or out of the grid.
func (g grid) move(looks []look, i int32) {
	s := &looks[i]
	to := noCell
	if p, ok := s.attrs.Position(); ok {
		to = cellOf(p)
	}
	if to == s.where.cell {
		return
	}
	if from := s.where.cell; from != noCell {
		list := g[from]
		last := len(list) - 1
		list[s.where.index] = list[last]
		looks[list[last]].where.index = s.where.index
		if last == 0 {
			delete(g, from)
		} else {
			g[from] = list[:last]
		}
	}
	s.where = place{cell: to}
	if to != noCell {
		s.where.index = int32(len(g[to]))
		g[to] = append(g[to], i)
	}
}

// size is how many cells a box touches, about.
func size(b geo.Box) int {
	return (row(b.North) - row(b.South) + 1) * (width(b) + 1)
}

// width is how many columns to the east of its first one a box reaches.
func width(b geo.Box) int {
	east := b.East
	if east < b.West {
		east += 360
	}
	return min(int(math.Floor(east))-int(math.Floor(b.West)), 359)
}

// in calls a function for each of the cells that a box touches, with its slots.
func (g grid) in(b geo.Box, do func(slots []int32)) {
	first, columns := column(b.West), width(b)
	for y := row(b.South); y <= row(b.North); y++ {
		for x := range columns + 1 {
			do(g[cell(y*360+(first+x)%360)])
		}
	}
}
