package safety

import "math"

// Vertical speeds are the least of what aircraft tell: a transponder tells a
// descent of 16,000 ft/min in level flight, a damaged message one of the other
// sign. So none is believed that is told once, and none that the altitude, where
// it is told, does not follow.

// speeds are the vertical speeds and altitudes of an aircraft in the past, a ring.
type speeds struct {
	samples     [10]sample
	count, last int
}

type sample struct {
	at    int64 // ms
	fpm   float64
	ft    float64
	level bool // ft is known
}

// sampleEvery is how far apart the samples are: the reference looks once a second.
const sampleEvery = 1000 // ms

// back gives the sample before so many others.
func (s *speeds) back(i int) *sample {
	return &s.samples[(s.last-i+len(s.samples))%len(s.samples)]
}

// isLate says whether something newer was heard, as when another receiver tells
// the same later.
func (s *speeds) isLate(at int64, cfg *Config) bool {
	since := at - s.back(0).at
	return s.count > 0 && since < 0 && since >= -cfg.ReversalSpanMax.Milliseconds()
}

// add notes a sample, if it is time for one.
func (s *speeds) add(now sample) {
	if s.count > 0 {
		since := now.at - s.back(0).at
		if since >= 0 && since < sampleEvery {
			return
		}
		if since < 0 { // the clock was set back
			*s = speeds{}
		}
	}
	s.last = (s.last + 1) % len(s.samples)
	s.samples[s.last] = now
	s.count = min(s.count+1, len(s.samples))
}

// newest gives the newest speed that is at least so old and at most so old (ms),
// if another one beside it is like it.
func (s *speeds) newest(at, least, most int64) (fpm float64, ok bool) {
	for i := range s.count {
		one := s.back(i)
		if age := at - one.at; age >= least {
			sound := i+1 < s.count && alike(one, s.back(i+1), most) || i > 0 && alike(one, s.back(i-1), most)
			return one.fpm, age <= most && sound
		}
	}
	return 0, false
}

// alike says whether two speeds have one sign and are of about one size.
func alike(a, b *sample, most int64) bool {
	between := max(a.at, b.at) - min(a.at, b.at)
	return between <= most && a.fpm*b.fpm > 0 && math.Abs(b.fpm) >= math.Abs(a.fpm)/2
}

// before gives the speed to compare the present one with.
func (s *speeds) before(at int64, cfg *Config) (fpm float64, ok bool) {
	most := cfg.ReversalSpanMax.Milliseconds()
	if fpm, ok = s.newest(at, cfg.ReversalSpan.Milliseconds(), most); ok {
		return fpm, ok
	}
	return s.newest(at, cfg.ReversalSpanMin.Milliseconds(), most)
}

// moved is by how much (ft) the altitude changed between any two of the samples,
// the present one included; known says whether there are two.
func (s *speeds) moved(now sample) (ft float64, known bool) {
	low, high := now.ft, now.ft
	for i := range s.count {
		if one := s.back(i); one.level && now.level {
			low, high, known = min(low, one.ft), max(high, one.ft), true
		}
	}
	return high - low, known
}

// sample is the present one.
func (t *track) sample() sample {
	ft, known := t.altitude()
	return sample{t.observed, t.vertical, ft, known}
}

func (m *Monitor) watchVertical(t *track, now int64) {
	m.watchAdvisory(t, now)
	if !t.has(hasVertical) || t.has(onGround) {
		return
	}
	if t.speeds.isLate(t.observed, &m.cfg) {
		return
	}
	m.watchExtreme(t, now)
	if !profiles[t.class].agile && !m.isAdvised(t, now) {
		m.watchReversal(t, now)
	}
	t.speeds.add(t.sample())
}
