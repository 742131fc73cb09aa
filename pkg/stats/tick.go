package stats

import (
	"encoding/json"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
)

// The names of the events and their keys.
const (
	tickEvent   = "stats:tick"
	updateEvent = "stats:update"
	healthEvent = "system:health"

	tickKey   = "tick"
	healthKey = "health"
)

// tick is the payload of stats:tick, without its key.
type tick struct {
	Point     point     `json:"point"`
	Reception reception `json:"reception"`
	System    system    `json:"system"`
	Traffic   traffic   `json:"traffic"`
	TS        string    `json:"ts"`
}

// traffic is how much there is. MsgRate is messages a second since the last tick, null
// when there was none.
type traffic struct {
	Aircraft     int      `json:"aircraft"`
	WithPosition int      `json:"with_position"`
	Military     int      `json:"military"`
	MsgRate      *float64 `json:"msg_rate"`
}

// reception is how it is heard. MaxRangeNM is 0 when no distance is known, AvgRSSI
// (dBFS) null when no signal is.
type reception struct {
	MaxRangeNM float64  `json:"max_range_nm"`
	AvgRSSI    *float64 `json:"avg_rssi"`
}

// system is how the machine does, null where it does not say: the load of a minute,
// and the share of memory (%) that is in use. CeleryOK, the reference's word for "what works
// in the background runs", is true: without it there would be no tick.
type system struct {
	Load       *float64 `json:"load"`
	Mem        *float64 `json:"mem"`
	ADSBOnline bool     `json:"adsb_online"`
	CeleryOK   bool     `json:"celery_ok"`
}

// point is one of the series.
type point struct {
	TS         string   `json:"ts"`
	Aircraft   int      `json:"aircraft"`
	MsgRate    *float64 `json:"msg_rate"`
	MaxRangeNM float64  `json:"max_range_nm"`
	Load       *float64 `json:"load"`
	Mem        *float64 `json:"mem"`
}

// sums are what one pass over the records gives a tick.
type sums struct {
	aircraft, withPosition, military int
	farthest, rssi                   float64
	signals                          int
}

func (s *sums) add(a *aircraft) {
	s.aircraft++
	if a.has(hasPoint) {
		s.withPosition++
	}
	if a.has(isMilitary) {
		s.military++
	}
	if a.has(hasDistance) {
		s.farthest = max(s.farthest, a.distance)
	}
	if a.has(hasRSSI) {
		s.rssi += a.rssi
		s.signals++
	}
}

func (s *sums) tick(rate *float64, sys system, now time.Time) record.Event {
	t := tick{
		TS:        wire.Timestamp(now),
		Traffic:   traffic{Aircraft: s.aircraft, WithPosition: s.withPosition, Military: s.military, MsgRate: rate},
		Reception: reception{MaxRangeNM: round(s.farthest, 1), AvgRSSI: mean(s.rssi, s.signals)},
		System:    sys,
	}
	t.Point = point{
		TS: t.TS, Aircraft: s.aircraft, MsgRate: rate,
		MaxRangeNM: t.Reception.MaxRangeNM, Load: sys.Load, Mem: sys.Mem,
	}
	return event(tickEvent, tickKey, map[string]any{
		"point": t.Point, "reception": t.Reception, "system": t.System, "traffic": t.Traffic, "ts": t.TS,
	})
}

// event makes an event. Its values are of this package, and have a JSON form.
func event(name, key string, fields map[string]any) record.Event {
	e := record.Event{Name: name, Record: record.Record{Key: key}}
	for name, v := range fields {
		raw, ok := v.(json.RawMessage)
		if !ok {
			raw, _ = wire.Marshal(v)
		}
		e.Fields.Set(name, string(raw))
	}
	return e
}
