package stats

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when every script begins.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// world is one of a script.
type world struct {
	planes   map[string]record.Fields
	sources  []Source
	receiver *geo.Point
	safety   []*feedlog.Entry
	acars    []*feedlog.Entry
	load     *float64
	mem      *float64
	follows  bool // another process leads
}

var _ World = (*world)(nil)

func (w *world) Each(do func(key string, fields record.Fields, observed int64)) {
	for key, fields := range w.planes {
		do(key, fields, noon.UnixMilli())
	}
}
func (w *world) Leads() bool              { return !w.follows }
func (w *world) Sources() []Source        { return w.sources }
func (w *world) Receiver() *geo.Point     { return w.receiver }
func (w *world) Safety() []*feedlog.Entry { return w.safety }
func (w *world) ACARS() []*feedlog.Entry  { return w.acars }
func (w *world) Machine() (load, mem *float64) {
	return w.load, w.mem
}

// plane sets an aircraft: plane("A1", `lat=50 lon=8 flight="KLM23"`).
func (w *world) plane(key, text string) {
	if w.planes == nil {
		w.planes = map[string]record.Fields{}
	}
	w.planes[key] = fieldsOf(text)
}

func fieldsOf(text string) (fields record.Fields) {
	for _, pair := range strings.Fields(text) {
		name, raw, _ := strings.Cut(pair, "=")
		fields.Set(name, raw)
	}
	return fields
}

// heardAt is the field seen_pos of a position that was heard then.
func heardAt(at time.Time) string { return " seen_pos=" + record.Time(at.UnixMilli()) }

// happened is an entry of a topic of events.
func happened(at time.Time, name, key, fields string) *feedlog.Entry {
	return &feedlog.Entry{Time: at.UnixMilli(), Change: &record.Change{Event: &record.Event{
		Name: name, Record: record.Record{Key: key, Fields: fieldsOf(fields)},
	}}}
}

func source(name string, state feed.State, records, messages uint64) Source {
	return Source{Name: name, Kind: "readsb", Aircraft: true, Status: feed.Status{State: state, Records: records, Messages: messages}}
}

// texts are events as clients get them, but for their place.
func texts(events []record.Event) (out []string) {
	for i := range events {
		out = append(out, events[i].Name+" "+string(events[i].AppendJSON(nil, "id", 0)))
	}
	return out
}

// figures are the stats of the update of a kind; nil when there is none.
func figures(t *testing.T, told Told, kind string) map[string]any {
	t.Helper()
	for _, e := range told.Stats {
		if e.Name != updateEvent || e.Key != kind {
			continue
		}
		if e.Fields.Get("stat_type") != record.String(kind) {
			t.Errorf("%s is a %s", kind, e.Fields.Get("stat_type"))
		}
		var stats map[string]any
		if err := json.Unmarshal([]byte(e.Fields.Get("stats")), &stats); err != nil {
			t.Fatalf("%s: %v: %s", kind, err, e.Fields.Get("stats"))
		}
		return stats
	}
	return nil
}

// kindsOf names the kinds of which an update is told.
func kindsOf(told Told) (names []string) {
	for _, e := range told.Stats {
		if e.Name == updateEvent {
			names = append(names, e.Key)
		}
	}
	return names
}

// at finds a number, or a text, in figures: at(t, f, "altitude.low").
func at(t *testing.T, f map[string]any, path string) any {
	t.Helper()
	var v any = f
	for name := range strings.SplitSeq(path, ".") {
		switch of := v.(type) {
		case map[string]any:
			v = of[name]
		case []any:
			i := int(name[0] - '0')
			if i >= len(of) {
				t.Fatalf("%s: there are %d", path, len(of))
			}
			v = of[i]
		default:
			t.Fatalf("there is no %s", path)
		}
	}
	return v
}
