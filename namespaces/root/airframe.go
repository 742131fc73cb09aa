package root

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
)

// mostAirframes is how many "aircraft-info-bulk" looks at.
const mostAirframes = 100

// airframe is what is known of an aircraft itself, as the reference tells it. There is
// no database here: what is known is what the receiver says, from its own, of aircraft
// that fly now.
type airframe struct {
	ICAO         string          `json:"icao_hex"`
	Registration json.RawMessage `json:"registration"`
	TypeCode     json.RawMessage `json:"type_code"`
	Manufacturer json.RawMessage `json:"manufacturer"`
	Model        json.RawMessage `json:"model"`
	Operator     json.RawMessage `json:"operator"`
	OperatorICAO json.RawMessage `json:"operator_icao"`
	Owner        json.RawMessage `json:"owner"`
	YearBuilt    json.RawMessage `json:"year_built"`
	SerialNumber json.RawMessage `json:"serial_number"`
	Country      json.RawMessage `json:"country"`
	Category     json.RawMessage `json:"category"`
	Military     json.RawMessage `json:"is_military"`
	PhotoURL     json.RawMessage `json:"photo_url"`
	Photographer json.RawMessage `json:"photo_photographer"`
	Source       string          `json:"source"`
}

// airframes answers "aircraft-info-bulk".
type airframes struct {
	Aircraft  map[string]*airframe `json:"aircraft"`
	Found     int                  `json:"found"`
	Requested int                  `json:"requested"`
}

// photo answers "photo" and "photo-cache". There are none here.
type photo struct {
	ICAO         string  `json:"icao"`
	URL          *string `json:"photo_url"`
	ThumbnailURL *string `json:"photo_thumbnail_url"`
	PageLink     *string `json:"photo_page_link"`
	Photographer *string `json:"photo_photographer"`
	Source       *string `json:"photo_source"`
}

// airframeRequests adds the requests for what an aircraft is.
func airframeRequests(n *gateway.Namespace, h *hub.Hub) {
	may := Aircraft().Permission
	gateway.Handle(n, "aircraft-info", may, func(_ context.Context, _ *gateway.Session, p oneAircraft) (*airframe, error) {
		hex, err := p.hex()
		if err != nil {
			return nil, err
		}
		return knownOf(h, hex)
	})
	gateway.Handle(n, "aircraft-info-bulk", may, func(_ context.Context, _ *gateway.Session, p struct {
		ICAOs []string `json:"icaos"`
	}) (airframes, error) {
		if len(p.ICAOs) == 0 {
			return airframes{}, gateway.Errorf(gateway.CodeInvalidParams, "Missing or invalid icaos parameter (expected list): the addresses of up to %d aircraft", mostAirframes)
		}
		return knownOfAll(h, p.ICAOs[:min(len(p.ICAOs), mostAirframes)])
	})
	for _, name := range []string{"photo", "photo-cache"} {
		gateway.Handle(n, name, may, func(_ context.Context, _ *gateway.Session, p oneAircraft) (photo, error) {
			hex, err := p.hex()
			return photo{ICAO: hex}, err
		})
	}
}

// knownOf gives what is known of an aircraft; nil when it is nothing.
func knownOf(h *hub.Hub, hex string) (*airframe, error) {
	r, err := h.Record(Aircraft().Name, hex)
	if err != nil || r == nil {
		return nil, err
	}
	f := r.Fields
	if f.Get("r") == "" && f.Get("t") == "" && f.Get("desc") == "" && f.Get("ownOp") == "" {
		return nil, nil
	}
	raw := func(name string) json.RawMessage { return json.RawMessage(cmp.Or(f.Get(name), "null")) }
	none := json.RawMessage("null")
	return &airframe{
		ICAO: hex, Registration: raw("r"), TypeCode: raw("t"), Manufacturer: none, Model: raw("desc"),
		Operator: raw("ownOp"), OperatorICAO: none, Owner: raw("ownOp"), YearBuilt: year(f.Get("year")),
		SerialNumber: none, Country: none, Category: raw("category"), Military: raw("military"),
		PhotoURL: none, Photographer: none, Source: "receiver",
	}, nil
}

// year is a number in the reference; receivers write it as a text.
func year(raw string) json.RawMessage {
	y, err := strconv.Atoi(cmp.Or(record.Text(raw), raw))
	if err != nil {
		return json.RawMessage("null")
	}
	return json.RawMessage(strconv.Itoa(y))
}

// knownOfAll gives what is known of several aircraft. Addresses that are none of
// ICAO's ("~..") have no airframe, and do not count.
func knownOfAll(h *hub.Hub, hexes []string) (airframes, error) {
	all := airframes{Aircraft: map[string]*airframe{}}
	for _, hex := range hexes {
		hex = strings.ToUpper(strings.TrimSpace(hex))
		if hex == "" || hex[0] == '~' {
			continue
		}
		all.Requested++
		known, err := knownOf(h, hex)
		if err != nil {
			return all, err
		}
		if known != nil {
			all.Aircraft[hex] = known
		}
	}
	all.Found = len(all.Aircraft)
	return all, nil
}
