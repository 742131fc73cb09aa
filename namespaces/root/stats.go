package root

import (
	"time"

	"github.com/skygate-io/skygate/pkg/topic"
)

// Stats is the policy of the topic of figures (package stats says what they are): each
// of its keys is a picture of which the newest counts, so that the snapshot, with the
// series of the ticks, is all there is. Retention is three times what it takes until all
// is told again. The bounds hold a tick a second, and figures of which some have 30 KB.
func Stats() topic.Policy {
	return topic.Policy{
		Name:        "stats",
		Prefix:      "stats",
		Kind:        topic.Event,
		Key:         "id",
		List:        "stats",
		Tells:       []string{"stats:tick", "stats:update", "system:health"},
		Permission:  "stats.view",
		AutoJoin:    true,
		Series:      &topic.Series{Event: "stats:tick", Point: "point", List: "series", Most: 120},
		Retention:   30 * time.Minute,
		RetainMost:  10_000,
		RetainBytes: 16 << 20,
		Recent:      50,
	}
}

// ACARSFigures is the policy of what is told beside the messages: acars:update
// {stat_type, stats}, for clients that do not see the topic of figures.
func ACARSFigures() topic.Policy {
	return topic.Policy{
		Name:        "acars_figures",
		Prefix:      "acars_figures",
		Kind:        topic.Event,
		Key:         "id",
		List:        "events",
		Tells:       []string{"acars:update"},
		Along:       ACARS().Name,
		Permission:  ACARS().Permission,
		Retention:   10 * time.Minute,
		RetainMost:  100,
		RetainBytes: 1 << 20,
	}
}
