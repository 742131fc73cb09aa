// Package plot draws lines on small charts, as SVG that needs no stylesheet and
// reads on a light ground as on a dark one: nothing is behind it, and every
// colour is between the two.
package plot

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"strconv"
)

// Chart is one line against an axis.
type Chart struct {
	Title  string // what is on the upright axis, with its unit
	X      string // what is on the other
	Points []Point
}

// Point is a place on a line.
type Point struct{ X, Y float64 }

// The colours: contrast 3 and more to white and to black alike.
const (
	ink  = "#6e7781"
	line = "#2f81f7"
)

// Sizes in pixels.
const (
	width, height       = 300, 210 // of a chart
	left, right         = 46, 18   // of the space for the line
	top, bottom         = 34, 44
	plotWide, plotHigh  = width - left - right, height - top - bottom
	fontSize, titleSize = 11, 12
	ticks               = 4 // lines across, at most about
)

// SVG draws charts in rows of so many.
func SVG(charts []Chart, perRow int) []byte {
	rows := (len(charts) + perRow - 1) / perRow
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="sans-serif" font-size="%d" fill="%s">`+"\n",
		perRow*width, rows*height, fontSize, ink)
	for i := range charts {
		fmt.Fprintf(&out, `<g transform="translate(%d %d)">`+"\n", i%perRow*width, i/perRow*height)
		charts[i].draw(&out)
		fmt.Fprintln(&out, "</g>")
	}
	fmt.Fprintln(&out, "</svg>")
	return out.Bytes()
}

// draw draws the axes, their marks and the line. The axis of x is logarithmic,
// that of y begins at 0.
func (c *Chart) draw(out *bytes.Buffer) {
	fmt.Fprintf(out, `<text x="%d" y="%d" font-size="%d" font-weight="bold">%s</text>`+"\n", left, top-16, titleSize, html.EscapeString(c.Title))
	fmt.Fprintf(out, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", left+plotWide/2, height-8, html.EscapeString(c.X))
	step := c.step()
	highest := step
	for _, p := range c.Points {
		highest = max(highest, step*math.Ceil(p.Y/step-1e-9))
	}
	for y := 0.0; y <= highest*1.0001; y += step {
		at := top + plotHigh*(1-y/highest)
		fmt.Fprintf(out, `<path d="M%d %.1fh%d" stroke="%s" stroke-opacity="%s"/>`+"\n", left, at, plotWide, ink, opacity(y))
		fmt.Fprintf(out, `<text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", left-6, at+4, number(y))
	}
	if len(c.Points) == 0 {
		return
	}
	var path, dots bytes.Buffer
	lowest, farthest := math.Log(c.Points[0].X), math.Log(c.Points[len(c.Points)-1].X)
	for i, p := range c.Points {
		x := left + plotWide*(math.Log(p.X)-lowest)/max(farthest-lowest, 1e-9)
		y := top + plotHigh*(1-p.Y/highest)
		fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(i, 1)], x, y)
		fmt.Fprintf(&dots, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"><title>%s: %s</title></circle>`+"\n", x, y, line, number(p.X), number(p.Y))
		fmt.Fprintf(&dots, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", x, top+plotHigh+16, number(p.X))
	}
	fmt.Fprintf(out, `<path d="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n%s", &path, line, &dots)
}

// step is the round distance between two lines across.
func (c *Chart) step() float64 {
	highest := 0.0
	for _, p := range c.Points {
		highest = max(highest, p.Y)
	}
	if highest == 0 {
		return 1
	}
	ten := math.Pow(10, math.Floor(math.Log10(highest/ticks)))
	for _, times := range []float64{1, 2, 5, 10} {
		if ten*times*ticks >= highest {
			return ten * times
		}
	}
	return 10 * ten
}

// opacity is that of a line across: the axis is a strong one.
func opacity(y float64) string {
	if y == 0 {
		return "1"
	}
	return "0.3"
}

// number is short: 10000 is "10k".
func number(v float64) string {
	switch {
	case v >= 10_000:
		return strconv.FormatFloat(v/1000, 'g', 3, 64) + "k"
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
