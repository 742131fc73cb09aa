package hub

import (
	"math"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/wire"
)

// Why a session's pace changes, as it is told.
const (
	reasonSlow      = "slow"
	reasonRecovered = "recovered"
)

// steady is how long a slow session has to keep up to get a better pace.
const steady = 30 * time.Second

// paces are the steps by which a session that does not keep up gets slower, in Hz.
var paces = []float64{10, 5, 2, 1}

// interval is the time between what a subscription is told; 0 is the window.
func (s *stream) interval(sub *subscription) time.Duration {
	hz := math.Inf(1)
	for _, bound := range []float64{sub.hz, sub.capHz} {
		if bound > 0 {
			hz = min(hz, bound)
		}
	}
	interval := time.Duration(float64(time.Second) / hz)
	if interval <= s.batch.Window || hz >= s.policy.Rate {
		return 0
	}
	return interval
}

// pace is how often a subscription is told something, at most.
func (s *stream) pace(sub *subscription) float64 {
	if interval := s.interval(sub); interval > 0 {
		return float64(time.Second) / float64(interval)
	}
	hz := s.policy.Rate
	if window := s.batch.Window; window > 0 {
		hz = min(hz, float64(time.Second)/float64(window))
	}
	return hz
}

// demoteLocked makes a subscription that lost something a step slower. Its
// session gets a snapshot next.
func (s *stream) demoteLocked(sub *subscription, now time.Time) {
	if !slices.Contains(s.slowed, sub) {
		s.slowed = append(s.slowed, sub)
	}
	sub.slowAt = now
	pace := s.pace(sub)
	i := slices.IndexFunc(paces, func(hz float64) bool { return hz < pace })
	if i < 0 {
		return
	}
	sub.capHz = paces[i]
	s.tellPace(sub, reasonSlow)
}

// promoteLocked makes those a step faster that have kept up for a while. They
// keep their position: whoever is at the same one then shares what they get.
func (s *stream) promoteLocked(now time.Time) {
	kept := s.slowed[:0]
	for _, sub := range s.slowed {
		if now.Sub(sub.slowAt) < steady {
			kept = append(kept, sub)
			continue
		}
		before := s.interval(sub)
		sub.slowAt = now
		sub.capHz = faster(sub.capHz)
		if s.interval(sub) != before {
			s.moveLocked(sub)
			s.tellPace(sub, reasonRecovered)
		}
		if sub.capHz > 0 {
			kept = append(kept, sub)
		}
	}
	clear(s.slowed[len(kept):])
	s.slowed = kept
}

// moveLocked puts a subscription into the audience of its new pace, with the position
// that it has and the change of view that waits. One whose snapshot is to come gets
// there by that.
func (s *stream) moveLocked(sub *subscription) {
	if sub.cohort == nil || sub.parts != nil {
		return
	}
	c, turn := *sub.cohort, sub.turn
	s.leaveLocked(sub)
	s.enterLocked(sub, &cohort{sent: c.sent, seen: c.seen, visible: slices.Clone(c.visible), had: c.had})
	if sub.turn = turn; turn != nil {
		s.turning = append(s.turning, sub)
	}
}

// faster is the step above a pace; 0 when there is none.
func faster(hz float64) float64 {
	if i := slices.Index(paces, hz); i > 0 {
		return paces[i-1]
	}
	return 0
}

func (s *stream) tellPace(sub *subscription, reason string) {
	m, err := wire.New("stream:pace", wire.Pace{Topic: s.policy.Name, Hz: s.pace(sub), Reason: reason})
	if err != nil {
		s.logger.Error().Err(err).Msg("a session cannot be told its pace")
		return
	}
	sub.to.Send(m)
}
