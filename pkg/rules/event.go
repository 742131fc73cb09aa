package rules

import (
	"strconv"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
)

// Triggered is the name of the event of an alert.
const Triggered = "alert:triggered"

// timeLayout is ISO 8601 in UTC, to the millisecond.
const timeLayout = "2006-01-02T15:04:05.000Z"

// The bits of dbFlags that say who does not want to be shown.
const (
	bitPIA  = 4
	bitLADD = 8
)

// alert gives what there is to tell of an aircraft that a rule has found: the
// reference's fields of the event and those of its snapshot. Its key is an id of
// its own, so that one alert never stands for another.
func (m *Monitor) alert(r *Rule, key string, fields record.Fields, now time.Time) Alert {
	m.stamped = max(m.stamped+1, now.UnixMilli())
	callsign := text(fields.Get("flight"))
	who := callsign
	if who == "" {
		who = key
	}
	var f record.Fields
	raw := func(name, raw string) { f = append(f, record.Field{Name: name, Raw: raw}) }
	say := func(name, value string) { raw(name, record.String(value)) }

	shown := aircraftJSON(key, fields, now)
	moment := now.UTC().Format(timeLayout)
	raw("aircraft", shown)
	raw("airframe", airframeJSON(fields))
	raw("data", shown)
	say("callsign", callsign)
	say("icao", key)
	say("icao_hex", key)
	say("message", "Alert '"+r.Name+"' triggered for "+who)
	say("owner", r.Owner)
	say("priority", r.Priority)
	raw("rule_id", idJSON(r.ID))
	say("rule_name", r.Name)
	say("timestamp", moment)
	say("triggered_at", moment)
	say("visibility", r.Visibility)
	f.Sort()

	e := record.Event{Name: Triggered, Record: record.Record{
		Key:    r.ID + ":" + key + ":" + strconv.FormatInt(m.stamped, 36),
		Fields: f,
	}}
	if r.Visibility == Private {
		e.Owner = r.Owner
	}
	return Alert{Rule: r, Event: e}
}

// idJSON is an id as alerts have it: a number, as the reference's are, where it is one.
func idJSON(id string) string {
	if n, err := strconv.ParseUint(id, 10, 53); err == nil && strconv.FormatUint(n, 10) == id {
		return id
	}
	return record.String(id)
}

// The reference's names of what receivers with a database tell, in aircraft and airframe.
const (
	fieldOperator = "ownOp"
	fieldTypeName = "desc"
)

// aircraftJSON is the record as clients get it, with the names that the reference adds.
func aircraftJSON(key string, fields record.Fields, now time.Time) string {
	r := record.Record{Key: key, Fields: append(record.Fields(nil), fields...)}
	flags := dbFlags(fields)
	for _, add := range [...]struct{ name, raw string }{
		{"operator", fields.Get(fieldOperator)},
		{"type_name", fields.Get(fieldTypeName)},
		{"ladd", strconv.FormatBool(flags&bitLADD != 0)},
		{"pia", strconv.FormatBool(flags&bitPIA != 0)},
	} {
		if add.raw != "" && fields.Get(add.name) == "" {
			r.Fields.Set(add.name, add.raw)
		}
	}
	return string(r.AppendJSON(nil, "hex", now.UnixMilli()))
}

func airframeJSON(fields record.Fields) string {
	flags := dbFlags(fields)
	var b strings.Builder
	for i, f := range [...]struct{ name, raw string }{
		{"operator", fields.Get(fieldOperator)},
		{"owner", ""},
		{"manufacturer", ""},
		{"model", ""},
		{"type_code", fields.Get("t")},
		{"type_name", fields.Get(fieldTypeName)},
		{"registration", fields.Get("r")},
		{"military", strconv.FormatBool(fields.Get("military") == "true")},
		{"law_enforcement", ""},
		{"law_enforcement_category", ""},
		{"law_enforcement_description", ""},
		{"is_ladd", strconv.FormatBool(flags&bitLADD != 0)},
		{"is_pia", strconv.FormatBool(flags&bitPIA != 0)},
	} {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(`"` + f.name + `":`)
		if f.raw == "" {
			f.raw = "null"
		}
		b.WriteString(f.raw)
	}
	b.WriteByte('}')
	return b.String()
}

func dbFlags(fields record.Fields) int {
	v, ok := record.Float(fields.Get("dbFlags"))
	if !ok || v < 0 || v > 1<<30 {
		return 0
	}
	return int(v)
}
