package streams

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"
	"unique"

	"github.com/klauspost/compress/s2"

	"github.com/skygate-io/skygate/pkg/record"
)

// decode reads what encode has written. Nothing is taken on trust: lengths are
// checked before anything is made of them, and values are what records may hold.
func decode(data string) (*record.Change, error) {
	if data == "" {
		return nil, fmt.Errorf("%w: it is empty", errDamaged)
	}
	body := data[1:]
	switch data[0] {
	case formatPlain:
	case formatPacked:
		n, err := s2.DecodedLen([]byte(body[:min(len(body), binary.MaxVarintLen64)]))
		if err != nil || n > maxValue {
			return nil, fmt.Errorf("%w: it says that it is %d bytes, of %d at most: %w", errDamaged, n, maxValue, err)
		}
		plain, err := s2.Decode(nil, []byte(body))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
		body = string(plain)
	default:
		return nil, fmt.Errorf("%w: format %d is not known: it may be of a newer version", errDamaged, data[0])
	}
	d := decoder{rest: body}
	c := d.change()
	if d.err == nil && d.rest != "" {
		d.fail("%d bytes are left", len(d.rest))
	}
	if d.err != nil {
		return nil, d.err
	}
	return c, nil
}

// decoder reads from rest. After the first error it reads nothing but zeros.
type decoder struct {
	rest  string
	names []string
	err   error
}

func (d *decoder) change() *record.Change {
	c := &record.Change{Observed: d.varint()}
	for range d.count(1) {
		name := d.text()
		if name == "" || !utf8.ValidString(name) {
			d.fail("%q is no name of a field", name)
		}
		d.names = append(d.names, unique.Make(name).Value())
	}
	c.Added = d.records(false)
	c.Updated = d.records(true)
	if n := d.count(1); n > 0 {
		c.Removed = make([]string, 0, n)
		for range n {
			c.Removed = append(c.Removed, d.key(strings.Clone(d.text())))
		}
	}
	switch d.byte() {
	case 0:
	case 1:
		e := &record.Event{Name: strings.Clone(d.text()), Owner: strings.Clone(d.text())}
		if e.Name == "" || !utf8.ValidString(e.Name) || !utf8.ValidString(e.Owner) {
			d.fail("%q of %q is no event", e.Name, e.Owner)
		}
		e.Record = d.record(false)
		c.Event = e
	default:
		d.fail("an event is there or not")
	}
	if d.err != nil {
		return nil
	}
	if c.Event != nil && len(c.Added)+len(c.Updated)+len(c.Removed) > 0 {
		d.fail("an event stands beside records")
	}
	return c
}

func (d *decoder) records(partial bool) []record.Record {
	n := d.count(2)
	if n == 0 {
		return nil
	}
	out := make([]record.Record, 0, n)
	for range n {
		if out = append(out, d.record(partial)); d.err != nil {
			return nil
		}
	}
	return out
}

// record reads one; in one that is partial a field may have vanished.
func (d *decoder) record(partial bool) record.Record {
	keyLength := d.uvarint()
	n := d.count(2)
	head := d.rest
	total := keyLength
	for range n {
		d.uvarint()
		if size := d.uvarint(); size <= maxValue {
			total += size
		} else {
			d.fail("a value of %d bytes", size)
		}
	}
	if d.err != nil || keyLength > maxValue || total > uint64(len(d.rest)) {
		d.fail("a record of %d bytes, where %d are left", total, len(d.rest))
		return record.Record{}
	}
	text := strings.Clone(d.rest[:total])
	d.rest = d.rest[total:]

	lengths := decoder{rest: head}
	r := record.Record{Key: d.key(text[:keyLength])}
	text = text[keyLength:]
	if n > 0 {
		r.Fields = make(record.Fields, n)
	}
	before := ""
	for i := range r.Fields {
		number, size := lengths.uvarint(), lengths.uvarint()
		if number >= uint64(len(d.names)) {
			d.fail("a field has name %d, of %d", number, len(d.names))
			return r
		}
		name, raw := d.names[number], text[:size]
		text = text[size:]
		if name <= before {
			d.fail("field %q stands behind %q", name, before)
		}
		if (raw != "" || !partial) && !validValue(raw) {
			d.fail("field %q of %q has a value that is none", name, r.Key)
		}
		r.Fields[i] = record.Field{Name: name, Raw: raw}
		before = name
	}
	return r
}

// key checks a record's key. (That of an event may be empty.)
func (d *decoder) key(key string) string {
	if !utf8.ValidString(key) {
		d.fail("%q is no key", key)
	}
	return key
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: "+format, append([]any{errDamaged}, args...)...)
	}
	d.rest = ""
}

func (d *decoder) uvarint() uint64 {
	v, n := uvarint(d.rest)
	if n <= 0 {
		d.fail("a number is missing")
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) varint() int64 {
	v := d.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// count reads how many of something follow, each of which takes so many bytes at
// least.
func (d *decoder) count(least int) int {
	n := d.uvarint()
	if n > uint64(len(d.rest)/least) {
		d.fail("%d of something, where %d bytes are left", n, len(d.rest))
		return 0
	}
	return int(n)
}

func (d *decoder) text() string {
	n := d.count(1)
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

func (d *decoder) byte() byte {
	if d.rest == "" {
		d.fail("it ends too early")
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

// uvarint is binary.Uvarint for a text.
func uvarint(s string) (v uint64, n int) {
	for i := 0; i < len(s) && i < binary.MaxVarintLen64; i++ {
		b := s[i]
		if b < 0x80 {
			if i == binary.MaxVarintLen64-1 && b > 1 {
				return 0, 0
			}
			return v | uint64(b)<<(7*i), i + 1
		}
		v |= uint64(b&0x7f) << (7 * i)
	}
	return 0, 0
}
