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
// [topic.Legacy]. When that is more than limit bytes, and after an update in parts, each
// list follows by itself, as "<prefix>:<sort>", if it is not more than that.
func WithLists(p *topic.Policy, update []*Message, s Singles, all Sorted, limit int, now time.Time) []*Message {
	size := frameRoom
	for _, r := range all.Records {
		size += len(r) + 1
	}
	if len(update) != 1 || len(update[0].Data)+size > limit {
		return append(update[:len(update):len(update)], listsAlone(p, all, limit, now)...)
	}
	plain := update[0]
	data := append(begin(plain.Event, len(plain.Data)+size), plain.Data[:len(plain.Data)-1]...)
	data = appendMeaning(data, s)
	return []*Message{end(p, plain.Event, append(appendLists(data, p, all), '}'), State)}
}

// appendMeaning appends the type of an update, the keys that it is about if they are
// gone, and their number.
func appendMeaning(dst []byte, s Singles) []byte {
	changed := append(s.Added[:len(s.Added):len(s.Added)], s.Updated...)
	count := len(changed)
	switch {
	case len(changed) > 0:
		dst = appendType(dst, changed[0].Sort)
	case len(s.Removed) > 0:
		sort := s.Removed[0].Sort
		var ids []string
		for _, one := range s.Removed {
			if one.Sort == sort {
				ids = append(ids, one.Key)
			}
		}
		count = len(ids)
		dst = append(record.AppendString(append(appendType(dst, sort+"_expired"), ','), sort+"_ids"), ':')
		dst = appendKeys(dst, ids)
	}
	return strconv.AppendInt(append(dst, `,"count":`...), int64(count), 10)
}

// listsAlone are the lists that are not more than limit bytes, each in a message.
func listsAlone(p *topic.Policy, all Sorted, limit int, now time.Time) (out []*Message) {
	for _, list := range p.Sorts.Lists {
		records, size := all.of(list), frameRoom
		for _, r := range records {
			size += len(r) + 1
		}
		if list.Sort == "" || size > limit {
			continue
		}
		event := p.Prefix + ":" + list.Sort
		data := append(appendCount(append(begin(event, size), '{'), len(records), now.UnixMilli()), ',')
		data = appendObjects(append(record.AppendString(data, list.Name), ':'), records)
		out = append(out, end(p, event, append(data, '}'), State))
	}
	return out
}

func appendType(dst []byte, name string) []byte {
	return record.AppendString(append(dst, `,"update_type":`...), name)
}

func appendTime(dst []byte, ms int64) []byte {
	return appendTimestamp(append(dst, `,"timestamp":`...), ms)
}
