package safety

import (
	"encoding/json"
	"strings"
)

// advice is the newest resolution advisory of an aircraft.
type advice struct {
	raw      string  // as it came
	since    int64   // ms: when the monitor was first told of it
	at       float64 // unix seconds: when the receiver heard it; 0 when that is not known
	active   bool
	text     string // "Climb"
	addition string // "Do not pass below"
	threat   string // address; "" when there is none
}

// parseAdvisory reads readsb's acas_ra; ok is false when it says nothing.
func parseAdvisory(raw string) (a advice, ok bool) {
	var object map[string]any
	if json.Unmarshal([]byte(raw), &object) != nil || len(object) == 0 {
		return advice{}, false
	}
	word := func(name string) string {
		s, _ := object[name].(string)
		return strings.ToValidUTF8(s[:min(len(s), maxText)], "")
	}
	a = advice{raw: raw, text: word("advisory"), addition: word("advisory_complement"), threat: strings.ToUpper(word("threat_id_hex"))}
	a.at, _ = object["unix_timestamp"].(float64)
	// RAT: the advisory was taken back. Without a bit of ARA, and MTE (several
	// threats) not set, there is none.
	none := strings.Trim(word("ARA"), "0") == "" && word("ARA") != "" && word("MTE") != "1"
	a.active = word("RAT") != "1" && !none
	return a, true
}

// watchAdvisory sees the advisories that the receiver heard.
func (m *Monitor) watchAdvisory(t *track, now int64) {
	if t.acasRA == "" {
		return
	}
	if t.acasRA != t.advice.raw {
		a, ok := parseAdvisory(t.acasRA)
		if !ok || a.at < t.advice.at && t.advice.at-a.at < lateAdvisory {
			return // another receiver is late
		}
		a.since = now
		t.advice = a
	}
	l := t.lives[tcasRA]
	switch {
	case !t.advice.active:
		if l != nil && now == t.advice.since {
			m.end(l, now) // clear of conflict
		}
	case now-t.advice.since < m.cfg.AdvisoryAge.Milliseconds():
		m.seeAdvisory(t, now)
	}
}

// lateAdvisory is by how much (s) an advisory may be older than the newest and
// still be a late one; beyond, a clock was set back.
const lateAdvisory = 60

// isAdvised says whether the receiver told of an advisory lately. Then its word
// counts, and vertical speeds, which reverse once more after it, do not.
func (m *Monitor) isAdvised(t *track, now int64) bool {
	return t.advice.raw != "" && now-t.advice.since < m.cfg.Cooldown.Milliseconds()
}

func (m *Monitor) seeAdvisory(t *track, now int64) {
	a := &t.advice
	message := "TCAS RA: " + t.name() + " " + first(a.text, "advisory")
	if a.addition != "" {
		message += ", " + a.addition
	}
	if a.threat != "" {
		message += ", threat " + a.threat
	}
	m.see(&sight{
		kind: tcasRA, a: t, severity: Critical, note: message,
		render: func(e *Event) {
			e.Message = message
			o := t.verticalDetails(0, false, m.cfg.TCASFpm)
			o.text("advisory", a.text)
			o.text("advisory_complement", a.addition)
			o.text("threat_icao", a.threat)
			e.Details = o.end()
		},
	}, now)
}
