package notams

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/airspace"
	"github.com/skygate-io/skygate/pkg/geo"
)

// notice is a NOTAM that was read.
type notice struct {
	airspace.NOTAM
	number   string // A4837/23, 05/024, 6/3475; "" for none
	replaces string // another's number
	cancels  bool
}

// fdc is the number of a NOTAM of the flight data centre.
var fdc = regexp.MustCompile(`^\d{1,2}/\d{4}$`)

// maxKey is how long a key is at most.
const maxKey = 60

// key gives a NOTAM's key. One without a number has a fingerprint of its text.
func key(location, number, text string) string {
	number = strings.Join(strings.Fields(number), " ")
	switch {
	case fdc.MatchString(number):
		return number
	case number == "":
		number = airspace.Fingerprint(text)
	}
	k := strings.TrimSpace(location + " " + number)
	if len(k) > maxKey {
		return airspace.Fingerprint(k)
	}
	return k
}

// fill completes a NOTAM by what its ICAO text says: the lines Q) to C) and the first.
func (n *notice) fill(icao string) {
	n.readQ(line(icao, "Q"))
	if n.Location == "" {
		n.Location, _, _ = strings.Cut(line(icao, "A"), " ")
	}
	if start := icaoTime(line(icao, "B")); start != 0 {
		n.Start = start
	}
	n.until(line(icao, "C"))
	head, _, _ := strings.Cut(icao, "Q)")
	n.readHead(head)
}

// until takes the end of a NOTAM: a time, an estimate of one, or never.
func (n *notice) until(text string) {
	switch end := icaoTime(text); {
	case strings.HasPrefix(strings.ToUpper(text), "PERM"):
		n.Permanent, n.End = true, 0
	case end != 0:
		n.End = end
	}
}

var items = regexp.MustCompile(`(?:^|\s)([QABCDEFG])\)`)

// line gives an item of an ICAO text: what stands between Q) and A), and so on.
func line(icao, letter string) string {
	all := items.FindAllStringSubmatchIndex(icao, -1)
	for i, at := range all {
		if icao[at[2]:at[3]] != letter {
			continue
		}
		end := len(icao)
		if i+1 < len(all) {
			end = all[i+1][0]
		}
		return strings.TrimSpace(icao[at[1]:end])
	}
	return ""
}

// icaoTime reads yyMMddHHmm, with EST behind it when it is an estimate. All are UTC.
func icaoTime(text string) airspace.Moment {
	text = strings.TrimSpace(strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(text)), "EST"))
	t, err := time.Parse("0601021504", text)
	if err != nil {
		return 0
	}
	if t.Year() > 2060 { // two digits: those of the last century are long over
		return 0
	}
	return airspace.Moment(t.UnixMilli())
}

// The first line: A4837/23 NOTAMR A4651/23.
var head = regexp.MustCompile(`([A-Z]?\d{1,4}/\d{2,4})\s+NOTAM([NRC])(?:\s+([A-Z]?\d{1,4}/\d{2,4}))?`)

func (n *notice) readHead(text string) {
	m := head.FindStringSubmatch(text)
	if m == nil {
		return
	}
	if n.number == "" {
		n.number = m[1]
	}
	n.cancels = n.cancels || m[2] == "C"
	if n.replaces == "" && m[2] != "N" {
		n.replaces = m[3]
	}
}

// The Q line: EGTT/QOBCE/IV/M  /AE/000/003/5130N00027W001, the lower and the upper flight
// level, the centre in degrees and minutes, and the radius in nautical miles. Services
// leave parts of it empty, or out ("KZNY/undefined/NBO/..", "KZNY/QOBXX/IV/M//000//.."), so
// its parts are told by what they are.
var (
	qPlace   = regexp.MustCompile(`^(\d{2})(\d{2})([NS])(\d{3})(\d{2})([EW])(\d{3})?$`)
	qSubject = regexp.MustCompile(`^Q[A-Z]{4}$`)
	qLevel   = regexp.MustCompile(`^\d{3}$`)
)

// noUpper is the flight level that stands for "without a limit".
const noUpper = "999"

func (n *notice) readQ(text string) {
	parts := strings.Split(text, "/")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
		switch part := parts[i]; {
		case qSubject.MatchString(part):
			if strings.HasPrefix(part, "QRT") { // a temporary restricted area
				n.Type = airspace.TFR
			}
		case i > 1 && qPlace.MatchString(part) && qLevel.MatchString(parts[i-2]):
			n.Floor = airspace.Level(parts[i-2])
			if n.Ceiling = (airspace.Feet{}); qLevel.MatchString(parts[i-1]) && parts[i-1] != noUpper {
				n.Ceiling = airspace.Level(parts[i-1])
			}
			n.readPlace(part)
		}
	}
}

// readPlace reads 4038N07346W005. A radius of 999 is everywhere.
func (n *notice) readPlace(text string) {
	m := qPlace.FindStringSubmatch(text)
	if m == nil {
		return
	}
	p := geo.Point{Lat: minutes(m[1], m[2], m[3] == "S"), Lon: minutes(m[4], m[5], m[6] == "W")}
	if !p.Valid() {
		return
	}
	n.Centre, n.RadiusNM = &p, 0
	if radius, err := strconv.Atoi(m[7]); err == nil && radius < 999 {
		n.RadiusNM = float64(radius)
	}
}

// minutes gives degrees of degrees and minutes, which are digits.
func minutes(degrees, minutes string, negative bool) float64 {
	d, _ := strconv.Atoi(degrees)
	m, _ := strconv.Atoi(minutes)
	v := float64(d) + float64(m)/60
	if negative {
		return -v
	}
	return v
}

// restricts says whether a text is that of a flight restriction.
func restricts(text string) bool {
	return strings.Contains(strings.ToUpper(strings.Join(strings.Fields(text), " ")), "TEMPORARY FLIGHT RESTRICTION")
}

// typeOf gives the type by the class that the FAA gives a NOTAM.
func typeOf(classification, text string) string {
	switch class := strings.ToUpper(classification); {
	case restricts(text):
		return airspace.TFR
	case class == "FDC":
		return "FDC"
	case strings.Contains(class, "MIL"):
		return "MIL"
	}
	return "D"
}
