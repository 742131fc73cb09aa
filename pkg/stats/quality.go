package stats

// qualityFigures say how completely the aircraft in view are heard: kind
// "tracking_quality". Of an aircraft the share of ticks counts in which it had a new
// position, of those since it is heard; it is told apart from the second tick on. (The
// reference counts stored positions against one in five seconds; rates and gaps come with
// a history.)
type qualityFigures struct {
	Analyzed     int `json:"total_sessions_analyzed"`
	Completeness struct {
		Mean      *float64 `json:"avg_score"`
		Excellent int      `json:"excellent_count"`
		Good      int      `json:"good_count"`
		Fair      int      `json:"fair_count"`
		Poor      int      `json:"poor_count"`
	} `json:"completeness"`
	Breakdown struct {
		Excellent int `json:"excellent"`
		Good      int `json:"good"`
		Fair      int `json:"fair"`
		Poor      int `json:"poor"`
	} `json:"quality_breakdown"`
	// Tracking is what the web client reads.
	Tracking struct {
		Score    *float64 `json:"overall_score"`
		Coverage float64  `json:"coverage_pct"` // how many have a position at all
		MeanRSSI *float64 `json:"avg_rssi"`
	} `json:"tracking_quality"`
}

// heard is what is known of an aircraft from tick to tick.
type heard struct {
	ticks, fresh int   // in which it was there, and had a new position
	positionAt   int64 // ms: its last position
	round        uint64
}

// qualityOf gives the figures of those that are in view, by what was noted of each.
func qualityOf(planes map[string]*heard, s *sums) *qualityFigures {
	f := &qualityFigures{}
	total := 0.0
	for _, h := range planes {
		if h.ticks < 2 {
			continue
		}
		f.Analyzed++
		score := 100 * float64(h.fresh) / float64(h.ticks)
		total += score
		switch {
		case score >= 90:
			f.Breakdown.Excellent++
		case score >= 70:
			f.Breakdown.Good++
		case score >= 50:
			f.Breakdown.Fair++
		default:
			f.Breakdown.Poor++
		}
	}
	c := &f.Completeness
	c.Mean = mean(total, f.Analyzed)
	c.Excellent, c.Good, c.Fair, c.Poor = f.Breakdown.Excellent, f.Breakdown.Good, f.Breakdown.Fair, f.Breakdown.Poor
	f.Tracking.Score, f.Tracking.Coverage, f.Tracking.MeanRSSI = c.Mean, share(s.withPosition, s.aircraft), mean(s.rssi, s.signals)
	return f
}
