package root_test

import (
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/record"
)

func TestAirframeRequests(t *testing.T) {
	const known = `{"icao_hex":"A1","registration":"D-AIAB","type_code":"A320","manufacturer":null,"model":"AIRBUS A-320","operator":"Lufthansa","operator_icao":null,` +
		`"owner":"Lufthansa","year_built":1999,"serial_number":null,"country":null,"category":"A3","is_military":false,"photo_url":null,"photo_photographer":null,"source":"receiver"}`
	const military = `{"icao_hex":"B2","registration":null,"type_code":"C17","manufacturer":null,"model":null,"operator":null,"operator_icao":null,` +
		`"owner":null,"year_built":null,"serial_number":null,"country":null,"category":null,"is_military":true,"photo_url":null,"photo_photographer":null,"source":"receiver"}`
	list := []record.Record{
		aircraft("A1", `r:"D-AIAB"`, `t:"A320"`, `desc:"AIRBUS A-320"`, `ownOp:"Lufthansa"`, `year:"1999"`, `category:"A3"`, `military:false`),
		aircraft("B2", `t:"C17"`, `military:true`, `year:"unknown"`),
		aircraft("C3", `category:"A1"`),
	}
	atDesk(t, list, func(d *desk) {
		d.wants("aircraft-info", `{"icao":" a1 "}`, known)
		d.wants("aircraft-info", `{"hex":"B2"}`, military)
		d.wants("aircraft-info", `{"icao":"C3"}`, `null`)
		d.wants("aircraft-info", `{"icao":"FF"}`, `null`)
		d.wants("aircraft-info", `{}`, "invalid_params: Missing icao parameter: the aircraft's address, six hex digits")
		d.wants("aircraft-info-bulk", `{"icaos":["a1","B2","C3","~AB","","FF"]}`, `{"aircraft":{"A1":`+known+`,"B2":`+military+`},"found":2,"requested":4}`)
		d.wants("aircraft-info-bulk", `{"icaos":["FF"]}`, `{"aircraft":{},"found":0,"requested":1}`)
		d.wants("aircraft-info-bulk", `{"icaos":[`+strings.TrimSuffix(strings.Repeat(`"FF",`, 101), ",")+`]}`, `{"aircraft":{},"found":0,"requested":100}`)
		for _, params := range []string{`{}`, `{"icaos":[]}`, `{"icaos":null}`} {
			d.wants("aircraft-info-bulk", params, "invalid_params: Missing or invalid icaos parameter (expected list): the addresses of up to 100 aircraft")
		}
		d.wants("aircraft-info-bulk", `{"icaos":"A1"}`, "invalid_params: Invalid params: icaos: expected a list, got string")
		for _, name := range []string{"photo", "photo-cache"} {
			d.wants(name, `{"icao":"a1"}`, `{"icao":"A1","photo_url":null,"photo_thumbnail_url":null,"photo_page_link":null,"photo_photographer":null,"photo_source":null}`)
			d.wants(name, `{}`, "invalid_params: Missing icao parameter: the aircraft's address, six hex digits")
		}
	})
}

func TestMessageRequests(t *testing.T) {
	atDesk(t, nil, func(d *desk) {
		d.wants("acars-snapshot", `{}`, `{"messages":[],"count":0}`)
		d.wants("acars-status", `{}`, `{"running":false,"acars":{"total_received":0},"vdlm2":{"total_received":0},"buffer_size":0}`)
		d.happens("acars", "acars:message", "1", `label="H1"`, `icao_hex="4CA1B2"`, `callsign="RYR1AB"`, `source="acars"`)
		d.happens("acars", "acars:message", "2", `label="SQ"`, `icao_hex=null`, `source="vdlm2"`)
		d.happens("acars", "acars:message", "3", `label="H1"`, `icao_hex="4CA1B2"`, `callsign="RYR9Z"`, `source="vdlm2"`)
		const first = `{"id":"1","callsign":"RYR1AB","icao_hex":"4CA1B2","label":"H1","source":"acars"}`
		const second = `{"id":"2","icao_hex":null,"label":"SQ","source":"vdlm2"}`
		const third = `{"id":"3","callsign":"RYR9Z","icao_hex":"4CA1B2","label":"H1","source":"vdlm2"}`
		d.wants("acars-snapshot", `{"hours":1}`, `{"messages":[`+third+`,`+second+`,`+first+`],"count":3}`)
		d.wants("acars-snapshot", `{"limit":1}`, `{"messages":[`+third+`],"count":1}`)
		d.wants("acars-messages", `{"icao_hex":"4ca1b2","hours":24,"limit":50}`, `{"messages":[`+third+`,`+first+`],"count":2}`)
		d.wants("acars-messages", `{"callsign":"RYR1AB "}`, `{"messages":[`+first+`],"count":1}`)
		d.wants("acars-messages", `{"label":"SQ"}`, `{"messages":[`+second+`],"count":1}`)
		d.wants("acars-messages", `{"label":"SQ","icao_hex":"4CA1B2"}`, `{"messages":[],"count":0}`)
		d.wants("acars-stats", `{"hours":1}`, `{"total_24h":3,"by_label":{"H1":2,"SQ":1},"timestamp":"NOW"}`)
		d.wants("acars-status", `{}`, `{"running":true,"acars":{"total_received":1},"vdlm2":{"total_received":2},"buffer_size":3}`)
	})
}

func TestSystemRequests(t *testing.T) {
	list := []record.Record{aircraft("A1", `emergency:true`, `military:true`), aircraft("B2", `military:true`), aircraft("C3")}
	atDesk(t, list, func(d *desk) {
		d.happens("safety", "safety:event", "a")
		d.happens("safety", "safety:event_resolved", "a")
		d.happens("acars", "acars:message", "1")
		status := d.ask("ws-status", `{}`)
		for _, part := range []string{
			`"namespace":"/"`, `"supported_topics":["aircraft","safety","alerts",`, `"supported_requests":["acars-messages",`,
			`"socketio_connections":7`, `"subscribers":5,`, `"topic_subscribers":{"aircraft":4,"stats":2}`, `"processes":2`, `"ws-status"]`,
		} {
			if !strings.Contains(status, part) {
				d.Errorf("ws-status has no %s: %s", part, status)
			}
		}
		d.wants("system-status", `{}`, `{"online":true,"aircraft_count":3,"celery_running":true,"location":{"latitude":50,"longitude":8},"timestamp":"NOW","websocket_connections":7,`+
			`"aircraft":{"current":3,"military":2,"emergency":1},"last_24h":{"sightings":null,"safety_events":1,"acars_messages":1},`+
			`"receiver":{"online":true,"messages":12345},"feeder":{"latitude":50,"longitude":8},"version":"v1.2.3"}`)
		for _, name := range []string{"health", "system-health"} {
			d.wants(name, `{}`, `{"status":"degraded","services":{"adsb":{"status":"up"},"cache":{"status":"up"},"celery":{"status":"up"},"database":{"status":"up"}},"timestamp":"NOW"}`)
		}
		info := d.ask("system-info", `{}`)
		for _, part := range []string{`{"version":"v1.2.3","go_version":"go`, `"debug":false`, `"acars_enabled":true`, `"photo_cache":false`, `"feeder":{"latitude":50,"longitude":8}`} {
			if !strings.Contains(info, part) {
				d.Errorf("system-info has no %s: %s", part, info)
			}
		}
	})
}

// What is not there is answered as the reference does that has none of it.
func TestLaterRequests(t *testing.T) {
	atDesk(t, nil, func(d *desk) {
		for _, tc := range []struct{ name, params, want string }{
			{"airports", `{"lat":46.98,"lon":7.1,"radius":60,"limit":50}`, `[]`},
			{"navaids", `null`, `[]`},
			{"wildfires", `7`, `[]`},
			{"pireps", `{}`, `{"data":[],"count":0,"source":"none"}`},
			{"metars", `{}`, `{"data":[],"count":0,"source":"none"}`},
			{"tafs", `{}`, `{"data":[],"count":0,"source":"none"}`},
			{"notification-channels", `{}`, `[]`},
			{"notification-channel-types", `{}`, `{"types":[]}`},
			{"sightings", `{}`, `{"sightings":[],"count":0,"hours":24,"offset":0,"limit":100}`},
			{"sightings", `{"icao_hex":"A1","hours":2,"limit":900,"offset":-1}`, `{"sightings":[],"count":0,"hours":2,"offset":0,"limit":500}`},
			{"metar", `{"station":"lszh "}`, `{"station":"LSZH","data":null,"error":"No METAR found"}`},
			{"taf", `{"icao":"LSZH"}`, `{"station":"LSZH","data":null,"error":"No TAF found"}`},
			{"taf", `{}`, "invalid_params: Missing station parameter: the four letters of an airport"},
			{"notification-channel-create", `{}`, "unknown_request: Unknown request type: notification-channel-create"},
		} {
			d.wants(tc.name, tc.params, tc.want)
		}
	})
}
