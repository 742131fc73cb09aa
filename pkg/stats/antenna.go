package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// antenna are range and signal of the last hour: kind "antenna_analytics". It has the
// fields of both of the reference's forms (those of stats:update, polar, rssi and
// summary; and those of antenna:analytics_update), as its web client reads them from
// whichever came last. A position counts once a tick.
type antenna struct {
	Polar   polar   `json:"polar"`
	RSSI    signals `json:"rssi"`
	Summary summary `json:"summary"`

	MaxRange    map[string]float64 `json:"max_range_by_direction"` // by 30 degrees: "0", "30" ..
	Directions  map[string]sight   `json:"range_by_direction"`
	Farthest    *float64           `json:"overall_max_range"`
	Mean        *float64           `json:"avg_range"`
	Nearest     *float64           `json:"min_range"`
	Positions   int                `json:"total_positions"`
	Aircraft    int                `json:"unique_aircraft"`
	MeanRSSI    *float64           `json:"avg_rssi"`
	Best        *float64           `json:"best_rssi"`
	Worst       *float64           `json:"worst_rssi"`
	PerHour     int                `json:"positions_per_hour"`
	Sectors     int                `json:"sectors_with_data"` // of 12
	Coverage    float64            `json:"coverage_percentage"`
	Percentiles percentiles        `json:"range_percentiles"`
}

// sight is a direction of 30 degrees.
type sight struct {
	Max      *float64 `json:"max_range"`
	Mean     *float64 `json:"avg_range"`
	Count    int      `json:"position_count"`
	Aircraft int      `json:"unique_aircraft"`
	RSSI     *float64 `json:"avg_rssi"`
}

type percentiles struct {
	P50 *float64 `json:"p50"`
	P75 *float64 `json:"p75"`
	P90 *float64 `json:"p90"`
	P95 *float64 `json:"p95"`
}

// polar is the reach by bearing.
type polar struct {
	Bearings []bearing `json:"bearing_data"`
	Summary  struct {
		Total    int     `json:"total_sightings"`
		Sectors  int     `json:"sectors_with_data"` // of 36
		Coverage float64 `json:"coverage_pct"`
	} `json:"summary"`
	Hours int `json:"time_range_hours"`
}

// bearing is a sector of 10 degrees.
type bearing struct {
	Start    int      `json:"bearing_start"`
	End      int      `json:"bearing_end"`
	Count    int      `json:"count"`
	MeanRSSI *float64 `json:"avg_rssi"`
	MinRSSI  *float64 `json:"min_rssi"`
	MaxRSSI  *float64 `json:"max_rssi"`
	Mean     *float64 `json:"avg_distance_nm"`
	Max      *float64 `json:"max_distance_nm"`
	Aircraft int      `json:"unique_aircraft"`
}

// signals is the signal by distance. The samples are of the aircraft in view.
type signals struct {
	Samples []sample   `json:"scatter_data"`
	Bands   []bandRSSI `json:"band_statistics"`
	Overall struct {
		Count  int      `json:"count"`
		Mean   *float64 `json:"avg_rssi"`
		Median *float64 `json:"median_rssi"` // of the samples
	} `json:"overall_statistics"`
	Trend *trend `json:"trend_line"`
	Hours int    `json:"time_range_hours"`
	Size  int    `json:"sample_size"`
}

type sample struct {
	Distance float64  `json:"distance_nm"`
	RSSI     float64  `json:"rssi"`
	Altitude *float64 `json:"altitude"`
	ICAO     string   `json:"icao"`
}

type bandRSSI struct {
	Band     string   `json:"band"`
	Count    int      `json:"count"`
	Mean     *float64 `json:"avg_rssi"`
	Min      *float64 `json:"min_rssi"`
	Max      *float64 `json:"max_rssi"`
	Distance *float64 `json:"avg_distance_nm"`
}

type trend struct {
	Slope     float64 `json:"slope"`
	Intercept float64 `json:"intercept"`
	Text      string  `json:"interpretation"`
}

// summary is all of it in a few numbers.
type summary struct {
	Range struct {
		Total    int      `json:"total_sightings"`
		Aircraft int      `json:"unique_aircraft"`
		Mean     *float64 `json:"avg_nm"`
		Max      *float64 `json:"max_nm"`
		Min      *float64 `json:"min_nm"`
		percentiles
	} `json:"range"`
	Signal struct {
		Mean  *float64 `json:"avg_rssi"`
		Best  *float64 `json:"best_rssi"`
		Worst *float64 `json:"worst_rssi"`
	} `json:"signal"`
	Coverage struct {
		Active   int     `json:"sectors_active"`
		Total    int     `json:"total_sectors"`
		Coverage float64 `json:"coverage_pct"`
	} `json:"coverage"`
	Hours int `json:"time_range_hours"`
}

const (
	antennaHours = slots * slotMs / 3_600_000
	wide         = 3 // sectors of 10 degrees in a direction of 30
)

// antennaOf gives the figures of a reach, with samples of what is in view.
func antennaOf(r *reach, samples []sample) *antenna {
	f := &antenna{MaxRange: map[string]float64{}, Directions: map[string]sight{}}
	active := 0
	for i := range r.sectors {
		c := &r.sectors[i]
		if c.distance.n > 0 {
			active++
		}
		f.Polar.Bearings = append(f.Polar.Bearings, bearing{
			Start: 10 * i, End: 10 * (i + 1) % 360, Count: c.distance.n,
			MeanRSSI: c.rssi.mean(), MinRSSI: c.rssi.min(), MaxRSSI: c.rssi.max(),
			Mean: c.distance.mean(), Max: c.distance.max(), Aircraft: r.aircraft(1 << i),
		})
	}
	for i := 0; i < sectors; i += wide {
		var c cell
		for _, part := range r.sectors[i : i+wide] {
			c.join(part)
		}
		degrees := strconv.Itoa(10 * i)
		f.Directions[degrees] = sight{c.distance.max(), c.distance.mean(), c.distance.n, r.aircraft((1<<wide - 1) << i), c.rssi.mean()}
		if c.distance.n > 0 {
			f.MaxRange[degrees] = *c.distance.max()
			f.Sectors++
		}
	}
	all := r.all()
	f.Positions, f.PerHour, f.Aircraft = all.distance.n, all.distance.n/antennaHours, len(r.called)
	f.Farthest, f.Mean, f.Nearest = all.distance.max(), all.distance.mean(), all.distance.min()
	f.MeanRSSI, f.Best, f.Worst = all.rssi.mean(), all.rssi.max(), all.rssi.min()
	f.Coverage = share(f.Sectors, sectors/wide)
	f.Percentiles = percentiles{r.percentile(.50), r.percentile(.75), r.percentile(.90), r.percentile(.95)}
	f.RSSI = signalsOf(r, samples)
	f.summarise(active)
	return f
}

// summarise says again what the reference says in several places.
func (f *antenna) summarise(active int) {
	f.Polar.Hours, f.Summary.Hours = antennaHours, antennaHours
	p := &f.Polar.Summary
	p.Total, p.Sectors, p.Coverage = f.Positions, active, share(active, sectors)
	r := &f.Summary.Range
	r.Total, r.Aircraft, r.Mean, r.Max, r.Min, r.percentiles = f.Positions, f.Aircraft, f.Mean, f.Farthest, f.Nearest, f.Percentiles
	s := &f.Summary.Signal
	s.Mean, s.Best, s.Worst = f.MeanRSSI, f.Best, f.Worst
	c := &f.Summary.Coverage
	c.Active, c.Total, c.Coverage = active, sectors, p.Coverage
}

func signalsOf(r *reach, samples []sample) signals {
	all := r.all()
	s := signals{Samples: samples, Bands: []bandRSSI{}, Hours: antennaHours, Size: len(samples)}
	for i := range r.bands {
		b := &r.bands[i]
		s.Bands = append(s.Bands, bandRSSI{bands[i].name, b.rssi.n, b.rssi.mean(), b.rssi.min(), b.rssi.max(), b.distance.mean()})
	}
	s.Overall.Count, s.Overall.Mean = all.rssi.n, all.rssi.mean()
	if n := len(samples); n > 0 {
		sorted := slices.SortedFunc(slices.Values(samples), func(a, b sample) int { return cmp.Compare(a.RSSI, b.RSSI) })
		s.Overall.Median = mean(sorted[(n-1)/2].RSSI+sorted[n/2].RSSI, 2)
	}
	if slope, intercept, ok := r.line.fit(); ok {
		word := "increases"
		if slope < 0 {
			word = "decreases"
		}
		s.Trend = &trend{round(slope, 4), round(intercept, 2), fmt.Sprintf("RSSI %s by %v dB per 10nm", word, round(math.Abs(slope*10), 2))}
	}
	return s
}

// maxSamples is how many aircraft there are in the samples.
const maxSamples = 200

// add takes samples of the aircraft in view: those that have the lowest addresses,
// so that they stay the same ones.
func (s *samples) add(a *aircraft) {
	if !a.has(hasDistance|hasRSSI) || a.distance <= 0 {
		return
	}
	one := sample{Distance: round(a.distance, 1), RSSI: round(a.rssi, 1), ICAO: a.key}
	if a.has(hasAlt) {
		alt := a.alt
		one.Altitude = &alt
	}
	*s = append(*s, one)
}

type samples []sample

// end gives the samples.
func (s samples) end() []sample {
	slices.SortFunc(s, func(a, b sample) int { return cmp.Compare(a.ICAO, b.ICAO) })
	return append([]sample{}, s[:min(len(s), maxSamples)]...)
}
