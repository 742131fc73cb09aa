package rules

import (
	"cmp"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// Monitor watches aircraft by a set of rules. Use [New]. It is owned by one
// goroutine. It keeps the values of what it is told.
type Monitor struct {
	zone *time.Location

	entries map[string]*entry // by the ids of their rules
	index   index
	planes  map[string]*plane
	turn    uint64 // observations so far
	second  int64  // of which it is known which rules are in force
	stale   bool   // it is not known: a rule was set
	swept   int64  // ms
	stamped int64  // ms: the newest in an id
	budget  budget

	// Scratch of the call that is under way.
	seen  aircraft
	lists [][]*entry
}

// entry is the place of a rule.
type entry struct {
	rule   *Rule
	gen    uint64 // of its conditions: what is known of older ones is void
	active bool
	since  uint64 // the last turn before it was in force
	turn   uint64 // when it was looked at
}

// plane is what is known of an aircraft.
type plane struct {
	round   uint64 // its observations
	heard   int64  // ms
	located uint64 // the turn of its last position; 0 after it was gone
	gone    bool
	// inherited: nothing is known of it but what another process has told.
	inherited bool
	pairs     map[*entry]*pair
}

// pair is what is known of a rule and an aircraft. There is none where there is
// nothing to know: it does not hold, was not told lately, and the aircraft is in none of its fences.
type pair struct {
	gen    uint64
	held   uint64 // the round in which it held last
	due    bool   // it came to hold, and that was not told
	inside uint64 // the fences that the aircraft was in, at its last position
	told   int64  // ms; 0 is never
}

// Alert is what a rule has found.
type Alert struct {
	Rule  *Rule
	Event record.Event
}

// New gives a monitor without rules. The times of suppression windows are those
// of a zone; nil is UTC.
func New(zone *time.Location) *Monitor {
	if zone == nil {
		zone = time.UTC
	}
	return &Monitor{zone: zone, entries: map[string]*entry{}, index: newIndex(), planes: map[string]*plane{}}
}

// Set adds a rule, or puts it in the place of the one that has its id.
func (m *Monitor) Set(r *Rule) {
	e := m.entries[r.ID]
	if e == nil {
		e = &entry{}
		m.entries[r.ID] = e
	} else {
		m.index.remove(e)
	}
	if e.rule == nil || !e.rule.SameConditions(r) {
		e.gen++
		e.active = false
	}
	e.rule = r
	m.index.add(e)
	m.stale = true
}

// Remove takes a rule out, and says whether there was one with this id.
func (m *Monitor) Remove(id string) bool {
	e := m.entries[id]
	if e == nil {
		return false
	}
	m.index.remove(e)
	delete(m.entries, id)
	e.gen++ // so that the sweep finds its pairs
	return true
}

// Rules gives the rules, in the order in which they were made.
func (m *Monitor) Rules() []*Rule {
	all := make([]*Rule, 0, len(m.entries))
	for _, e := range m.entries {
		all = append(all, e.rule)
	}
	slices.SortFunc(all, func(a, b *Rule) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Rule gives the rule of an id, nil when there is none.
func (m *Monitor) Rule(id string) *Rule {
	if e := m.entries[id]; e != nil {
		return e.rule
	}
	return nil
}

// Observe takes what a record says now. It is to be called on each change of a
// record, in the order of the changes.
func (m *Monitor) Observe(key string, fields record.Fields, _ int64, now time.Time) []record.Event {
	return events(m.Alerts(key, fields, now))
}

func events(alerts []Alert) []record.Event {
	if len(alerts) == 0 {
		return nil
	}
	out := make([]record.Event, len(alerts))
	for i := range alerts {
		out[i] = alerts[i].Event
	}
	return out
}

// Alerts is [Monitor.Observe] for those who want to know the rule, too.
func (m *Monitor) Alerts(key string, fields record.Fields, now time.Time) (found []Alert) {
	m.refresh(now)
	p := m.planes[key]
	if p == nil {
		p = &plane{}
		m.planes[key] = p
	}
	m.turn++
	p.round++
	p.heard, p.gone, p.inherited = now.UnixMilli(), false, false
	m.seen.read(key, fields)
	m.lists = m.index.find(m.lists[:0], &m.seen)
	for _, list := range m.lists {
		for _, e := range list {
			if e.active && e.turn != m.turn && m.look(e, p) {
				found = append(found, m.alert(e.rule, key, fields, now))
			}
		}
	}
	if m.seen.located {
		p.located = m.turn
	}
	return found
}

// look says whether there is something to tell of a rule and an aircraft.
func (m *Monitor) look(e *entry, p *plane) bool {
	e.turn = m.turn
	m.seen.entered, m.seen.left = 0, 0
	if len(e.rule.fences) > 0 && m.seen.located {
		m.cross(e, p)
	}
	if !e.rule.root.holds(&m.seen) {
		return false
	}
	k := p.pair(e)
	if k.held != p.round-1 || k.held == 0 {
		k.due = true
	}
	k.held = p.round
	if !k.due {
		return false
	}
	if k.told > p.heard {
		k.told = p.heard // the clock was set back
	}
	if k.told != 0 && p.heard-k.told < cooldown(e.rule) {
		return false
	}
	if !m.budget.spend(e.rule.Owner, p.heard) {
		return false
	}
	k.due = false
	k.told = p.heard
	return true
}

func cooldown(r *Rule) int64 { return int64(r.CooldownMinutes) * 60_000 }

// cross finds the rule's fences that the aircraft has entered and left.
func (m *Monitor) cross(e *entry, p *plane) {
	inside := uint64(0)
	for i, f := range e.rule.fences {
		if f.contains(m.seen.point) {
			inside |= 1 << i
		}
	}
	before, known := uint64(0), p.located > e.since
	k := p.pairs[e]
	if k != nil && k.gen == e.gen {
		before = k.inside
	}
	if known {
		m.seen.entered, m.seen.left = inside&^before, before&^inside
	}
	if inside != 0 || before != 0 {
		p.pair(e).inside = inside
	}
}

// pair gives what is known of a rule and the aircraft.
func (p *plane) pair(e *entry) *pair {
	k := p.pairs[e]
	switch {
	case k == nil:
		k = &pair{gen: e.gen}
		if p.pairs == nil {
			p.pairs = map[*entry]*pair{}
		}
		p.pairs[e] = k
	case k.gen != e.gen:
		*k = pair{gen: e.gen}
	}
	return k
}

// refresh finds, once a second, which rules are in force.
func (m *Monitor) refresh(now time.Time) {
	second := now.Unix()
	if second == m.second && !m.stale {
		return
	}
	m.second, m.stale = second, false
	minute := week(now.In(m.zone))
	for _, e := range m.entries {
		active := e.rule.schedule.active(second, minute)
		if active && !e.active {
			e.since = m.turn
		}
		e.active = active
	}
}
