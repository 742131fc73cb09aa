package root

import (
	"time"

	"github.com/skygate-io/skygate/pkg/topic"
)

// sortTFR is the type of a NOTAM that is a flight restriction.
const sortTFR = "TFR"

// NOTAMs is the policy of the topic of NOTAMs and flight restrictions that are in force,
// by their ids; see [Airspace]. When it was last asked for one tells nobody anything by
// itself.
//
// Clients of the reference get an event for each, or, when many change at once, are told
// to ask for all.
func NOTAMs() topic.Policy {
	return topic.Policy{
		Name:       "notams",
		Prefix:     "notam",
		Kind:       topic.State,
		Key:        "notam_id",
		List:       "notams",
		Permission: "notams.view",
		Rate:       2,
		MaxRecords: 100_000,
		Retention:  10 * time.Minute,
		RetainMost: 20_000,
		Noise:      []string{"fetched_at"},
		Together:   [][]string{{"latitude", "longitude"}},
		Sorts: &topic.Sorts{
			Field: "type",
			Lists: []topic.SortList{{Name: "notams"}, {Name: "tfrs", Sort: sortTFR}},
			Stats: &topic.Stats{
				Name: "stats", Event: "notam:stats",
				Counts: []topic.SortList{{Name: "total_active"}, {Name: "tfr_count", Sort: sortTFR}},
				BySort: "by_type", Time: "last_update",
			},
		},
		Legacy: &topic.Legacy{One: &topic.OneByOne{
			Names:         topic.Names{New: "notam:new", Updated: "notam:update", Removed: "notam:expired"},
			Sorts:         map[string]topic.Names{sortTFR: {New: "notam:tfr_new", Updated: "notam:update", Removed: "notam:tfr_expired"}},
			Most:          20,
			Refresh:       "notam:refresh",
			RefreshCounts: []topic.SortList{{Name: "active_notams"}, {Name: "active_tfrs", Sort: sortTFR}},
		}},
	}
}
