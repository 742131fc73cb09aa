package streams

import (
	"encoding/binary"
	"fmt"

	"github.com/klauspost/compress/s2"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// How a change is written. Fields are sorted and their values are JSON text already,
// so the form is as small as the values and the same each time:
//
//	format      1 byte: plain, or packed (S2) from here on
//	observed    varint
//	names       uvarint n, n texts: the names of fields, in the order of their first use
//	added       uvarint n, n records
//	updated     uvarint n, n records
//	removed     uvarint n, n texts
//	event       1 byte: 0, or 1 and then texts name and owner, and a record
//
//	text        uvarint length, bytes
//	record      uvarint length of the key, uvarint n, n × (uvarint number of the name,
//	            uvarint length of the value), then the key and the values as one text
//
// A form of its own and not msgpack or JSON because of the reader: a record's strings
// are parts of one copy of its text. So a change of 10,000 records takes two
// allocations a record and not one a value, and no field that is long in use keeps a
// whole megabyte from being freed.
//
// Of 10,000 aircraft that all move, S2 makes 0.86 MB into 0.48 in 1.7 ms, zstd at its
// fastest into 0.29 in 4.9 (BenchmarkPack): about half the bytes for Redis, its
// replicas and every reader, for 2 % of a core at ten changes a second. klauspost's
// is the one S2 there is in Go.
const (
	formatPlain  = 1
	formatPacked = 2
)

// maxValue bounds a change and a snapshot, as they are written and before they are
// packed. Redis takes up to 512 MB by default (proto-max-bulk-len), but it does
// nothing else meanwhile; 10,000 aircraft with all fields are about 6 MB.
const maxValue = 64 << 20

// packFrom is the size from which a change is packed.
const packFrom = 256

// encode writes a change.
func encode(c *record.Change) (string, error) {
	e := encoder{names: map[string]uint64{}}
	body := e.change(c)
	if len(body) > maxValue {
		return "", fmt.Errorf("%w: %d records take %d bytes, of %d", feedlog.ErrTooLarge, c.Len(), len(body), maxValue)
	}
	if len(body) >= packFrom {
		out := make([]byte, 1+s2.MaxEncodedLen(len(body)))
		out[0] = formatPacked
		if packed := s2.Encode(out[1:], body); len(packed) < len(body) {
			return string(out[:1+len(packed)]), nil
		}
	}
	return string(append([]byte{formatPlain}, body...)), nil
}

type encoder struct {
	names map[string]uint64
	order []string
	next  uint64 // the number of the name that follows the last one, in most records
}

func (e *encoder) change(c *record.Change) []byte {
	// The names are known once all else is written.
	rest := make([]byte, 0, c.Size()+64)
	for _, list := range [][]record.Record{c.Added, c.Updated} {
		rest = binary.AppendUvarint(rest, uint64(len(list)))
		for i := range list {
			rest = e.record(rest, &list[i])
		}
	}
	rest = binary.AppendUvarint(rest, uint64(len(c.Removed)))
	for _, key := range c.Removed {
		rest = appendText(rest, key)
	}
	if c.Event == nil {
		rest = append(rest, 0)
	} else {
		rest = append(rest, 1)
		rest = appendText(rest, c.Event.Name)
		rest = appendText(rest, c.Event.Owner)
		rest = e.record(rest, &c.Event.Record)
	}
	out := make([]byte, 0, len(rest)+16*len(e.order)+16)
	out = binary.AppendVarint(out, c.Observed)
	out = binary.AppendUvarint(out, uint64(len(e.order)))
	for _, name := range e.order {
		out = appendText(out, name)
	}
	return append(out, rest...)
}

func (e *encoder) record(dst []byte, r *record.Record) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(r.Key)))
	dst = binary.AppendUvarint(dst, uint64(len(r.Fields)))
	e.next = 0
	for i := range r.Fields {
		dst = binary.AppendUvarint(dst, e.name(r.Fields[i].Name))
		dst = binary.AppendUvarint(dst, uint64(len(r.Fields[i].Raw)))
	}
	dst = append(dst, r.Key...)
	for i := range r.Fields {
		dst = append(dst, r.Fields[i].Raw...)
	}
	return dst
}

func (e *encoder) name(name string) uint64 {
	if e.next < uint64(len(e.order)) && e.order[e.next] == name {
		e.next++
		return e.next - 1
	}
	n, ok := e.names[name]
	if !ok {
		n = uint64(len(e.order))
		e.names[name] = n
		e.order = append(e.order, name)
	}
	e.next = n + 1
	return n
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}
