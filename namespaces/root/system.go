package root

import (
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/presence"
	"github.com/skygate-io/skygate/pkg/wire"
)

// System is the program around the namespace. It is safe for concurrent use.
type System interface {
	// Clients is how many there are, of all processes that serve the same.
	Clients() presence.Total
	// Health is "ok" when all sources deliver, "degraded" when some do, "failing".
	Health() string
	// Messages is how many messages the receivers say that they have heard.
	Messages() uint64
	// Version names the program's version.
	Version() string
}

// wsStatus answers "ws-status". Requests are the types of request that there are, as
// SupportedTopics are the topics. What is counted is of all processes that serve the
// same, as it was some seconds ago of the others.
type wsStatus struct {
	Namespace       string   `json:"namespace"`
	SupportedTopics []string `json:"supported_topics"`
	Requests        []string `json:"supported_requests"`
	Connections     int      `json:"socketio_connections"`
	Subscribers     int      `json:"subscribers"` // sessions in the namespace
	Timestamp       string   `json:"timestamp"`

	TopicSubscribers map[string]int `json:"topic_subscribers"` // sessions by topic
	Processes        int            `json:"processes"`
}

// systemStatus answers "system-status": all that "status" does, and more. There is no history here, so no number of
// sightings; what else happened counts as far as it is remembered.
type systemStatus struct {
	status
	Connections int `json:"websocket_connections"`
	Aircraft    struct {
		Current   int `json:"current"`
		Military  int `json:"military"`
		Emergency int `json:"emergency"`
	} `json:"aircraft"`
	Last24h struct {
		Sightings *int `json:"sightings"`
		Safety    int  `json:"safety_events"`
		ACARS     int  `json:"acars_messages"`
	} `json:"last_24h"`
	Receiver struct {
		Online   bool   `json:"online"`
		Messages uint64 `json:"messages"`
	} `json:"receiver"`
	Feeder  *location `json:"feeder"`
	Version string    `json:"version"`
}

// systemInfo answers "system-info".
type systemInfo struct {
	Version   string          `json:"version"`
	GoVersion string          `json:"go_version"`
	Platform  string          `json:"platform"`
	Debug     bool            `json:"debug"`
	Feeder    *location       `json:"feeder"`
	Features  map[string]bool `json:"features"`
	Timestamp string          `json:"timestamp"`
}

// systemHealth answers "health" and "system-health": services by the reference's
// names. What works in the background ("celery"), what is kept for clients ("cache")
// and what remembers events and rules ("database") is this process: it answers.
type systemHealth struct {
	Status    string             `json:"status"` // healthy, degraded or unhealthy
	Services  map[string]service `json:"services"`
	Timestamp string             `json:"timestamp"`
}

type service struct {
	Status string `json:"status"` // up or down
}

// mayViewSystem is what a session needs to see how the program is.
const mayViewSystem = "system.view_status"

// systemRequests adds the requests for how the program is.
func systemRequests(n *gateway.Namespace, cfg Config) {
	gateway.Handle(n, "ws-status", mayViewSystem, func(context.Context, *gateway.Session, struct{}) (wsStatus, error) {
		clients := cfg.System.Clients()
		return wsStatus{
			Namespace: n.Name(), SupportedTopics: cfg.Hub.Topics(), Requests: n.Requests(), Timestamp: wire.Timestamp(time.Now()),
			Connections: clients.Connections, Subscribers: clients.Sessions[n.Name()],
			TopicSubscribers: clients.Subscribers, Processes: clients.Processes,
		}, nil
	})
	gateway.Handle(n, "system-status", mayViewSystem, func(context.Context, *gateway.Session, struct{}) (systemStatus, error) {
		return summary(cfg, time.Now())
	})
	gateway.Handle(n, "system-info", mayViewSystem, func(context.Context, *gateway.Session, struct{}) (systemInfo, error) {
		return systemInfo{
			Version: cfg.System.Version(), GoVersion: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
			Feeder: where(cfg.Receiver()), Timestamp: wire.Timestamp(time.Now()),
			Features: map[string]bool{
				"acars_enabled": slices.Contains(cfg.Hub.Topics(), ACARS().Name), "safety_monitoring": true,
				"photo_cache": false, "s3_storage": false,
			},
		}, nil
	})
	for _, name := range []string{"health", "system-health"} {
		gateway.Handle(n, name, mayViewSystem, func(context.Context, *gateway.Session, struct{}) (systemHealth, error) {
			return health(cfg.System.Health(), time.Now()), nil
		})
	}
}

func summary(cfg Config, now time.Time) (s systemStatus, err error) {
	all, _, err := cfg.Hub.Records(Aircraft().Name)
	if err != nil {
		return s, err
	}
	traffic := sumUp(all, now)
	s.Aircraft.Current, s.Aircraft.Military, s.Aircraft.Emergency = traffic.Total, traffic.Military, traffic.Emergency
	s.Last24h.Safety = remembered(cfg.Hub, Safety().Name, now)
	s.Last24h.ACARS = remembered(cfg.Hub, ACARS().Name, now)
	s.status, s.Connections = statusOf(cfg, now), cfg.System.Clients().Connections
	s.Receiver.Online, s.Receiver.Messages = s.Online, cfg.System.Messages()
	s.Feeder, s.Version = s.Location, cfg.System.Version()
	return s, nil
}

// remembered counts what is remembered of the last 24 hours; nothing of a topic that
// is not served.
func remembered(h *hub.Hub, topicName string, now time.Time) int {
	known, err := happened(h, topicName, now.Add(-24*time.Hour))
	if err != nil {
		return 0
	}
	return len(known)
}

func health(sources string, now time.Time) systemHealth {
	words := map[string]string{"ok": "healthy", "degraded": "degraded"}
	h := systemHealth{Status: words[sources], Timestamp: wire.Timestamp(now), Services: map[string]service{
		"adsb": {"up"}, "celery": {"up"}, "cache": {"up"}, "database": {"up"},
	}}
	if h.Status == "" {
		h.Status, h.Services["adsb"] = "unhealthy", service{"down"}
	}
	return h
}
