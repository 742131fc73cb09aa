package cannonball

import (
	"fmt"
	"math"
	"time"
)

// What a path may look like.
const (
	patternCircling  = "circling"
	patternLoitering = "loitering"
	patternStakeout  = "stakeout"
	patternGrid      = "grid_search"
	patternRacetrack = "racetrack"
)

// When a path looks so. Angles are degrees, distances nm.
const (
	patternLeast = 8 // positions
	patternAge   = 10 * time.Minute

	circleNM   = 2
	circleTurn = 360
	circleOne  = 0.7 // of all turns, in one direction

	loiterNM  = 5
	loiterFor = 10 * time.Minute

	stakeoutNM  = 0.5
	stakeoutFor = 20 * time.Minute

	legBend   = 30 // within which a leg is straight
	reversal  = 120
	reversals = 3
)

// Pattern is what a path looks like, as clients get it.
type Pattern struct {
	Type        string         `json:"pattern_type"`
	Confidence  float64        `json:"confidence"` // 0 to 1
	Lat         float64        `json:"center_lat"`
	Lon         float64        `json:"center_lon"`
	RadiusNM    float64        `json:"radius_nm"`
	Minutes     float64        `json:"duration_minutes"`
	Description string         `json:"description"`
	Metadata    map[string]any `json:"metadata"`
}

// patternPoints are what each adds to the urgency of a threat, if it is certain.
var patternPoints = map[string]float64{
	patternCircling: 15, patternLoitering: 10, patternStakeout: 18, patternGrid: 15, patternRacetrack: 15,
}

// Patterns says what a path looks like; mostly nothing.
func (p *Path) Patterns() []Pattern {
	found := []Pattern{}
	if len(p.points) < patternLeast {
		return found
	}
	turning := []func() (Pattern, bool){p.back, p.circling}
	staying := []func() (Pattern, bool){p.stakeout, p.loitering}
	for _, alike := range [][]func() (Pattern, bool){turning, staying} {
		for _, look := range alike { // of those that are alike the first says most
			if one, ok := look(); ok {
				found = append(found, one)
				break
			}
		}
	}
	return found
}

// pattern makes one of a course.
func (c course) pattern(kind string, confidence float64, description string, metadata map[string]any) Pattern {
	centre, radius := c.area()
	return Pattern{
		Type: kind, Confidence: round(min(max(confidence, 0), 1), 2),
		Lat: round(centre.Lat, 5), Lon: round(centre.Lon, 5), RadiusNM: round(radius, 2),
		Minutes: round(c.span().Minutes(), 1), Description: description, Metadata: metadata,
	}
}

// circling: round and round in one direction. A circle is certain to half, three are
// certain.
func (p *Path) circling() (Pattern, bool) {
	c := p.last(patternAge).within(circleNM)
	if len(c.points) < patternLeast {
		return Pattern{}, false
	}
	bearings := c.bearings()
	var sum, all float64
	for i := 1; i < len(bearings); i++ {
		by := turn(bearings[i-1], bearings[i])
		sum, all = sum+by, all+math.Abs(by)
	}
	if math.Abs(sum) < circleTurn || math.Abs(sum) < circleOne*all {
		return Pattern{}, false
	}
	circles := math.Abs(sum) / circleTurn
	direction := "right"
	if sum < 0 {
		direction = "left"
	}
	return c.pattern(patternCircling, (0.25+0.25*circles)*math.Abs(sum)/all,
		fmt.Sprintf("Circling to the %s, %.1f times", direction, circles),
		map[string]any{"circles": round(circles, 1), "direction": direction}), true
}

// loitering: it does not get away.
func (p *Path) loitering() (Pattern, bool) {
	c := p.last(loiterFor + pathStep)
	_, radius := c.area()
	if c.span() < loiterFor || radius > loiterNM {
		return Pattern{}, false
	}
	return c.pattern(patternLoitering, 1-radius/loiterNM/2, fmt.Sprintf("Within %.1f nm for %.0f minutes", radius, c.span().Minutes()), map[string]any{}), true
}

// stakeout: it hardly moves at all.
func (p *Path) stakeout() (Pattern, bool) {
	c := p.last(pathAge)
	_, radius := c.area()
	if c.span() < stakeoutFor-pathStep || radius > stakeoutNM {
		return Pattern{}, false
	}
	return c.pattern(patternStakeout, 1-radius/stakeoutNM/2, fmt.Sprintf("Within %.1f nm for %.0f minutes", radius, c.span().Minutes()), map[string]any{}), true
}

// back: back and forth on straight legs. One that turns to the same side at each end
// flies a racetrack; one that turns to the one and to the other searches line by line.
func (p *Path) back() (Pattern, bool) {
	c := p.last(patternAge)
	legs := legsOf(c.bearings())
	same, alternating, count := true, true, 0
	for i := 1; i < len(legs); i++ {
		by := legs[i].turned
		if math.Abs(by) < reversal || math.Abs(by) > 360-reversal {
			return Pattern{}, false
		}
		if i > 1 {
			before := legs[i-1].turned
			same, alternating = same && by*before > 0, alternating && by*before < 0
		}
		count++
	}
	if count < reversals || !same && !alternating {
		return Pattern{}, false
	}
	confidence, metadata := 0.4+0.1*float64(count), map[string]any{"reversals": count}
	if same {
		return c.pattern(patternRacetrack, confidence, fmt.Sprintf("Back and forth on an oval, %d turns", count), metadata), true
	}
	return c.pattern(patternGrid, confidence, fmt.Sprintf("Line by line, %d turns", count), metadata), true
}

// leg is a straight part of a course.
type leg struct {
	bearing float64
	moves   int
	turned  float64 // since the leg before
}

// legsOf finds the straight parts, of two moves at least, and how it turned between.
func legsOf(bearings []float64) (legs []leg) {
	turned := 0.0
	for i := 0; i < len(bearings); {
		straight := leg{bearing: bearings[i], moves: 1}
		for j := i + 1; j < len(bearings) && math.Abs(turn(bearings[i], bearings[j])) <= legBend; j++ {
			straight.moves++
		}
		if straight.moves >= 2 {
			straight.turned = turned
			turned = 0
			legs = append(legs, straight)
		}
		next := i + straight.moves
		if next < len(bearings) {
			turned += turn(bearings[i], bearings[next])
		}
		i = next
	}
	return legs
}
