package cannonball

import (
	"encoding/json"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

const (
	defaultRadius = 25.0 // nm
	minRadius     = 1.0
	maxRadius     = 100.0
)

// tellAgain is after how long a session is told what is near though nothing
// changed: an update that found no room is made up for.
const tellAgain = 30 * time.Second

// jumpKt is faster than anybody moves on the ground: who does began somewhere else.
const jumpKt = 500

// observer is a session: where it is, and what it was told. What it is told is sent
// under its mu, so that the newest comes last.
type observer struct {
	// Static.
	id        string
	hub       *hub.Hub
	session   *gateway.Session
	watch     *watch
	positions *rate.Limiter // of position_update
	questions *rate.Limiter // of get_threats

	mu      sync.Mutex // guards all below
	where   *geo.Point // nil as long as it is not known
	moved   time.Time  // when it came to be there
	heading *float64   // degrees
	radius  float64    // nm
	tracks  map[string]*Track
	told    string // the threats, as they were told last
	toldAt  time.Time
	alerts  alerts
}

func newObserver(id string, h *hub.Hub, s *gateway.Session, w *watch) *observer {
	return &observer{
		id: id, hub: h, session: s, watch: w, radius: defaultRadius,
		positions: rate.NewLimiter(5, 15), questions: rate.NewLimiter(10, 30),
		tracks: map[string]*Track{}, alerts: alerts{raised: map[alarm]time.Time{}, level: map[string]string{}},
	}
}

func observerOf(s *gateway.Session) *observer { return s.State.(*observer) }

// position is a place as clients get it.
type position struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// threats tell what is near: the web client reads "data" in one event and "threats"
// in the other.
type threats struct {
	Data      *json.RawMessage `json:"data,omitempty"`
	Threats   *json.RawMessage `json:"threats,omitempty"`
	Count     int              `json:"count"`
	Position  *position        `json:"position"`
	Timestamp string           `json:"timestamp"`
}

// moveLocked takes a new position.
func (o *observer) moveLocked(to geo.Point, heading *float64, now time.Time) {
	if o.where != nil && *o.where != to {
		if nm := geo.DistanceNM(*o.where, to); nm > 1 && nm > jumpKt*now.Sub(o.moved).Hours() {
			clear(o.tracks)
		}
	}
	if o.where == nil || *o.where != to {
		o.where, o.moved = &to, now
	}
	if heading != nil {
		o.heading = heading
	}
}

// nearLocked says what is near, and keeps track of it.
func (o *observer) nearLocked(now time.Time) ([]threat, error) {
	if o.where == nil {
		return []threat{}, nil
	}
	circle, err := json.Marshal(map[string]any{"center": map[string]float64{"lat": o.where.Lat, "lon": o.where.Lon, "radius_nm": o.radius}})
	if err != nil {
		return nil, err
	}
	filter, err := view.ParseFilter(circle)
	if err != nil {
		return nil, err
	}
	records, err := o.hub.Near(topicName, filter)
	if err != nil {
		return nil, err
	}
	list, tracks := []threat{}, map[string]*Track{}
	for i := range records {
		s, ok := sight(&records[i])
		if !ok {
			continue
		}
		track := o.tracks[s.hex]
		if track == nil {
			track = &Track{}
		}
		tracks[s.hex] = track
		track.Add(now, geo.DistanceNM(*o.where, s.where))
		list = append(list, s.threat(*o.where, o.heading, track, o.watch.of(s.hex)))
	}
	o.tracks = tracks
	sortThreats(list)
	return list, nil
}

// encodedLocked gives what is near, also as it is told.
func (o *observer) encodedLocked(now time.Time) (list []threat, data json.RawMessage, err error) {
	if list, err = o.nearLocked(now); err != nil {
		return nil, nil, err
	}
	data, err = wire.Marshal(list)
	return list, data, err
}

// look tells the session what changed, if anything did.
func (o *observer) look(changed bool, now time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.where == nil || !changed && now.Sub(o.toldAt) < tellAgain {
		return nil
	}
	list, data, err := o.encodedLocked(now)
	if err != nil {
		return err
	}
	if string(data) == o.told && now.Sub(o.toldAt) < tellAgain {
		return nil
	}
	m, err := wire.New("threat_update", threats{Threats: &data, Count: len(list), Position: o.position(), Timestamp: wire.Timestamp(now)})
	if err != nil {
		return err
	}
	// Of one that a slow client has no room for the next stands in.
	m.Topic, m.Class = "cannonball", wire.Whole
	o.told, o.toldAt = string(data), now
	o.session.Send(m)
	return o.alertLocked(list, now)
}

// answerLocked answers with what is near.
func (o *observer) answerLocked(ack gateway.Ack, now time.Time) error {
	list, data, err := o.encodedLocked(now)
	if err != nil {
		return err
	}
	o.told, o.toldAt = string(data), now
	answer := threats{Data: &data, Count: len(list), Position: o.position(), Timestamp: wire.Timestamp(now)}
	if err := o.session.Reply("threats", answer, ack); err != nil {
		return err
	}
	return o.alertLocked(list, now)
}

func (o *observer) position() *position {
	if o.where == nil {
		return nil
	}
	return &position{o.where.Lat, o.where.Lon}
}
