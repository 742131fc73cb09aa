package root

import (
	"time"

	"github.com/skygate-io/skygate/pkg/topic"
)

// Alerts is the policy of the topic of alerts (alert:triggered): what users' rules
// have found. They go ahead of everything. Those of a private rule are for its
// owner alone.
func Alerts() topic.Policy {
	return topic.Policy{
		Name:        "alerts",
		Prefix:      "alert",
		Kind:        topic.Event,
		Key:         "id",
		List:        "alerts",
		Permission:  "alerts.view",
		Bypass:      true,
		Owned:       true,
		About:       []string{"icao_hex"},
		Retention:   24 * time.Hour,
		RetainMost:  10_000,
		RetainBytes: 16 << 20,
		Recent:      50,
	}
}
