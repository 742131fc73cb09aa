package safety

// emergency is what a squawk or a word of the receiver stands for.
type emergency struct {
	kind     kind
	severity Severity
	name     string // squawk_type
	label    string // squawk_label, and what a message begins with
	says     string // in a message, when only the word says so
}

// bySquawk are the codes of ICAO Doc 4444, 8.5.1.
func bySquawk(code string) (e emergency, ok bool) {
	switch code {
	case "7500":
		return emergency{squawkHijack, Critical, "hijack", "HIJACK", ""}, true
	case "7600":
		return emergency{squawkRadioFailure, Warning, "radio_failure", "RADIO FAILURE", ""}, true
	case "7700":
		return emergency{squawkEmergency, Critical, "emergency", "EMERGENCY", ""}, true
	}
	return e, false
}

// byStatus are readsb's words for the codes of ADS-B. A medical flight
// ("lifeguard") has priority, but is not in danger.
func byStatus(word string) (e emergency, ok bool) {
	switch word {
	case "unlawful":
		return emergency{squawkHijack, Critical, "hijack", "HIJACK", "unlawful interference"}, true
	case "nordo":
		return emergency{squawkRadioFailure, Warning, "radio_failure", "RADIO FAILURE", "no radio contact"}, true
	case "general":
		return emergency{squawkEmergency, Critical, "emergency", "EMERGENCY", "a general emergency"}, true
	case "downed":
		return emergency{squawkEmergency, Critical, "emergency", "EMERGENCY", "a downed aircraft"}, true
	case "minfuel":
		return emergency{squawkEmergency, Warning, "emergency", "EMERGENCY", "minimum fuel"}, true
	}
	return e, false
}

func (m *Monitor) watchSquawk(t *track, now int64) {
	squawk, squawks := bySquawk(t.squawk)
	status, states := byStatus(t.status)
	for k := squawkHijack; k <= squawkEmergency; k++ {
		shown := squawks && squawk.kind == k || states && status.kind == k
		if l := t.lives[k]; l != nil && !shown && m.isTakenBack(l, t) {
			m.end(l, now)
		}
	}
	if squawks {
		m.seeSquawk(t, squawk, now).bySquawk = true
	}
	switch same := squawks && squawk.kind == status.kind; {
	case !states:
	case same: // the code goes first
		t.lives[status.kind].byStatus = true
	default:
		m.seeSquawk(t, status, now).byStatus = true
	}
}

// isTakenBack says whether what showed an emergency shows none any more, as often
// as it had to show one. That it shows nothing says nothing: receivers leave out
// what they have not heard.
func (m *Monitor) isTakenBack(l *life, t *track) bool {
	switch {
	case !l.isTold():
		return true
	case l.bySquawk && t.squawk == "", l.byStatus && t.status == "":
		return false
	}
	l.count(&l.misses, t.observed)
	return l.misses >= m.cfg.SquawkConfirm
}

func (m *Monitor) seeSquawk(t *track, e emergency, now int64) *life {
	says := " squawking " + t.squawk
	if e.says != "" {
		says = " reports " + e.says
	}
	message := e.label + ": " + t.name() + says
	return m.see(&sight{
		kind: e.kind, a: t, severity: e.severity, note: message,
		render: func(event *Event) {
			event.Message, event.Squawk = message, t.squawk
			event.Details = t.squawkDetails(e)
		},
	}, now)
}

func (t *track) squawkDetails(e emergency) string {
	var o object
	o.raw("squawk", t.raw[rawSquawk])
	o.text("squawk_type", e.name)
	o.text("squawk_label", e.label)
	o.raw("altitude", t.raw.altitude())
	o.raw("lat", t.raw[rawLat])
	o.raw("lon", t.raw[rawLon])
	o.raw("gs", t.raw[rawSpeed])
	o.raw("track", t.raw[rawTrack])
	o.raw("vr", t.raw.vertical())
	if t.status != "" {
		o.text("emergency_status", t.status)
	}
	return o.end()
}
