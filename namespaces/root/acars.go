package root

import (
	"time"

	"github.com/skygate-io/skygate/pkg/topic"
)

// ACARS is the policy of the topic of ACARS messages (acars:message): what
// aircraft and the ground write to each other. A busy station hears some ten in a
// minute; the bounds hold an hour of several hundred of them.
func ACARS() topic.Policy {
	return topic.Policy{
		Name:        "acars",
		Prefix:      "acars",
		Kind:        topic.Event,
		Key:         "id",
		List:        "messages",
		Permission:  "acars.view",
		About:       []string{"icao_hex"},
		Retention:   time.Hour,
		RetainMost:  10_000,
		RetainBytes: 16 << 20,
		Recent:      50,
	}
}
