//go:build linux

package swarm

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/skygate-io/skygate/test/bench/histogram"
)

// Account is what became of a stream in a window, over all clients. Streams go by
// what the names of their events begin with: "aircraft".
type Account struct {
	Received  int                  `json:"received"`  // updates, or events; each once per client
	Bytes     int                  `json:"bytes"`     // of them
	Snapshots int                  `json:"snapshots"` // and parts of them
	Holes     int                  `json:"holes"`     // did not continue what the client had: something is missing
	Stale     int                  `json:"stale"`     // told what the client had already
	Fewest    int                  `json:"fewest"`    // received by one client, of those that follow the stream
	Most      int                  `json:"most"`
	Clients   int                  `json:"clients"` // that follow it
	Latency   *histogram.Histogram `json:"latency"` // from the stamp in the message to the read
}

// Following is what became of all streams.
type Following struct {
	Streams map[string]*Account `json:"streams"`
	Slowed  int                 `json:"slowed"` // times that a client was told to be too slow
	Closed  int                 `json:"closed"` // clients that lost their connection, since the start
	Redials int                 `json:"redials"`
}

// streams are those that were met, and the accounts of the window. Guarded by
// the swarm's mu.
type streams struct {
	since    time.Duration // stamps before it are not of the window
	numbers  map[string]int
	accounts []*Account
	epochs   map[string]int
	slowed   int
}

// place is where a client is in a stream.
type place struct {
	epoch int // 0: nowhere
	seq   uint64
	got   int // in this window
}

func (s *streams) begin(now time.Duration) {
	if s.numbers == nil {
		s.numbers, s.epochs = map[string]int{}, map[string]int{}
	}
	s.since, s.slowed = now, 0
	for _, a := range s.accounts {
		*a = Account{Latency: &histogram.Histogram{}}
	}
}

func (s *streams) number(name []byte) int {
	n, ok := s.numbers[string(name)]
	if !ok {
		n = len(s.accounts)
		s.numbers[string(name)] = n
		s.accounts = append(s.accounts, &Account{Latency: &histogram.Histogram{}})
	}
	return n
}

func (s *streams) epoch(name []byte) int {
	n, ok := s.epochs[string(name)]
	if !ok {
		n = len(s.epochs) + 1
		s.epochs[string(name)] = n
	}
	return n
}

// followLocked takes an event: of a stream that the client follows, or of none.
func (s *Swarm) followLocked(c *client, payload []byte, now time.Duration) {
	t, ok := cutTold(payload)
	switch {
	case !ok:
		return
	case t.kind == toldError:
		s.err = errors.Join(s.err, fmt.Errorf("a client is told %.300s", payload))
		return
	case t.kind == toldSlower:
		s.streams.slowed++
		return
	}
	i := s.streams.number(t.stream)
	for len(c.places) <= i {
		c.places = append(c.places, place{})
	}
	a, p := s.streams.accounts[i], &c.places[i]
	if t.kind == toldSnapshot || t.part {
		a.Snapshots++
		*p = place{got: p.got}
		if t.placed { // the last part
			p.epoch, p.seq = s.streams.epoch(t.epoch), t.seq
			s.joinedLocked(c)
		}
		return
	}
	a.Received++
	a.Bytes += len(payload)
	p.got++
	switch epoch := s.streams.epoch(t.epoch); {
	case epoch == p.epoch && t.base == p.seq:
		p.seq = t.seq
	case epoch == p.epoch && t.seq <= p.seq:
		a.Stale++
	default: // a client would ask for a snapshot; this one goes on from here
		a.Holes++
		p.epoch, p.seq = epoch, t.seq
	}
	if at, ok := stampOf(payload); ok && at >= s.streams.since {
		a.Latency.Record(now - at)
	}
}

// quiet is how long nothing comes before a stream has been told: longer than a
// window of the server's.
const quiet = 400 * time.Millisecond

// Settle waits until nothing comes any more, and gives the account of the streams.
// An error says that a client saw the protocol broken, or was told of an error.
func (s *Swarm) Settle() (Following, error) {
	received, since := -1, time.Now()
	for {
		now, f, err := s.following()
		switch {
		case err != nil:
			return f, err
		case now != received:
			received, since = now, time.Now()
		case time.Since(since) > quiet:
			return f, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (s *Swarm) following() (received int, f Following, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f = Following{Streams: map[string]*Account{}, Slowed: s.streams.slowed, Redials: s.redials}
	for name, i := range s.streams.numbers {
		a := *s.streams.accounts[i]
		a.Latency = &histogram.Histogram{}
		a.Latency.Merge(s.streams.accounts[i].Latency)
		received += a.Received + a.Snapshots
		for _, c := range s.clients {
			if i < len(c.places) && c.places[i].epoch > 0 {
				got := c.places[i].got
				if a.Clients++; a.Clients == 1 || got < a.Fewest {
					a.Fewest = got
				}
				a.Most = max(a.Most, got)
			}
		}
		f.Streams[name] = &a
	}
	for _, c := range s.clients {
		if c.closed {
			f.Closed++
		}
	}
	return received, f, s.err
}

// told is what is looked at of a stream's event.
type told struct {
	kind      int
	stream    []byte // the part of the event's name before the colon
	placed    bool   // it has a position
	epoch     []byte
	base, seq uint64
	part      bool
}

const (
	toldChange   = iota // an update, or an event
	toldSnapshot        // the whole view
	toldSlower          // the client's pace changes
	toldError
)

var (
	eventStart = []byte(`42["`)
	nameEnd    = []byte(`",{`)
	deltaStart = []byte(`"type":"delta",`)
	partMark   = []byte(`,"part":`)
)

// tail is how many bytes of a message are looked at for its part.
const tail = 48

// cutTold reads the head of a Socket.IO event of the namespace "/", without
// decoding what it tells; ok is false for what belongs to no stream.
func cutTold(payload []byte) (t told, ok bool) {
	rest, isEvent := bytes.CutPrefix(payload, eventStart)
	name, rest, found := bytes.Cut(rest, nameEnd)
	if !isEvent || !found {
		return t, false
	}
	stream, what, found := bytes.Cut(name, []byte{':'})
	switch {
	case string(name) == "error":
		return told{kind: toldError}, true
	case !found:
		return t, false
	case string(name) == "stream:pace":
		return told{kind: toldSlower}, true
	case string(what) == "snapshot":
		t.kind = toldSnapshot
	}
	t.stream = stream
	t.part = bytes.Contains(payload[max(0, len(payload)-tail):], partMark)
	rest = bytes.TrimPrefix(rest, deltaStart)
	rest, t.placed = bytes.CutPrefix(rest, []byte(`"epoch":"`))
	if t.placed {
		t.epoch, rest, _ = bytes.Cut(rest, []byte(`",`))
		rest = cutNumber(rest, `"base":`, &t.base)
		cutNumber(rest, `"seq":`, &t.seq)
	}
	return t, t.placed || t.part
}

// cutNumber cuts a number and its name off, and a comma, when they are there.
func cutNumber(text []byte, name string, to *uint64) (rest []byte) {
	rest, found := bytes.CutPrefix(text, []byte(name))
	if !found {
		return text
	}
	for len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' {
		*to = *to*10 + uint64(rest[0]-'0')
		rest = rest[1:]
	}
	return bytes.TrimPrefix(rest, []byte{','})
}

// Where a stamp is: in a field of its own, or in the callsign of what a receiver sent.
var (
	stampMark    = []byte(`"t":"`)
	callsignMark = []byte(`"callsign":"`)
)

// Stamp gives the moment of an update as a field's value (JSON); the field is "t".
func Stamp(sent time.Duration) string {
	return fmt.Sprintf(`"%0*d"`, timeLen, int64(sent))
}

// stampOf finds the first stamp in a payload.
func stampOf(payload []byte) (sent time.Duration, ok bool) {
	if sent, ok = stampAfter(payload, stampMark); ok {
		return sent, ok
	}
	return stampAfter(payload, callsignMark)
}

func stampAfter(payload, mark []byte) (sent time.Duration, ok bool) {
	i := bytes.Index(payload, mark)
	if i < 0 || len(payload)-i-len(mark) < timeLen {
		return 0, false
	}
	i += len(mark)
	t, ok := digits(payload[i : i+timeLen])
	return time.Duration(t), ok
}
