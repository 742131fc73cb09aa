package readsb

import (
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/geo"
)

// health is a source's health, as its polls tell it.
type health struct{ *feed.Health }

func newHealth(log zerolog.Logger, receiver *geo.Point) health {
	return health{feed.NewHealth(log, receiver)}
}

// failed takes note of a poll that went wrong.
func (h health) failed(err error) { h.Fail(reasonOf(err), err.Error()) }

// answered takes note of a poll that went well; newest is when the newest file
// was written, zero when there is none.
func (h health) answered(newest, now time.Time) {
	switch age := now.Sub(newest); {
	case newest.IsZero():
		h.Become(feed.Stale, "the receiver answers, but nothing was heard yet")
	case age > staleAfter:
		h.Become(feed.Stale, fmt.Sprintf("the receiver answers, but its newest data is %v old", age.Round(time.Second)))
	default:
		h.Become(feed.Delivering, "")
	}
}
