package wire

import (
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// Lists are what a change tells: records as JSON objects (whole ones in Added),
// and keys.
type Lists struct {
	Added, Updated [][]byte
	Removed        []string
	Observed       int64 // time of the newest source message, unix milliseconds; 0 when there is none
}

// Empty says whether there is nothing to tell.
func (l *Lists) Empty() bool { return len(l.Added)+len(l.Updated)+len(l.Removed) == 0 }

// Encode gives the lists of a change, as of now.
func Encode(p *topic.Policy, c *record.Change, now time.Time) Lists {
	encode := func(records []record.Record) [][]byte {
		out := make([][]byte, len(records))
		for i := range records {
			out[i] = records[i].AppendJSON(nil, p.Key, now.UnixMilli())
		}
		return out
	}
	return Lists{Added: encode(c.Added), Updated: encode(c.Updated), Removed: c.Removed, Observed: c.Observed}
}

// frameRoom is what a message has around its lists: the names of the event and
// of its keys, the position, the times.
const frameRoom = 600

// size is about how many bytes the lists take.
func (l *Lists) size() int {
	n := frameRoom
	for _, list := range [][][]byte{l.Added, l.Updated} {
		for _, object := range list {
			n += len(object) + 1
		}
	}
	for _, key := range l.Removed {
		n += len(key) + 4
	}
	return n
}

// split gives the lists in parts of which each takes up to limit bytes in a
// message. A record is not split.
func split(l Lists, limit int) []Lists {
	if l.size() <= limit {
		return []Lists{l}
	}
	var parts []Lists
	part, size := Lists{Observed: l.Observed}, frameRoom
	add := func(bytes int) *Lists {
		if size+bytes > limit && size > frameRoom {
			parts = append(parts, part)
			part, size = Lists{Observed: l.Observed}, frameRoom
		}
		size += bytes
		return &part
	}
	for _, object := range l.Added {
		to := add(len(object) + 1)
		to.Added = append(to.Added, object)
	}
	for _, object := range l.Updated {
		to := add(len(object) + 1)
		to.Updated = append(to.Updated, object)
	}
	for _, key := range l.Removed {
		to := add(len(key) + 4)
		to.Removed = append(to.Removed, key)
	}
	return append(parts, part)
}
