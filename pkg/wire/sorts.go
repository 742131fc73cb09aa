package wire

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// Sorted are records as JSON objects, and the sort of each. To be counted they need
// their sorts alone.
type Sorted struct {
	Records [][]byte
	Sorts   []string
}

// count gives the number of records of a sort, "" for all.
func (s *Sorted) count(sort string) int {
	if sort == "" {
		return len(s.Sorts)
	}
	n := 0
	for _, one := range s.Sorts {
		if one == sort {
			n++
		}
	}
	return n
}

// of gives the records that a list takes.
func (s *Sorted) of(list topic.SortList) [][]byte {
	if list.Sort == "" {
		return s.Records
	}
	out := make([][]byte, 0, len(s.Records))
	for i, one := range s.Sorts {
		if one == list.Sort {
			out = append(out, s.Records[i])
		}
	}
	return out
}

// SortedSnapshot is a [Snapshot] whose records are of several sorts: they are in the
// lists that the policy's Sorts name. Of one in parts, the counts are of the whole.
func SortedSnapshot(p *topic.Policy, s Span, all Sorted, limit int, now time.Time) []*Message {
	parts := split(Lists{Added: all.Records}, limit/inLists(p))
	out := updates(p, s, parts, false, now)
	event := p.Prefix + ":snapshot"
	data := append(begin(event, 2*parts[0].size()), '{')
	if len(parts) == 1 {
		data = append(appendSpan(data, s, false), ',')
	}
	data = appendCount(data, len(all.Records), now.UnixMilli())
	n := len(parts[0].Added)
	data = appendLists(data, p, Sorted{all.Records[:n], all.Sorts[:n]})
	data = appendStats(data, p, all, now)
	out[0] = end(p, event, append(appendPart(data, 0, len(parts)), '}'), Whole)
	for _, m := range out[:len(out)-1] {
		m.More = true
	}
	return out
}

// inLists is how many lists a record is in, at most.
func inLists(p *topic.Policy) int {
	all, one := 0, 0
	for _, list := range p.Sorts.Lists {
		if list.Sort == "" {
			all++
		} else {
			one = 1
		}
	}
	return all + one
}

// SortedList is a [List] of records of several sorts, with at most so many of them.
// The counts are of those.
func SortedList(p *topic.Policy, all Sorted, now time.Time) []byte {
	data := appendCount([]byte{'{'}, len(all.Records), now.UnixMilli())
	return append(appendStats(appendLists(data, p, all), p, all, now), '}')
}

func appendLists(dst []byte, p *topic.Policy, shown Sorted) []byte {
	for _, list := range p.Sorts.Lists {
		dst = append(record.AppendString(append(dst, ','), list.Name), ':')
		dst = appendObjects(dst, shown.of(list))
	}
	return dst
}

// appendStats appends the object that counts, if there is one.
func appendStats(dst []byte, p *topic.Policy, all Sorted, now time.Time) []byte {
	stats := p.Sorts.Stats
	if stats == nil {
		return dst
	}
	dst = append(record.AppendString(append(dst, ','), stats.Name), ':', '{')
	return append(appendCounts(dst, stats, all, now), '}')
}

func appendCounts(dst []byte, stats *topic.Stats, all Sorted, now time.Time) []byte {
	dst = appendNumbers(dst, stats.Counts, all)
	by := map[string]int{}
	for _, sort := range all.Sorts {
		by[sort]++
	}
	dst = append(record.AppendString(dst, stats.BySort), ':', '{')
	for i, sort := range slices.Sorted(maps.Keys(by)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(record.AppendString(dst, sort), ':')
		dst = strconv.AppendInt(dst, int64(by[sort]), 10)
	}
	dst = append(record.AppendString(append(dst, '}', ','), stats.Time), ':')
	return appendTimestamp(dst, now.UnixMilli())
}

// appendNumbers appends each count and a comma.
func appendNumbers(dst []byte, counts []topic.SortList, all Sorted) []byte {
	for _, c := range counts {
		dst = append(record.AppendString(dst, c.Name), ':')
		dst = append(strconv.AppendInt(dst, int64(all.count(c.Sort)), 10), ',')
	}
	return dst
}
