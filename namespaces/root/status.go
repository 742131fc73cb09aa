package root

import (
	"context"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/wire"
)

// status answers the request of that name. The reference's clients know every
// key of it.
type status struct {
	Online        bool      `json:"online"`
	AircraftCount int       `json:"aircraft_count"`
	CeleryRunning bool      `json:"celery_running"` // the reference's word for "what works in the background runs"
	Location      *location `json:"location"`
	Timestamp     string    `json:"timestamp"`
}

type location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

func statusRequest(n *gateway.Namespace, cfg Config) {
	gateway.Handle(n, "status", mayViewSystem, func(context.Context, *gateway.Session, struct{}) (status, error) {
		return statusOf(cfg, time.Now()), nil
	})
}

func statusOf(cfg Config, now time.Time) status {
	online := cfg.Online()
	return status{
		Online:        online,
		AircraftCount: cfg.Hub.Len("aircraft"),
		CeleryRunning: online,
		Location:      where(cfg.Receiver()),
		Timestamp:     wire.Timestamp(now),
	}
}

func where(p *geo.Point) *location {
	if p == nil {
		return nil
	}
	return &location{Latitude: p.Lat, Longitude: p.Lon}
}
