package hub

import (
	"slices"

	"github.com/skygate-io/skygate/pkg/topic"
)

// ending is where an epoch has ended.
type ending struct {
	at    topic.Position
	index int // of the first event after it, of all that there were
}

// mostEnds is how many endings are known.
const mostEnds = 8

// end takes note that another epoch continues one.
func (h *history) end(at topic.Position) {
	if at == nowhere {
		return
	}
	drop := max(0, len(h.ends)+1-mostEnds)
	h.ends = append(slices.Delete(h.ends, 0, drop), ending{at, h.gone + len(h.kept)})
}

// afterLoss gives the events that came after an epoch of which somebody has more than the
// log: up to since, where its end is lost. Those who publish tell that again, in any order,
// and what is new in between; some of it may come later yet, or never.
func (h *history) afterLoss(since topic.Position) (events []*event, ok bool) {
	for _, e := range slices.Backward(h.ends) {
		if e.at.Epoch == since.Epoch && e.at.Seq < since.Seq && e.index >= h.gone {
			return h.kept[e.index-h.gone:], true
		}
	}
	// Of a log that was emptied nothing is known but what is told again.
	again := slices.ContainsFunc(h.kept, func(e *event) bool { return e.Origin == since && since != nowhere })
	return h.kept, again && h.gone == 0 && h.before.Seq == 0
}

// isHad says whether somebody has an event who has all of an epoch up to a position.
func (e *event) isHad(had topic.Position) bool {
	return had != nowhere && e.Origin.Epoch == had.Epoch && e.Origin.Seq <= had.Seq
}
