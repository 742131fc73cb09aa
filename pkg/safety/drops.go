package safety

// dropReason says why a pair that may be a conflict was not looked at, or not told.
type dropReason int

const (
	droppedCrowd     dropReason = iota // an aircraft has too many around it
	droppedPairs                       // an aircraft is in too many conflicts
	droppedConflicts                   // there are too many conflicts
	dropReasons
)

var dropNames = [dropReasons]string{
	droppedCrowd: "crowd", droppedPairs: "pairs_of_an_aircraft", droppedConflicts: "conflicts",
}

func (m *Monitor) drop(r dropReason) { m.drops[r]++ }

// Dropped counts, by reason, what was left out because there was too much of it,
// as no traffic has, but a receiver gone mad: "crowd", the searches that found
// too many aircraft around one, of which the nearest were looked at;
// "pairs_of_an_aircraft", how often no more were looked for, or told, because one was in 20 conflicts;
// "conflicts", those beyond 5,000 at once. It is nil when there is nothing.
func (m *Monitor) Dropped() map[string]uint64 {
	var all map[string]uint64
	for r, n := range m.drops {
		if n > 0 {
			if all == nil {
				all = map[string]uint64{}
			}
			all[dropNames[r]] = n
		}
	}
	return all
}
