// Package topic says what a stream is: its policy and a place in it.
package topic

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Kind says how a topic treats what a client has not yet seen.
type Kind int

const (
	// State topics conflate: only the newest value of a field counts.
	State Kind = iota
	// Event topics never conflate: each event is delivered once, in order.
	Event
)

// Position is a place in a topic: Seq counts the changes of one Epoch. The zero
// value is the place before anything.
type Position struct {
	Epoch string
	Seq   uint64
}

// Policy is all that makes one topic different from another. Policies are data:
// no code asks for a topic by name.
type Policy struct {
	// Name is what clients subscribe to.
	Name string
	// Prefix begins the names of the topic's events: "<prefix>:snapshot".
	Prefix string
	Kind   Kind
	// List is the key under which a snapshot carries the records.
	List string
	// Key is the name of the field that holds a record's key.
	Key string
	// Of is the topic whose records this one shows in another form; "" for its own.
	// Only are the fields that it keeps of them, nil for all; of a topic of events,
	// the names of the events that it tells.
	Of   string
	Only []string
	// Tells are the names of the events that are told in the topic; nil are those that
	// begin with its Prefix.
	Tells []string
	// Along is the topic that this one goes along with: whoever joins that one joins
	// this, and leaves it likewise. Clients do not name it, and it has no snapshot. ""
	// for a topic that stands for itself.
	Along string
	// Whole says that an update tells each record as a whole, under List, for clients
	// that merge nothing.
	Whole bool
	// Permission is what a session needs to see the topic; "" is none.
	Permission string
	// AutoJoin topics are joined when a client connects.
	AutoJoin bool
	// OptIn topics are not part of "all".
	OptIn bool
	// Bypass topics go out at once, ahead of what is waiting.
	Bypass bool

	// Rate is how often a second the topic emits, at most.
	Rate float64
	// TTL is how long a record lives after its newest message; 0 is until its own end,
	// or until its source no longer lists it.
	TTL time.Duration
	// Retention is how long what happened is remembered for clients that resume:
	// records that are gone, and events. RetainMost bounds their number,
	// RetainBytes (of events) what they take.
	Retention   time.Duration
	RetainMost  int
	RetainBytes int
	// About names the fields of an event that hold the keys of what it is about, for
	// filters that name keys; without any it is about its own key.
	About []string
	// Owned says that an event may have an owner, who alone sees it.
	Owned bool
	// Recent is how many events a snapshot of a topic of events has at most.
	Recent int
	// Lasting are fields that, once an event has told them (false and null tell nothing),
	// are in all that is told of its key from then on, for as long as that is remembered:
	// that somebody acknowledged it.
	Lasting []string
	// Series is made of what events of one name tell; nil for none.
	Series *Series
	// Urgent names a field of true and false: a change that makes it true goes out
	// at once, with all that waits.
	Urgent string
	// MaxRecords is how many records the topic holds; those of further keys are
	// refused. 0 is no bound.
	MaxRecords int
	// Noise are the fields that are told only along with a change of another, and
	// their new values of one record no more often than NoiseEvery; 0 is with every
	// change.
	Noise      []string
	NoiseEvery time.Duration
	// Together are groups of fields of which none changes without the others
	// being told again (a position is a pair).
	Together [][]string
	// Dated names fields that are as old as the time that another field holds, by
	// that one's name; all others are as old as the message. Of several sources the
	// newest value of a field counts.
	Dated map[string][]string
	// Prefer says whose dated fields count, of several sources; nil is the newest.
	Prefer *Preference
	// Receivers is the field that names the sources that hear a record, when there
	// are several; "" for none.
	Receivers string
	// Assumed are the values of fields, as JSON, that hold until a source tells
	// another: every record has these fields.
	Assumed map[string]string
	// Precision is the number of decimals to which a field is rounded before it
	// is stored and compared.
	Precision map[string]int
	// Sorts says how records of several sorts are shown; nil when all are of one.
	Sorts *Sorts
	// Legacy are the events derived from each change for clients that do not
	// follow positions; nil when there are none.
	Legacy *Legacy
}

// Source is the topic that the log has the records under.
func (p *Policy) Source() string {
	if p.Of != "" {
		return p.Of
	}
	return p.Name
}

// Preference ranks what sources say by how they know it.
type Preference struct {
	// Field holds how it is known, Order lists its values, best first; what is not
	// among them is worst.
	Field string
	Order []string
	// For is how long a better one holds against worse ones after it was last heard.
	For time.Duration
}

// Series is what events of one name have told, one after the other. The newest of
// them has it in a snapshot, and each for clients that take legacy events, which
// keep no series of their own; others get the points one by one. (What makes up for a
// loss has the points alone: the next event has the series again.)
type Series struct {
	// Event is the events' name, Point the field that holds an event's point.
	Event, Point string
	// List is the field under which the newest points are told, oldest first: so many
	// at Most.
	List string
	Most int
}

// Legacy names the events that older clients know a topic's changes by.
type Legacy struct {
	// New and Removed are event names; NewList and RemovedList are the keys
	// under which they carry records and keys.
	New, NewList         string
	Removed, RemovedList string
	// Lists says that an update carries, beside what changed, the whole lists of the
	// snapshot, for clients to whom it means just those; and what it is about:
	// update_type is the sort of a record that changed, or "<sort>_expired" when some
	// are gone and nothing else happened, with their keys in "<sort>_ids". Lists that
	// find no room there follow by themselves, as "<prefix>:<sort>".
	Lists bool
	// One has each record told by an event of its own; nil for not.
	One *OneByOne
}

// Config is the part of a policy that an operator may set.
type Config struct {
	// Rate is how often a second the topic emits, at most: above 0, up to 100.
	Rate float64 `koanf:"rate"`
	// TTL is how long a record lives after its newest message: 1s to 24h.
	TTL time.Duration `koanf:"ttl"`
	// Retention is how long a client may be away and resume where it was, without
	// a snapshot: 0s to 24h.
	Retention time.Duration `koanf:"retention"`
	// Precision is the number of decimals to which fields are rounded, by their
	// names: 0 to 15.
	Precision map[string]int `koanf:"precision"`
}

// Config gives the policy's own values, as defaults.
func (p Policy) Config() Config {
	return Config{Rate: p.Rate, TTL: p.TTL, Retention: p.Retention, Precision: maps.Clone(p.Precision)}
}

// With gives the policy with an operator's values.
func (p Policy) With(c Config) Policy {
	p.Rate, p.TTL, p.Retention, p.Precision = c.Rate, c.TTL, c.Retention, c.Precision
	return p
}

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	switch {
	case !(c.Rate > 0 && c.Rate <= 100):
		return fmt.Errorf("rate: %v is out of range: above 0 and up to 100 (Hz)", c.Rate)
	case c.TTL < time.Second || c.TTL > 24*time.Hour:
		return fmt.Errorf("ttl: %v is out of range: from 1s to 24h", c.TTL)
	case c.Retention < 0 || c.Retention > 24*time.Hour:
		return fmt.Errorf("retention: %v is out of range: from 0s to 24h", c.Retention)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Precision)) {
		if decimals := c.Precision[name]; decimals < 0 || decimals > 15 {
			return fmt.Errorf("precision.%s: %d is out of range: from 0 to 15 (decimals)", name, decimals)
		}
	}
	return nil
}
