package root

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// Aircraft is the policy of the topic of live aircraft, keyed by the 24-bit
// address in upper-case hex, with a leading "~" when it is none of ICAO's.
//
// What changes with every message of a receiver and tells nobody anything by
// itself is noise. (lastPosition appears when a position is over a minute old;
// the vanished lat and lon carry it.) Five decimals of a degree are a metre,
// less than the error of any position here; a knot, and a degree of track, are less
// than the error that velocities may have (10 m/s, 19 kt: 14 CFR 91.227(c)). In the whole world some 20,000
// aircraft fly at once: 100,000 are a receiver gone mad. The two ages are told together, so
// that both are as of the timestamp of the message that told "seen".
//
// Of several receivers the newest value counts, of the position the newest
// position; but what an aircraft says of its own position is better than what
// others compute of it, for as long as readsb, too, takes it for reliable.
func Aircraft() topic.Policy {
	return topic.Policy{
		Name:       "aircraft",
		Prefix:     "aircraft",
		Kind:       topic.State,
		Key:        "hex",
		List:       "aircraft",
		Permission: "aircraft.view",
		AutoJoin:   true,
		Rate:       10,
		TTL:        60 * time.Second,
		MaxRecords: 100_000,
		Retention:  time.Minute,
		RetainMost: 20_000,
		Urgent:     "emergency",
		Noise:      []string{"seen", "seen_pos", "messages", "rssi", "r_dst", "r_dir", "distance_nm", "lastPosition", "receivers"},
		NoiseEvery: 30 * time.Second,
		Together:   [][]string{{"lat", "lon"}, {"seen", "seen_pos"}},
		Dated:      map[string][]string{"seen_pos": {"lat", "lon", "seen_pos", "nic", "rc"}},
		Receivers:  "receivers",
		Assumed:    map[string]string{"emergency": "false", "military": "false"},
		Prefer: &topic.Preference{
			Field: "type", For: 15 * time.Second,
			Order: []string{"adsb_icao", "adsb_icao_nt", "adsb_other", "adsr_icao", "adsr_other", "adsc", "mlat", "tisb_icao", "tisb_other", "tisb_trackfile"},
		},
		Precision: map[string]int{"lat": 5, "lon": 5, "gs": 0, "track": 0},
		Legacy: &topic.Legacy{
			New: "aircraft:new", NewList: "aircraft",
			Removed: "aircraft:remove", RemovedList: "icaos",
		},
	}
}

// aircraftRequests adds the requests that the replica answers.
func aircraftRequests(n *gateway.Namespace, h *hub.Hub) {
	policy := Aircraft()
	gateway.Handle(n, "aircraft", policy.Permission, func(_ context.Context, _ *gateway.Session, p oneAircraft) (json.RawMessage, error) {
		hex, err := p.hex()
		if err != nil {
			return nil, err
		}
		r, err := h.Record(policy.Name, hex)
		if err != nil || r == nil {
			return json.RawMessage("null"), err
		}
		return r.AppendJSON(nil, policy.Key, time.Now().UnixMilli()), nil
	})
	list := func(_ context.Context, _ *gateway.Session, p aircraftFilter) (json.RawMessage, error) {
		all, _, err := h.Records(policy.Name)
		if err != nil {
			return nil, err
		}
		return wire.Records(&policy, p.keep(all), time.Now()), nil
	}
	gateway.Handle(n, "aircraft-list", policy.Permission, list)
	gateway.Handle(n, "aircraft_list", policy.Permission, list)
	gateway.Handle(n, "aircraft-snapshot", policy.Permission, func(context.Context, *gateway.Session, struct{}) (json.RawMessage, error) {
		all, _, err := h.Records(policy.Name)
		if err != nil {
			return nil, err
		}
		return wire.List(&policy, all, time.Now()), nil
	})
}

// oneAircraft names an aircraft, by either name.
type oneAircraft struct {
	Hex  string `json:"hex"`
	ICAO string `json:"icao"`
}

func (p oneAircraft) hex() (string, error) {
	hex := p.Hex
	if hex == "" {
		hex = p.ICAO
	}
	if hex == "" {
		return "", gateway.Errorf(gateway.CodeInvalidParams, "Missing icao parameter: the aircraft's address, six hex digits")
	}
	return strings.ToUpper(strings.TrimSpace(hex)), nil
}

// aircraftFilter are the params of "aircraft-list": all that are given must hold.
type aircraftFilter struct {
	MilitaryOnly bool     `json:"military_only"`
	Category     string   `json:"category"`
	MinAltitude  *float64 `json:"min_altitude"` // ft
	MaxAltitude  *float64 `json:"max_altitude"` // ft
}

func (f aircraftFilter) keep(all []record.Record) []record.Record {
	kept := all[:0]
	for _, r := range all {
		if f.holds(r.Fields) {
			kept = append(kept, r)
		}
	}
	return kept
}

func (f aircraftFilter) holds(fields record.Fields) bool {
	if f.MilitaryOnly && fields.Get("military") != "true" {
		return false
	}
	if f.Category != "" && !strings.EqualFold(fields.Get("category"), record.String(f.Category)) {
		return false
	}
	if f.MinAltitude == nil && f.MaxAltitude == nil {
		return true
	}
	alt, known := altitude(fields.Get("alt"))
	return known &&
		(f.MinAltitude == nil || alt >= *f.MinAltitude) &&
		(f.MaxAltitude == nil || alt <= *f.MaxAltitude)
}

// altitude gives feet; an aircraft on the ground is at 0.
func altitude(raw string) (ft float64, known bool) {
	if raw == `"ground"` {
		return 0, true
	}
	ft, err := strconv.ParseFloat(raw, 64)
	return ft, err == nil
}
