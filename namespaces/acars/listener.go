package acars

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// everything is what clients name the messages of all aircraft.
const everything = "all"

// The bounds of what a client may name.
const (
	maxAircraft = 1000 // what a filter may name
	maxNames    = 2 * maxAircraft
)

// listener is what a session listens to. It is owned by the goroutine that handles
// the session's events.
type listener struct {
	automatic bool // it has asked for nothing yet, and so gets all
	all       bool
	aircraft  []string // in upper case, sorted
	// answer gives what to tell instead of the hub's answer, while one is expected.
	answer func(m *wire.Message) *wire.Message
}

func stateOf(s *gateway.Session) *listener { return s.State.(*listener) }

// topics are what the session listens to, in the client's words.
func (l *listener) topics() []string {
	topics := []string{}
	if l.all {
		topics = append(topics, everything)
	}
	return append(topics, l.aircraft...)
}

// add adds to what the session listens to. The first to be named take the place of
// what was joined by itself.
func (l *listener) add(all bool, aircraft []string) error {
	aircraft = slices.Concat(l.aircraft, aircraft)
	slices.Sort(aircraft)
	aircraft = slices.Compact(aircraft)
	if len(aircraft) > maxAircraft {
		return wrong("subscribe", "%d aircraft are too many: up to %d; \"all\" has every one", len(aircraft), maxAircraft)
	}
	if l.automatic && (all || len(aircraft) > 0) {
		l.automatic, l.all = false, false
	}
	l.all, l.aircraft = l.all || all, aircraft
	return nil
}

// drop takes from what the session listens to, and gives what it did.
func (l *listener) drop(all bool, aircraft []string) (left []string) {
	left = []string{}
	if all && l.all {
		left = append(left, everything)
		l.all, l.automatic = false, false
	}
	l.aircraft = slices.DeleteFunc(l.aircraft, func(name string) bool {
		if !slices.Contains(aircraft, name) {
			return false
		}
		left = append(left, name)
		return true
	})
	return left
}

// filter lets through the messages of the aircraft that the session listens to; nil
// is for one that listens to all, or to nothing.
func (l *listener) filter() (*view.Filter, error) {
	if l.all || len(l.aircraft) == 0 {
		return nil, nil
	}
	raw, err := json.Marshal(map[string][]string{"icao": l.aircraft})
	if err != nil {
		return nil, err
	}
	return view.ParseFilter(raw)
}

// names are a name or a list of them.
type names gateway.Names

// UnmarshalJSON implements json.Unmarshaler.
func (l *names) UnmarshalJSON(raw []byte) error {
	if (*gateway.Names)(l).UnmarshalJSON(raw) != nil {
		return errors.New("'topics' is \"all\", an aircraft's address or a list of those")
	}
	return nil
}

// read checks the names and puts the aircraft into their one form.
func (l names) read(event string) (all bool, aircraft []string, err error) {
	switch {
	case l == nil:
		return false, nil, wrong(event, "expected an object with 'topics': \"all\", an aircraft's address or a list of those")
	case len(l) > maxNames:
		return false, nil, wrong(event, "'topics' has %d names; %d are allowed", len(l), maxNames)
	}
	for _, name := range l {
		address := strings.ToUpper(strings.TrimSpace(name))
		switch {
		case strings.EqualFold(address, everything):
			all = true
		case len(address) != 6 || strings.Trim(address, "0123456789ABCDEF") != "":
			return false, nil, wrong(event, "%.20q in 'topics' is neither \"all\" nor an aircraft's address, six hex digits", name)
		default:
			aircraft = append(aircraft, address)
		}
	}
	return all, aircraft, nil
}

func wrong(event, format string, args ...any) error {
	return gateway.Errorf(gateway.CodeInvalidPayload, "Invalid %s payload: %s", event, fmt.Sprintf(format, args...))
}
