package rules

import (
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

const (
	sweepEvery  = int64(time.Minute / time.Millisecond)
	forgetAfter = int64(time.Hour / time.Millisecond) // an aircraft that nobody said is gone
)

// Gone takes note that there is no record under a key any more: when there is one
// again, it begins anew, but for the cooldowns.
func (m *Monitor) Gone(key string, _ time.Time) []record.Event {
	if p := m.planes[key]; p != nil {
		p.leave()
		if len(p.pairs) == 0 {
			delete(m.planes, key)
		}
	}
	return nil
}

func (p *plane) leave() {
	p.gone, p.located = true, 0
	p.round++
}

// Tick takes note of the time. It is to be called now and then.
func (m *Monitor) Tick(now time.Time) []record.Event {
	m.refresh(now)
	at := now.UnixMilli()
	if since := at - m.swept; since >= 0 && since < sweepEvery {
		return nil
	}
	m.swept = at
	for key, p := range m.planes {
		if p.heard = min(p.heard, at); !p.gone && at-p.heard > forgetAfter {
			p.leave()
		}
		for e, k := range p.pairs {
			if k.told = min(k.told, at); k.over(e, p, at) {
				delete(p.pairs, e)
			}
		}
		if p.gone && len(p.pairs) == 0 {
			delete(m.planes, key)
		}
	}
	return nil
}

// over says whether a pair may be forgotten.
func (k *pair) over(e *entry, p *plane, at int64) bool {
	switch {
	case k.gen != e.gen:
		return true
	case k.told != 0 && at-k.told < cooldown(e.rule):
		return false
	}
	return p.gone || k.held != p.round && k.inside == 0
}
