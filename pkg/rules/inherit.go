package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// A book may be silent while another process tells what all of them find. It keeps what it
// found lately, so that nothing is lost that comes to pass while nobody speaks.
const (
	// untoldFor is longer than a cluster may be without a speaker.
	untoldFor = 2 * time.Minute
	// mostUntold bounds what is kept meanwhile; the oldest go first.
	mostUntold = 1000
)

// found is an alert that may have to be told again.
type found struct {
	Alert
	key string
	at  int64 // ms
}

// Inherit goes on with what another process, or an earlier run of this one, has told: an
// alert that was told within its rule's cooldown is not told again. A rule that was
// told of an aircraft that this book knows nothing of is taken to hold still, so that
// it is told anew only when it has ceased to hold, or changed since. What this
// book has found a short while ago, and nobody told, is told.
// (What the log has lost was told all the same.)
func (b *Book) Inherit(told, lost []record.Event, now time.Time) []record.Event {
	told = slices.Concat(lost, told)
	b.mu.Lock()
	last := map[pairName][]int64{}
	for i := range told {
		if name, at, ok := readTold(&told[i], now); ok {
			last[name] = append(last[name], at)
			b.monitor.inherit(name, at, now)
		}
	}
	var untold []Alert
	for _, f := range b.recent {
		name := pairName{f.Rule.ID, f.key}
		// A rule that was changed or taken out meanwhile has found nothing.
		r := b.monitor.Rule(f.Rule.ID)
		if r == nil || !r.SameConditions(f.Rule) || !r.Enabled || now.UnixMilli()-f.at > untoldFor.Milliseconds() {
			continue
		}
		if !slices.ContainsFunc(last[name], func(at int64) bool { return max(at-f.at, f.at-at) < cooldown(r) }) {
			untold = append(untold, f.Alert)
			last[name] = append(last[name], f.at)
		}
	}
	b.recent = b.recent[:0]
	b.mu.Unlock()
	b.tell(untold)
	return events(untold)
}

// pairName names a rule and an aircraft.
type pairName struct{ rule, key string }

// readTold reads of an alert what it was about, and when (ms, never later than now).
func readTold(e *record.Event, now time.Time) (name pairName, at int64, ok bool) {
	// Numbers and strings are ids alike.
	name.rule = strings.Trim(e.Fields.Get("rule_id"), `"`)
	name.key = record.Text(e.Fields.Get("icao_hex"))
	when, err := time.Parse(timeLayout, record.Text(e.Fields.Get("triggered_at")))
	if err != nil || e.Name != Triggered || name.rule == "" || name.key == "" {
		return name, 0, false
	}
	return name, min(when.UnixMilli(), now.UnixMilli()), true
}

// inherit takes note of an alert that was told elsewhere.
func (m *Monitor) inherit(name pairName, at int64, now time.Time) {
	e := m.entries[name.rule]
	if e == nil || now.UnixMilli()-at >= cooldown(e.rule) {
		return
	}
	p := m.planes[name.key]
	if p == nil {
		p = &plane{round: 1, heard: now.UnixMilli()}
		m.planes[name.key] = p
		p.inherited = true
	}
	k := p.pair(e)
	k.told = max(k.told, at)
	if p.inherited && at >= e.rule.UpdatedAt.UnixMilli() {
		k.held = p.round
	}
}

// remember keeps what was found; it needs mu held.
func (b *Book) remember(key string, alerts []Alert, now time.Time) {
	if len(alerts) == 0 {
		return
	}
	at := now.UnixMilli()
	for i := range alerts {
		b.recent = append(b.recent, found{alerts[i], key, at})
	}
	old := max(0, len(b.recent)-mostUntold)
	for old < len(b.recent) && at-b.recent[old].at > untoldFor.Milliseconds() {
		old++
	}
	b.recent = slices.Delete(b.recent, 0, old)
}
