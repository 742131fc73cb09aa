package root

import (
	"time"

	"github.com/skygate-io/skygate/pkg/topic"
)

// Airspace is the policy of the topic of advisories and boundaries of airspaces, by their
// ids. It holds what is in force: a record ends at its own end or when it is no longer
// listed, however long nobody was asked, so there is no time to live.
//
// To clients of the reference each airspace:update is the whole of both lists, so it
// carries these, too.
func Airspace() topic.Policy {
	return topic.Policy{
		Name:       "airspace",
		Prefix:     "airspace",
		Kind:       topic.State,
		Key:        "id",
		List:       "advisories",
		Permission: "weather.view",
		Rate:       2,
		MaxRecords: 20_000,
		Retention:  10 * time.Minute,
		RetainMost: 20_000,
		Together:   [][]string{{"lat", "lon"}},
		Sorts: &topic.Sorts{
			Field: "kind",
			Lists: []topic.SortList{{Name: "advisories", Sort: "advisory"}, {Name: "boundaries", Sort: "boundary"}},
		},
		Legacy: &topic.Legacy{Lists: true},
	}
}
