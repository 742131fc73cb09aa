package wire

import (
	"strconv"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// Single is one record of a change. Record is the whole of it as JSON, nil of one that
// is gone.
type Single struct {
	Key, Sort string
	Record    []byte
}

// Singles are the records of a change.
type Singles struct{ Added, Updated, Removed []Single }

func (s *Singles) len() int { return len(s.Added) + len(s.Updated) + len(s.Removed) }

// OneByOne are the events by which older clients know a change, each of one record, and
// that which counts what there is now (all); or a single one, when the change is large.
func OneByOne(p *topic.Policy, s Singles, all Sorted, now time.Time) []*Message {
	names := p.Legacy.One
	if names == nil || s.len() == 0 {
		return nil
	}
	ms := now.UnixMilli()
	if s.len() > names.Most {
		data := append(begin(names.Refresh, 200), '{')
		data = appendNumbers(data, names.RefreshCounts, all)
		return []*Message{end(p, names.Refresh, append(appendCount(data, s.len(), ms), '}'), State)}
	}
	var out []*Message
	for _, one := range s.Removed {
		event := names.Of(one.Sort).Removed
		data := record.AppendKey(begin(event, 100), p.Key, one.Key)
		out = append(out, end(p, event, append(appendTime(data, ms), '}'), State))
	}
	whole := func(event string, one Single) {
		data := append(begin(event, len(one.Record)+50), one.Record[:len(one.Record)-1]...)
		out = append(out, end(p, event, append(appendTime(data, ms), '}'), State))
	}
	for _, one := range s.Added {
		whole(names.Of(one.Sort).New, one)
	}
	for _, one := range s.Updated {
		whole(names.Of(one.Sort).Updated, one)
	}
	if p.Sorts != nil && p.Sorts.Stats != nil {
		stats := p.Sorts.Stats
		data := append(begin(stats.Event, 200), '{')
		data = appendTime(appendCounts(data, stats, all, now), ms)
		out = append(out, end(p, stats.Event, append(data, '}'), State))
	}
	return out
}

// WithLists is an update that also says to older clients what it means to them: see
// [topic.Legacy]. One in parts, and one that would be more than limit bytes, stays as
// it is.
func WithLists(p *topic.Policy, update []*Message, s Singles, all Sorted, limit int) []*Message {
	size := 200
	for _, r := range all.Records {
		size += len(r) + 1
	}
	if len(update) != 1 || len(update[0].Data)+size > limit {
		return update
	}
	plain := update[0]
	data := append(begin(plain.Event, len(plain.Data)+size), plain.Data[:len(plain.Data)-1]...)
	changed := append(s.Added[:len(s.Added):len(s.Added)], s.Updated...)
	count := len(changed)
	switch {
	case len(changed) > 0:
		data = appendType(data, changed[0].Sort)
	case len(s.Removed) > 0:
		sort := s.Removed[0].Sort
		data = appendType(data, sort+"_expired")
		data = append(record.AppendString(append(data, ','), sort+"_ids"), ':')
		var ids []string
		for _, one := range s.Removed {
			if one.Sort == sort {
				ids = append(ids, one.Key)
			}
		}
		data, count = appendKeys(data, ids), len(ids)
	}
	data = append(data, `,"count":`...)
	data = strconv.AppendInt(data, int64(count), 10)
	return []*Message{end(p, plain.Event, append(appendLists(data, p, all), '}'), State)}
}

func appendType(dst []byte, name string) []byte {
	return record.AppendString(append(dst, `,"update_type":`...), name)
}

func appendTime(dst []byte, ms int64) []byte {
	return appendTimestamp(append(dst, `,"timestamp":`...), ms)
}
