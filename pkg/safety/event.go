package safety

import (
	"strconv"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// Action is what an event tells of its life.
type Action int

// The actions.
const (
	ActionNew Action = iota
	ActionUpdated
	ActionResolved
)

var actions = [...]struct{ event, action string }{
	ActionNew:      {"safety:event", "safety_event"},
	ActionUpdated:  {"safety:event_updated", "safety_event_updated"},
	ActionResolved: {"safety:event_resolved", "safety_event_resolved"},
}

func (a Action) String() string { return actions[a].action }

// Severity is how bad it is; the higher, the worse.
type Severity int

// The severities.
const (
	Low Severity = iota
	Warning
	Critical
)

var severities = [...]string{Low: "low", Warning: "warning", Critical: "critical"}

func (s Severity) String() string { return severities[s] }

// Event is what there is to tell of something that happened, at one moment of
// its life. It is a value of its own: nothing changes it later.
type Event struct {
	Action Action
	// ID is that of the event's life: no other event of this monitor has it, and
	// none of an earlier one if the clock was not set back between.
	ID string
	// InternalID is the type and those concerned: "proximity_conflict:A1B2C3:D4E5F6".
	InternalID string
	Type       string
	Severity   Severity
	Message    string
	// Squawk is the code of an event of a squawk, as it came; "" when there is none.
	Squawk string
	// ICAO and Callsign say who. The callsign is the address where there is none.
	ICAO, Callsign string
	// ICAO2 and Callsign2 are the other one of a conflict; "" for other events.
	ICAO2, Callsign2 string
	// CPA is the closest point of approach of a conflict, nil when there is none.
	CPA *CPA
	// Details is a JSON object that depends on the type; Snapshot and Snapshot2 are
	// JSON objects with the last of what the receiver told of each aircraft.
	Details, Snapshot, Snapshot2 string
	// Began is when it was first told, LastSeen when it was last found to go on,
	// UpdatedAt when it was last told.
	Began, LastSeen, UpdatedAt time.Time

	inherited *record.Event // what another monitor told of it, as long as this one has told nothing

	// What had been said of it when it was inherited; what is said later lasts by the
	// topic's policy.
	acknowledged   bool
	acknowledgedAt string // raw; "" when it was not
}

// CPA is a closest point of approach.
type CPA struct {
	DistanceNM float64
	Seconds    float64 // from the moment of the event on
	Lat, Lon   float64 // in the middle between the two
}

func (c *CPA) json() string {
	var o object
	o.number("cpa_distance_nm", c.DistanceNM, 3, true)
	o.number("cpa_time_seconds", c.Seconds, 1, true)
	o.number("cpa_lat", c.Lat, 6, true)
	o.number("cpa_lon", c.Lon, 6, true)
	return o.end()
}

// timeLayout is ISO 8601 in UTC, to the millisecond.
const timeLayout = "2006-01-02T15:04:05.000Z"

// Record gives the event as the topic of safety events has it. Its key is the
// event's id, which clients get as "id" from a topic whose policy names the key
// so; the other fields are those of the reference.
//
// The timestamp is when it happened, and the same in all that is told of the
// event: whether or not a client merges an update into the event, it keeps it.
// (The reference leaves it out of updates. Here an update may stand for its event
// in a snapshot.)
func (e *Event) Record() record.Event {
	if e.inherited != nil {
		return e.heir()
	}
	f := make(record.Fields, 0, 28)
	raw := func(name, raw string) { f = append(f, record.Field{Name: name, Raw: raw}) }
	text := func(name, value string) { raw(name, record.String(value)) }

	raw("acknowledged", strconv.FormatBool(e.acknowledged))
	if e.acknowledged && e.acknowledgedAt != "" {
		raw("acknowledged_at", e.acknowledgedAt)
	}
	raw("aircraft_snapshot", e.Snapshot)
	text("callsign", e.Callsign)
	raw("created_at", epoch(e.Began))
	raw("db_id", "null") // the reference's row, where it has one
	raw("details", e.Details)
	text("event_action", e.Action.String())
	text("event_type", e.Type)
	text("flight", e.Callsign)
	text("icao", e.ICAO)
	text("icao_hex", e.ICAO)
	text("internal_id", e.InternalID)
	raw("last_seen", epoch(e.LastSeen))
	text("message", e.Message)
	text("severity", e.Severity.String())
	text("timestamp", e.Began.UTC().Format(timeLayout))
	text("updated_at", e.UpdatedAt.UTC().Format(timeLayout))
	if e.Squawk != "" {
		text("squawk", e.Squawk)
	}
	if e.Action == ActionResolved {
		raw("resolved", "true") // the reference's clients note it so; in a snapshot nothing else tells them
	}
	if e.ICAO2 != "" {
		raw("aircraft_snapshot_2", e.Snapshot2)
		text("callsign_2", e.Callsign2)
		text("flight_2", e.Callsign2)
		text("icao_2", e.ICAO2)
		text("icao_hex_2", e.ICAO2)
		cpa, known := CPA{}, e.CPA != nil
		if known {
			cpa = *e.CPA
		}
		raw("cpa_distance_nm", numeral(cpa.DistanceNM, 3, known))
		raw("cpa_time_seconds", numeral(cpa.Seconds, 1, known))
		raw("cpa_lat", numeral(cpa.Lat, 6, known))
		raw("cpa_lon", numeral(cpa.Lon, 6, known))
	}
	f.Sort()
	return record.Event{Name: actions[e.Action].event, Record: record.Record{Key: e.ID, Fields: f}}
}

// epoch is a time in seconds since 1970, as the reference has it.
func epoch(t time.Time) string {
	return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64)
}
