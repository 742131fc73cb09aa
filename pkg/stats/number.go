package stats

import "math"

// round gives at most so many decimals, and never a value that JSON has no form for.
func round(v float64, decimals int) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	scale := math.Pow10(decimals)
	if r := math.Round(v*scale) / scale; !math.IsInf(r, 0) {
		return r
	}
	return v
}

// mean is a mean with one decimal, nil of nothing.
func mean(sum float64, n int) *float64 {
	if n == 0 {
		return nil
	}
	m := round(sum/float64(n), 1)
	return &m
}

// share is a part of a whole in percent, with one decimal; 0 of nothing.
func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return round(100*float64(part)/float64(whole), 1)
}

// spread is what is kept of numbers that come one by one.
type spread struct {
	n           int
	sum         float64
	least, most float64
}

func (s *spread) add(v float64) {
	if s.n == 0 {
		s.least, s.most = v, v
	}
	s.n, s.sum = s.n+1, s.sum+v
	s.least, s.most = min(s.least, v), max(s.most, v)
}

func (s *spread) join(o spread) {
	switch {
	case o.n == 0:
	case s.n == 0:
		*s = o
	default:
		s.n, s.sum = s.n+o.n, s.sum+o.sum
		s.least, s.most = min(s.least, o.least), max(s.most, o.most)
	}
}

func (s *spread) mean() *float64 { return mean(s.sum, s.n) }
func (s *spread) min() *float64  { return s.known(s.least) }
func (s *spread) max() *float64  { return s.known(s.most) }

func (s *spread) known(v float64) *float64 {
	if s.n == 0 {
		return nil
	}
	v = round(v, 1)
	return &v
}
