package root

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"github.com/skygate-io/skygate/pkg/gateway"
)

// The requests here are for what Skygate does not have: a history, weather reports,
// tables of airports. Clients of the reference make them when they open a page, and
// each is answered as the reference does that has none of it yet. What would have to
// be made up, or changes something (a channel for notifications), is an unknown request.

// nothing are requests that are answered the same whatever their params are.
var nothing = []struct{ name, permission, answer string }{
	{"airports", "weather.view", `[]`},
	{"navaids", "weather.view", `[]`},
	{"wildfires", "wildfires.view", `[]`},
	{"pireps", "weather.view", `{"data":[],"count":0,"source":"none"}`},
	{"metars", "weather.view", `{"data":[],"count":0,"source":"none"}`},
	{"tafs", "weather.view", `{"data":[],"count":0,"source":"none"}`},
	{"notification-channels", "notifications.view", `[]`},
	{"notification-channel-types", "notifications.view", `{"types":[]}`},
}

// The bounds of "sightings", as in the reference.
const (
	sightingHours, mostSightingHours = 24, 720
	sightingLimit, mostSightings     = 100, 500
)

// sightings answers the request of that name.
type sightings struct {
	Sightings []json.RawMessage `json:"sightings"`
	Count     int               `json:"count"`
	Hours     int               `json:"hours"`
	Offset    int               `json:"offset"`
	Limit     int               `json:"limit"`
}

// report answers "metar" and "taf".
type report struct {
	Station string          `json:"station"`
	Data    json.RawMessage `json:"data"`
	Error   string          `json:"error"`
}

// laterRequests adds them.
func laterRequests(n *gateway.Namespace) {
	for _, r := range nothing {
		gateway.Handle(n, r.name, r.permission, func(context.Context, *gateway.Session, json.RawMessage) (json.RawMessage, error) {
			return json.RawMessage(r.answer), nil
		})
	}
	gateway.Handle(n, "sightings", Aircraft().Permission, func(_ context.Context, _ *gateway.Session, p struct {
		Hours  *float64 `json:"hours"`
		Limit  *float64 `json:"limit"`
		Offset *float64 `json:"offset"`
	}) (sightings, error) {
		offset := 0
		if p.Offset != nil {
			offset = int(max(0, *p.Offset))
		}
		return sightings{
			Sightings: []json.RawMessage{}, Offset: offset,
			Hours: int(clamp(p.Hours, sightingHours, mostSightingHours)), Limit: int(clamp(p.Limit, sightingLimit, mostSightings)),
		}, nil
	})
	for name, none := range map[string]string{"metar": "No METAR found", "taf": "No TAF found"} {
		gateway.Handle(n, name, "weather.view", func(_ context.Context, _ *gateway.Session, p struct {
			Station string `json:"station"`
			ICAO    string `json:"icao"`
		}) (report, error) {
			station := strings.ToUpper(strings.TrimSpace(cmp.Or(p.Station, p.ICAO)))
			if station == "" {
				return report{}, gateway.Errorf(gateway.CodeInvalidParams, "Missing station parameter: the four letters of an airport")
			}
			return report{Station: station, Data: json.RawMessage("null"), Error: none}, nil
		})
	}
}
