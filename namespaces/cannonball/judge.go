package cannonball

import (
	"math"
	"time"
)

// Levels of a threat, the worst first.
const (
	levelCritical = "critical"
	levelWarning  = "warning"
	levelInfo     = "info"
)

var rank = map[string]int{levelCritical: 0, levelWarning: 1, levelInfo: 2}

// Level says how much an aircraft matters at a distance.
func Level(k Kind, distanceNM float64) string {
	switch {
	case k.LawEnforcement && distanceNM < 2:
		return levelCritical
	case k.LawEnforcement && distanceNM < 5, k.Helicopter && distanceNM < 3, k.Surveillance && distanceNM < 5:
		return levelWarning
	}
	return levelInfo
}

// Trends of an aircraft's distance.
const (
	trendApproaching = "approaching"
	trendDeparting   = "departing"
	trendHolding     = "holding"
	trendUnknown     = "unknown"
)

const (
	trendNM     = 0.05 // a change by less is none
	trendWindow = 10 * time.Second
	trendLeast  = 3 * time.Second // before that no change is no news
	trackStep   = 500 * time.Millisecond
	trackGap    = 30 * time.Second
	etaMost     = 30 * time.Minute
)

// Approach is how a distance changes.
type Approach struct {
	Trend     string
	ClosingKt *float64 // positive when it becomes less; nil when it is not known
	ETA       *float64 // seconds until it is none at this pace; nil when it does not become less, or takes over half an hour
}

// Track is how far an aircraft was, lately: its own distance over time, whoever of
// the two moves. The zero value is ready.
type Track struct{ samples []sample }

type sample struct {
	at time.Time
	nm float64
}

// Add notes a distance; not one that comes right after another.
func (t *Track) Add(at time.Time, nm float64) {
	if n := len(t.samples); n > 0 {
		last := t.samples[n-1].at
		if at.Sub(last) < trackStep {
			return
		}
		if at.Sub(last) > trackGap {
			t.samples = t.samples[:0]
		}
	}
	t.samples = append(t.samples, sample{at, nm})
	old := 0
	for old < len(t.samples)-2 && at.Sub(t.samples[old].at) > trendWindow {
		old++
	}
	t.samples = append(t.samples[:0], t.samples[old:]...)
}

// Approach says how the distance changed within the last ten seconds.
func (t *Track) Approach() Approach {
	if len(t.samples) < 2 {
		return Approach{Trend: trendUnknown}
	}
	first, last := t.samples[0], t.samples[len(t.samples)-1]
	span, change := last.at.Sub(first.at), last.nm-first.nm
	a := Approach{Trend: trendHolding}
	switch {
	case change < -trendNM:
		a.Trend = trendApproaching
	case change > trendNM:
		a.Trend = trendDeparting
	case span < trendLeast:
		return Approach{Trend: trendUnknown}
	}
	closing := -change / span.Hours()
	a.ClosingKt = &closing
	if a.Trend == trendApproaching {
		if eta := last.nm / closing * 3600; eta <= etaMost.Seconds() {
			a.ETA = &eta
		}
	}
	return a
}

// Urgency is how much it hurts to look elsewhere, 0 to 100.
func Urgency(k Kind, distanceNM float64, a Approach, patterns []Pattern) int {
	score := 0
	for _, step := range []struct {
		within float64
		points int
	}{{1, 40}, {2, 30}, {5, 20}, {10, 10}} {
		if distanceNM < step.within {
			score += step.points
			break
		}
	}
	if k.LawEnforcement {
		score += 25
	}
	if a.Trend == trendApproaching {
		score += 15
	}
	if a.ETA != nil {
		for _, step := range []struct {
			within float64
			points int
		}{{60, 15}, {180, 10}, {300, 5}} {
			if *a.ETA < step.within {
				score += step.points
				break
			}
		}
	}
	if a.ClosingKt != nil && *a.ClosingKt > 100 {
		score += 10
	}
	switch Level(k, distanceNM) {
	case levelCritical:
		score += 10
	case levelWarning:
		score += 5
	}
	points := float64(score)
	for _, p := range patterns {
		points += patternPoints[p.Type] * p.Confidence
	}
	return int(min(math.Round(points), 100))
}

var directions = [16]string{"N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"}

// Direction names a bearing (degrees) by one of 16 points.
func Direction(bearing float64) string {
	return directions[int(math.Round(bearing/22.5))%16]
}
