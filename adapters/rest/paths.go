package rest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/gateway"
)

// Path is a path, and what is asked by it.
type Path struct {
	// Path comes after [Prefix]; a name in braces is a param that stands in it.
	Path string
	// Namespace and Request say who answers.
	Namespace, Request string
}

// Paths are all there are. They are those of the reference; where it has several for
// what is one request here, each has all of the answer.
var Paths = []Path{
	{"system/status", "/", "system-status"},
	{"system/health", "/", "system-health"},
	{"system/info", "/", "system-info"},

	{"aircraft", "/", "aircraft-snapshot"},
	{"aircraft/stats", "/", "aircraft-stats"},
	{"aircraft/top", "/", "aircraft-top"},
	{"airframes/bulk", "/", "aircraft-info-bulk"},
	{"airframes/{icao}", "/", "aircraft-info"},
	{"lookup/aircraft/{icao}", "/", "aircraft-info"},
	{"sightings", "/", "sightings"},

	{"safety/events", "/", "safety-snapshot"},
	{"safety/events/stats", "/", "safety-stats"},
	{"safety/events/monitor/status", "/", "safety-status"},
	{"safety/events/{id}", "/", "safety-event-detail"},

	{"alerts/rules", "/", "alert-rules"},
	{"alerts/history", "/", "alert-snapshot"},

	{"acars", "/", "acars-messages"},
	{"acars/stats", "/", "acars-stats"},
	{"acars/status", "/", "acars-status"},
	{"audio", "/audio", "transmissions"},

	{"notams", "/", "notam-snapshot"},
	{"notams/tfrs", "/", "notam-snapshot"},
	{"notams/airport/{icao}", "/", "airport"},
	{"aviation/metars", "/", "metars"},
	{"aviation/tafs", "/", "tafs"},
	{"aviation/pireps", "/", "pireps"},
	{"aviation/airports", "/", "airports"},
	{"aviation/navaids", "/", "navaids"},
	{"notifications/channels", "/", "notification-channels"},
}

// What in a query is no text.
var (
	numbers = []string{"frequency", "hours", "lat", "limit", "lon", "max_altitude", "min_altitude", "offset", "radius", "radius_nm", "zoom"}
	flags   = []string{"active_only", "military_only"}
)

// params are a query, and what stands in the path, as the params of a request. Of
// what is there twice the first counts.
func (p Path) params(r *http.Request) (json.RawMessage, error) {
	params := map[string]any{}
	for name, values := range r.URL.Query() {
		text := values[0]
		switch {
		case text == "":
		case slices.Contains(numbers, name):
			v, err := strconv.ParseFloat(text, 64)
			if err != nil || v != v || v-v != 0 {
				return nil, gateway.Errorf(gateway.CodeInvalidParams, "%s: %.50q is not a number", name, text)
			}
			params[name] = v
		case slices.Contains(flags, name):
			v, err := strconv.ParseBool(text)
			if err != nil {
				return nil, gateway.Errorf(gateway.CodeInvalidParams, "%s: %.50q is neither true nor false", name, text)
			}
			params[name] = v
		default:
			params[name] = text
		}
	}
	if p.Request == "aircraft-info-bulk" { // a list, written with commas
		icao, _ := params["icao"].(string)
		params["icaos"] = strings.FieldsFunc(icao, func(r rune) bool { return r == ',' })
	}
	for _, name := range []string{"icao", "id"} {
		if value := r.PathValue(name); value != "" {
			params[name] = value
		}
	}
	return json.Marshal(params)
}
