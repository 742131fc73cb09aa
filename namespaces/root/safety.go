package root

import (
	"time"

	"github.com/skygate-io/skygate/pkg/topic"
)

// Safety is the policy of the topic of safety events: emergencies, conflicts and
// the like, each told when it begins (safety:event), when it becomes another
// (safety:event_updated) and when it is over (safety:event_resolved). They go
// ahead of everything.
func Safety() topic.Policy {
	return topic.Policy{
		Name:        "safety",
		Prefix:      "safety",
		Kind:        topic.Event,
		Key:         "id",
		List:        "events",
		Permission:  "safety.view",
		Bypass:      true,
		About:       []string{"icao_hex", "icao_hex_2"},
		Lasting:     []string{"acknowledged", "acknowledged_at"},
		Retention:   24 * time.Hour,
		RetainMost:  10_000,
		RetainBytes: 16 << 20,
		Recent:      50,
	}
}
