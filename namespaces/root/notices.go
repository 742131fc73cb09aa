package root

import (
	"time"

	"github.com/skygate-io/skygate/pkg/topic"
)

// Notices is the policy of what is told to all who see the aircraft beside those:
// that something was looked up in vain, or that other data are there to be asked
// for anew. Clients of the reference hear it without subscribing to it. aircraft is
// the policy of the topic that it goes along with.
func Notices(aircraft topic.Policy) topic.Policy {
	return topic.Policy{
		Name:   "notices",
		Prefix: "notices",
		Kind:   topic.Event,
		Key:    "id",
		List:   "events",
		Tells: []string{
			"aircraft:heartbeat", "airframe:error", "antenna:analytics_update",
			"notam:refresh", "notam:tfr_new", "airspace:advisory", "airspace:advisory_expired", "airspace:boundary",
			"pirep:update", "metar:update", "taf:update",
			"geodata:refresh", "wildfires:refresh", "openaip:refresh",
		},
		Along:       aircraft.Name,
		AutoJoin:    aircraft.AutoJoin,
		Permission:  aircraft.Permission,
		Retention:   10 * time.Minute,
		RetainMost:  1000,
		RetainBytes: 1 << 20,
	}
}
