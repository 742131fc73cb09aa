package root

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// The bounds of answers, as the reference has them.
const (
	mostAdvisories = 100
	mostBoundaries = 120
	mostOfAirport  = 50
	usualNOTAMs    = 100
	mostNOTAMs     = 500
)

// skyRequests adds the requests for what is said about the sky. They are answered by
// what is in force.
func skyRequests(n *gateway.Namespace, cfg Config) {
	airspace, notams := Airspace(), NOTAMs()
	records := func(p *topic.Policy, keep func(record.Fields) bool) ([]record.Record, error) {
		all, _, err := cfg.Hub.Records(p.Name)
		return slices.DeleteFunc(all, func(r record.Record) bool { return !keep(r.Fields) }), err
	}
	gateway.Handle(n, "airspaces", airspace.Permission, func(_ context.Context, _ *gateway.Session, p advisoryFilter) (json.RawMessage, error) {
		found, err := records(&airspace, p.keep)
		if err != nil {
			return nil, err
		}
		return wire.List(&airspace, found[:min(len(found), mostAdvisories)], time.Now()), nil
	})
	boundaries := func(_ context.Context, _ *gateway.Session, p around) (json.RawMessage, error) {
		at, radius, err := p.place(cfg.Receiver())
		if err != nil {
			return nil, err
		}
		found, err := records(&airspace, func(f record.Fields) bool {
			return f.Get("kind") == `"boundary"` && touches(f, at, radius)
		})
		if err != nil {
			return nil, err
		}
		return wire.Records(&airspace, found[:min(len(found), mostBoundaries)], time.Now()), nil
	}
	gateway.Handle(n, "airspace-boundaries", airspace.Permission, boundaries)
	gateway.Handle(n, "boundaries", airspace.Permission, boundaries)
	gateway.Handle(n, "notam-snapshot", notams.Permission, func(_ context.Context, _ *gateway.Session, p notamSnapshot) (json.RawMessage, error) {
		found, err := records(&notams, func(record.Fields) bool { return true })
		if err != nil {
			return nil, err
		}
		newestFirst(found)
		return sorted(&notams, found[:min(len(found), p.limit())], time.Now()), nil
	})
	gateway.Handle(n, "refresh", notams.Permission, func(context.Context, *gateway.Session, struct{}) (refreshed, error) {
		return refresh(cfg.Refresh), nil
	})
	gateway.Handle(n, "airport", notams.Permission, func(_ context.Context, _ *gateway.Session, p oneAirport) (json.RawMessage, error) {
		icao, err := p.icao()
		if err != nil {
			return nil, err
		}
		found, err := records(&notams, func(f record.Fields) bool {
			return strings.Contains(strings.ToUpper(record.Text(f.Get("location"))), icao)
		})
		if err != nil {
			return nil, err
		}
		newestFirst(found)
		return wire.Records(&notams, found[:min(len(found), mostOfAirport)], time.Now()), nil
	})
}

// refreshed answers the request "refresh".
type refreshed struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

// refresh has the NOTAMs asked for.
func refresh(ask func(topicName string) int) refreshed {
	if ask == nil || ask(NOTAMs().Name) == 0 {
		return refreshed{Message: "There is no source of NOTAMs"}
	}
	return refreshed{Success: true, Message: "NOTAM refresh queued"}
}

// advisoryFilter are the params of "airspaces".
type advisoryFilter struct {
	Hazard string `json:"hazard"`
}

func (p advisoryFilter) keep(f record.Fields) bool {
	return f.Get("kind") == `"advisory"` && (p.Hazard == "" || strings.EqualFold(record.Text(f.Get("hazard")), p.Hazard))
}

// around are params that name a place and what is near; without a place it is that of the
// receiver.
type around struct {
	Lat      *float64 `json:"lat"`
	Lon      *float64 `json:"lon"`
	Radius   *float64 `json:"radius"` // nm
	RadiusNM *float64 `json:"radius_nm"`
}

func (p around) place(receiver *geo.Point) (at *geo.Point, radius float64, err error) {
	switch {
	case p.Lat != nil && p.Lon != nil:
		at = &geo.Point{Lat: *p.Lat, Lon: *p.Lon}
	case p.Lat != nil || p.Lon != nil:
		return nil, 0, gateway.Errorf(gateway.CodeInvalidParams, "lat and lon: both or neither")
	default:
		at = receiver
	}
	if at != nil && !at.Valid() {
		return nil, 0, gateway.Errorf(gateway.CodeInvalidParams, "lat is from -90 to 90, lon from -180 to 180")
	}
	radius = 100
	if given := cmp.Or(p.Radius, p.RadiusNM); given != nil {
		radius = *given
	}
	if !(radius >= 0) {
		return nil, 0, gateway.Errorf(gateway.CodeInvalidParams, "radius: %v is out of range: from 0 (nm)", radius)
	}
	return at, radius, nil
}

// touches says whether the circle that a boundary lies in comes within a radius of a
// place; nil is everywhere.
func touches(f record.Fields, at *geo.Point, radius float64) bool {
	if at == nil {
		return true
	}
	lat, ok1 := record.Float(f.Get("lat"))
	lon, ok2 := record.Float(f.Get("lon"))
	own, _ := record.Float(f.Get("radius"))
	return ok1 && ok2 && geo.DistanceNM(*at, geo.Point{Lat: lat, Lon: lon}) <= radius+own
}

// notamSnapshot are the params of "notam-snapshot". Only what is in force is known, so
// active_only changes nothing.
type notamSnapshot struct {
	Limit *float64 `json:"limit"`
}

func (p notamSnapshot) limit() int { return int(clamp(p.Limit, usualNOTAMs, mostNOTAMs)) }

type oneAirport struct {
	ICAO string `json:"icao"`
}

func (p oneAirport) icao() (string, error) {
	icao := strings.ToUpper(strings.TrimSpace(p.ICAO))
	if icao == "" {
		return "", gateway.Errorf(gateway.CodeInvalidParams, "Missing icao parameter: the airport's code, such as KSEA")
	}
	return icao, nil
}

// newestFirst puts records in the order in which they have begun, the newest first.
func newestFirst(all []record.Record) {
	slices.SortStableFunc(all, func(a, b record.Record) int {
		return cmp.Compare(b.Fields.Get("effective_start"), a.Fields.Get("effective_start"))
	})
}

// sorted is an answer with the lists of a snapshot.
func sorted(p *topic.Policy, found []record.Record, now time.Time) json.RawMessage {
	all := wire.Sorted{}
	for i := range found {
		all.Records = append(all.Records, found[i].AppendJSON(nil, p.Key, now.UnixMilli()))
		all.Sorts = append(all.Sorts, record.Text(found[i].Fields.Get(p.Sorts.Field)))
	}
	return wire.SortedList(p, all, now)
}
