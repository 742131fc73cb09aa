package root

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
)

// mayAcknowledge is what a session needs to say that a safety event was noted.
const mayAcknowledge = "safety.acknowledge"

// Publisher takes events for a topic: [*feed.Publisher].
type Publisher interface {
	// Publish does not wait for the log. The error is [feed.ErrFull], or that of a ctx
	// that has ended.
	Publish(ctx context.Context, e record.Event, observed int64) error
}

var _ Publisher = (*feed.Publisher)(nil)

// acknowledged answers "safety-acknowledge".
type acknowledged struct {
	Success        bool   `json:"success"`
	ID             string `json:"id"`
	Acknowledged   bool   `json:"acknowledged"`
	AcknowledgedAt string `json:"acknowledged_at"`
}

// AddAcknowledge adds the request that acknowledges a safety event, which is to be
// done before anybody connects.
//
// An acknowledgement is an event of the topic itself: safety:event_updated with the
// whole event. So everybody hears it, in every process, and it is in the snapshot. By
// the topic's policy it lasts: what the monitor tells of the event later, not knowing
// of it, is told as acknowledged, too. Who acknowledges again is told when it was done.
func AddAcknowledge(n *gateway.Namespace, h *hub.Hub, events Publisher) {
	gateway.Handle(n, "safety-acknowledge", mayAcknowledge, func(ctx context.Context, _ *gateway.Session, p eventID) (acknowledged, error) {
		id, err := p.read()
		if err != nil {
			return acknowledged{}, err
		}
		known, err := newest(h, Safety().Name, id)
		switch {
		case err != nil:
			return acknowledged{}, err
		case known == nil:
			return acknowledged{}, gateway.Errorf(gateway.CodeNotFound, "Event not found: %.100q; safety-events lists those of the last 24 hours", id)
		}
		e := known.Change.Event
		if at := record.Text(e.Fields.Get("acknowledged_at")); at != "" {
			return acknowledged{true, id, true, at}, nil
		}
		at := wire.Timestamp(time.Now())
		err = events.Publish(ctx, acknowledging(e, at), known.Change.Observed)
		if errors.Is(err, feed.ErrFull) {
			err = gateway.Errorf(gateway.CodeInternal, "The acknowledgement cannot be kept at the moment, as too much waits to be; try again later")
		}
		return acknowledged{true, id, true, at}, err
	})
}

// acknowledging is the event that tells that one was acknowledged. One that is over
// stays so: its action tells that to a monitor that begins with what was told.
func acknowledging(e *record.Event, at string) record.Event {
	fields := slices.Clone(e.Fields)
	fields.Set("acknowledged", "true")
	fields.Set("acknowledged_at", record.String(at))
	if record.Text(fields.Get("event_action")) != "safety_event_resolved" {
		fields.Set("event_action", record.String("safety_event_updated"))
	}
	fields.Set("updated_at", record.String(at))
	return record.Event{Name: "safety:event_updated", Record: record.Record{Key: e.Key, Fields: fields}}
}
