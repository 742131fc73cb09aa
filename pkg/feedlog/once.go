package feedlog

import (
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// mostOnce bounds the keys that are remembered of one topic: some 20 MB.
const mostOnce = 100_000

// once remembers where events were told that are to be told once. The zero value is
// ready. They are forgotten in the order in which they came, so one with a short time
// may stay, of no effect, behind one with a long time.
type once struct {
	first map[string]told
	order []string // oldest first
}

type told struct {
	at    topic.Position
	until time.Time
}

func (o *once) find(key string, now time.Time) (topic.Position, bool) {
	t, ok := o.first[key]
	return t.at, ok && now.Before(t.until)
}

// add remembers a key that find does not know.
func (o *once) add(what record.Once, at topic.Position, now time.Time) {
	for len(o.order) > 0 && (len(o.order) >= mostOnce || !now.Before(o.first[o.order[0]].until)) {
		delete(o.first, o.order[0])
		o.order[0] = ""
		o.order = o.order[1:]
	}
	if o.first == nil {
		o.first = map[string]told{}
	}
	if _, ok := o.first[what.Key]; !ok {
		o.order = append(o.order, what.Key)
	}
	o.first[what.Key] = told{at, now.Add(what.For)}
}
