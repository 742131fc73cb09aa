package plot

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

func wantXML(t *testing.T, svg string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
	}
}

func TestSVG(t *testing.T) {
	charts := []Chart{
		{Title: "server, cores", X: "subscribers", Points: []Point{{100, 0.02}, {1000, 0.11}, {5000, 0.47}}},
		{Title: "p99 < 1 s", X: "subscribers", Points: []Point{{100, 3}, {10_000, 3}}},
		{Title: "nothing", X: "x"},
		{Title: "one, at 0", X: "x", Points: []Point{{5, 0}}},
	}
	svg := string(SVG(charts, 2))
	wantXML(t, svg)
	for _, want := range []string{
		`width="600" height="420"`, // two rows of two
		`>0.1<`, `>0.4<`, `>0.5<`,  // round steps, as far as the line goes
		`>10k<`, `>1000<`, `p99 &lt; 1 s`,
		`"M50.7 160.7L`, // 100 of 5000, 0.02 of 0.5: near the corner
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("there is no %s in %s", want, svg)
		}
	}
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Error(svg)
	}
	for _, colour := range regexp.MustCompile("#[0-9a-f]{6}").FindAllString(svg, -1) {
		if colour != ink && colour != line {
			t.Errorf("%s is a colour that was not looked at on both grounds", colour)
		}
	}
}
