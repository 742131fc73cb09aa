package safety

import (
	"slices"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// Inherit goes on with what another monitor has told, in another process or an
// earlier run: the newest of each event, oldest first. What lives goes on under its
// id, and ends as if this monitor had seen it now; what this monitor has found
// meanwhile, and nobody told, is told. What lives of those that are lost is told as it
// stands, so that who comes later finds it.
func (r Records) Inherit(told, lost []record.Event, now time.Time) []record.Event {
	at := now.UnixMilli()
	m := r.monitor
	known := map[*life]bool{}
	inherit := func(e *record.Event) *life {
		l := m.inherit(e, at)
		if l != nil {
			known[l] = true
		}
		return l
	}
	lives := make([]*life, len(lost))
	for i := range lost {
		lives[i] = inherit(&lost[i])
	}
	for i := range told {
		inherit(&told[i])
	}
	for i, l := range lives {
		if l != nil && l.event.ID == lost[i].Key { // else what came later has taken its place
			m.retell(l, at)
		}
	}
	var untold []*life
	for l := range m.lives {
		if l.isTold() && !known[l] {
			untold = append(untold, l)
		}
	}
	slices.SortFunc(untold, func(a, b *life) int { return compare(&a.event, &b.event) })
	for _, l := range untold {
		l.event.Action = ActionNew
		m.out = append(m.out, l.event)
	}
	return records(m.told())
}

// retell tells an event once more, as it stands.
func (m *Monitor) retell(l *life, now int64) {
	e := l.event
	e.Action, e.LastSeen, e.UpdatedAt = ActionUpdated, time.UnixMilli(l.seen), time.UnixMilli(now)
	m.out = append(m.out, e)
}

// inherit gives the life of an event that has not ended; nil when it has, or cannot
// be read.
func (m *Monitor) inherit(e *record.Event, now int64) *life {
	field := func(name string) string { return record.Text(e.Fields.Get(name)) }
	of, concerned, _ := strings.Cut(field("internal_id"), ":")
	one, other, _ := strings.Cut(concerned, ":")
	k := kind(slices.Index(kindNames[:], of))
	if k < 0 || one == "" || (k == proximity) != (other != "") || field("event_action") == ActionResolved.String() {
		return nil
	}
	s := &sight{kind: k, a: m.track(one)}
	if other != "" {
		s.b = m.track(other)
	}
	l := m.lifeOf(s)
	if l == nil {
		l = m.begin(s, now)
		l.seen, l.told = now, now
		l.bySquawk, l.byStatus = e.Fields.Get("squawk") != "", e.Fields.Get("squawk") == ""
	}
	if created, ok := record.Float(e.Fields.Get("created_at")); ok {
		l.began = min(now, int64(created*1000))
	}
	severity := Severity(max(0, slices.Index(severities[:], field("severity"))))
	if !l.isTold() {
		l.event = Event{Type: of, Severity: severity, inherited: e}
		l.worst = now
	}
	l.event.ID, l.event.InternalID, l.event.Began = e.Key, field("internal_id"), time.UnixMilli(l.began)
	l.event.acknowledged = e.Fields.Get("acknowledged") == "true"
	l.event.acknowledgedAt = e.Fields.Get("acknowledged_at")
	return l
}

// track gives the one of an address.
func (m *Monitor) track(key string) *track {
	t := m.tracks[key]
	if t == nil {
		t = &track{heard: m.latest}
		t.key = key
		m.tracks[key] = t
	}
	return t
}

// heir gives an inherited event, of which this monitor knows no more than that it is
// over.
func (e *Event) heir() record.Event {
	out := record.Event{Name: actions[e.Action].event, Owner: e.inherited.Owner, Record: record.Record{Key: e.ID, Fields: slices.Clone(e.inherited.Fields)}}
	out.Fields.Set("event_action", record.String(e.Action.String()))
	if e.Action == ActionResolved {
		out.Fields.Set("resolved", "true")
	}
	out.Fields.Set("last_seen", epoch(e.LastSeen))
	out.Fields.Set("updated_at", record.String(e.UpdatedAt.UTC().Format(timeLayout)))
	return out
}
