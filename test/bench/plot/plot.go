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
	left, right         = 46, 18   // beside the space for the line
	top, bottom         = 34, 44
	plotWide, plotHigh  = width - left - right, height - top - bottom
	fontSize, titleSize = 11, 12
	ticks               = 5 // of an axis, at most
)

// SVG draws charts in rows of so many.
func SVG(charts []Chart, perRow int) []byte {
	rows := (len(charts) + perRow - 1) / perRow
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="sans-serif" font-size="%d" fill="%s" role="img">`+"\n",
		perRow*width, rows*height, fontSize, ink)
	for i := range charts {
		fmt.Fprintf(&out, `<g transform="translate(%d %d)">`+"\n", i%perRow*width, i/perRow*height)
		charts[i].draw(&out)
		fmt.Fprintln(&out, "</g>")
	}
	fmt.Fprintln(&out, "</svg>")
	return out.Bytes()
}

// draw draws the axes, their marks and the line. Both axes begin at 0, so what
// grows in proportion is a straight line.
func (c *Chart) draw(out *bytes.Buffer) {
	fmt.Fprintf(out, `<text x="%d" y="%d" font-size="%d" font-weight="bold">%s</text>`+"\n", left, top-16, titleSize, html.EscapeString(c.Title))
	fmt.Fprintf(out, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", left+plotWide/2, height-8, html.EscapeString(c.X))
	across, up := axisOf(c.Points, func(p Point) float64 { return p.X }), axisOf(c.Points, func(p Point) float64 { return p.Y })
	for i := range up.steps + 1 {
		y, at := up.step*float64(i), top+plotHigh*(1-float64(i)/float64(up.steps))
		fmt.Fprintf(out, `<path d="M%d %.1fh%d" stroke="%s" stroke-opacity="%s"/>`+"\n", left, at, plotWide, ink, opacity(y))
		fmt.Fprintf(out, `<text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", left-6, at+4, number(y))
	}
	for i := range across.steps + 1 {
		at := left + plotWide*float64(i)/float64(across.steps)
		fmt.Fprintf(out, `<path d="M%.1f %dv4" stroke="%s"/>`+"\n", at, top+plotHigh, ink)
		fmt.Fprintf(out, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", at, top+plotHigh+16, number(across.step*float64(i)))
	}
	if len(c.Points) == 0 {
		return
	}
	var path, dots bytes.Buffer
	for i, p := range c.Points {
		x, y := left+plotWide*p.X/across.end(), top+plotHigh*(1-p.Y/up.end())
		fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(i, 1)], x, y)
		fmt.Fprintf(&dots, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"><title>%s: %s</title></circle>`+"\n", x, y, line, number(p.X), number(p.Y))
	}
	fmt.Fprintf(out, `<path d="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n%s", &path, line, &dots)
}

// axis goes from 0 in steps that are round.
type axis struct {
	step  float64
	steps int
}

func (a axis) end() float64 { return a.step * float64(a.steps) }

// axisOf gives one for some figures of points.
func axisOf(points []Point, of func(Point) float64) axis {
	highest := 0.0
	for _, p := range points {
		highest = max(highest, of(p))
	}
	if highest == 0 {
		return axis{1, 1}
	}
	step := math.Pow(10, math.Floor(math.Log10(highest/ticks)))
	for _, times := range []float64{1, 2, 5, 10} {
		if step*times*ticks >= highest*(1-1e-9) {
			step *= times
			break
		}
	}
	return axis{step, int(math.Ceil(highest/step - 1e-9))}
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
