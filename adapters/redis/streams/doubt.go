package streams

import (
	"slices"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// doubt is an event of which it is not known whether the log took it, as the answer was
// lost. While the log is there, its key tells when it comes again. When the log has lost
// that, too, those who have read the event have to be told where: so it is looked for among
// what was read here. (Where only others have read it, it is told to them once more.)
type doubt struct {
	change *record.Change
	event  published
	after  topic.Position // where it can only be after
}

// doubt takes note of one that may be there or not. The caller has the turn.
func (p *publisher) doubt(c *record.Change, e published) {
	i := slices.IndexFunc(p.doubts, func(d doubt) bool { return d.change == c })
	if i < 0 {
		drop := max(0, len(p.doubts)+1-attempts)
		p.doubts = append(slices.Delete(p.doubts, 0, drop), doubt{change: c, event: e, after: p.at})
	}
	p.look()
}

// settled forgets one whose end is known. The caller has the turn.
func (p *publisher) settled(c *record.Change) {
	p.doubts = slices.DeleteFunc(p.doubts, func(d doubt) bool { return d.change == c })
}

// look looks for those that were read here. The caller has the turn.
func (p *publisher) look() {
	if len(p.doubts) == 0 {
		return
	}
	read := p.log.newest(p.name)
	for i := range p.doubts {
		d := &p.doubts[i]
		if d.event.at.Epoch != "" {
			continue
		}
		for _, e := range read {
			if e.At.Epoch == d.after.Epoch && e.At.Seq <= d.after.Seq || e.Origin.Epoch != "" || !isLike(e.Change, d.change) {
				continue
			}
			if data, err := encode(e.Change); err == nil && data == d.event.data {
				d.event.at = e.At
				break
			}
		}
	}
}

// found gives those that were read here, which the log has taken, and forgets them.
// The caller has the turn.
func (p *publisher) found() (found []published) {
	p.look()
	p.doubts = slices.DeleteFunc(p.doubts, func(d doubt) bool {
		if d.event.at.Epoch == "" {
			return false
		}
		found = append(found, d.event)
		return true
	})
	return found
}

// isLike says whether two events may be the same, without a look at all of them.
func isLike(a, b *record.Change) bool {
	return a.Event != nil && b.Event != nil && a.Observed == b.Observed && a.Event.Name == b.Event.Name && a.Event.Key == b.Event.Key
}
