package main

import (
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/rules"
	"github.com/skygate-io/skygate/pkg/safety"
	"github.com/skygate-io/skygate/pkg/stats"
)

// The monitors of the aircraft, each of which watches while it is told to.
const (
	safetyName = "safety"
	rulesName  = "rules"
	statsName  = "stats"
)

// manyRules is how many rules there are, and tickEvery how often there is a tick of
// figures: ten times as often as by itself, so that a window has some.
const (
	manyRules = 1000
	tickEvery = time.Second
)

// switched is a watcher that watches while it is on.
type switched struct {
	feed.Watcher
	on atomic.Bool
}

func (s *switched) Changed(key string, fields record.Fields, observed, now int64) {
	if s.on.Load() {
		s.Watcher.Changed(key, fields, observed, now)
	}
}

func (s *switched) Gone(key string, now int64) {
	if s.on.Load() {
		s.Watcher.Gone(key, now)
	}
}

// addMonitors makes the monitors of a feed, none of which watches yet.
func (b *board) addMonitors(aircraft *feed.Feed, logger zerolog.Logger) error {
	watching := rules.New(nil)
	for i := range manyRules {
		rule, err := rules.Parse(aRule(i))
		if err != nil {
			return err
		}
		watching.Set(rule)
	}
	b.monitors = map[string]*switched{}
	for name, of := range map[string]struct {
		monitor feed.Monitor
		topic   string
	}{
		safetyName: {safety.Watch(safety.DefaultConfig()), root.Safety().Name},
		rulesName:  {watching, "rules"},
	} {
		to := b.publisher(of.topic, logger)
		lookout := feed.NewLookout(of.monitor, to, logger)
		b.monitors[name] = &switched{Watcher: lookout}
		aircraft.Watch(b.monitors[name])
		go func() { _ = lookout.Run(b.ctx) }() // ends with the process
	}
	b.monitors[statsName] = &switched{}
	cfg := stats.DefaultConfig()
	cfg.Tick = tickEvery
	to := stats.Publishers{Stats: b.publisher(root.Stats().Name, logger), Beside: b.publisher("notices", logger), ACARS: b.publisher("figures", logger)}
	watch := stats.NewWatch(stats.New(cfg, world{aircraft, &b.monitors[statsName].on}), to, logger)
	go func() { _ = watch.Run(b.ctx) }()
	return nil
}

func (b *board) publisher(topic string, logger zerolog.Logger) *feed.Publisher {
	p := feed.NewPublisher(topic, b.log, feed.Remember{}, logger)
	go func() { _ = p.Run(b.ctx) }() // ends with the process
	return p
}

// watch has those monitors watch that are named, and no others.
func (b *board) watch(names []string) error {
	for _, name := range names {
		if b.monitors[name] == nil {
			return fmt.Errorf("no monitor is called %q", name)
		}
	}
	for name, m := range b.monitors {
		m.on.Store(slices.Contains(names, name))
	}
	return nil
}

// world is what the figures are of: nothing while they are not wanted.
type world struct {
	aircraft *feed.Feed
	wanted   *atomic.Bool
}

var _ stats.World = world{}

func (w world) Each(do func(key string, fields record.Fields, observed int64)) {
	if w.wanted.Load() {
		w.aircraft.Each(do)
	}
}

func (world) Leads() bool                   { return true }
func (world) Sources() []stats.Source       { return nil }
func (world) Receiver() *geo.Point          { return &geo.Point{Lat: 30, Lon: 0} }
func (world) Safety() []*feedlog.Entry      { return nil }
func (world) ACARS() []*feedlog.Entry       { return nil }
func (world) Machine() (load, mem *float64) { return stats.Machine("/proc") }

// aRule is one of rules of all kinds, as users write them: of ten two watch an
// aircraft, two an airline, one a squawk, and five are asked for every aircraft, two of
// them fences.
func aRule(i int) []byte {
	lat, lon := 25+float64(i%50)/4, -10+float64(i%70)/4
	condition := [...]string{
		fmt.Sprintf(`{"type":"icao","operator":"eq","value":"%06X"}`, i*7),
		fmt.Sprintf(`{"type":"icao","operator":"eq","value":"%06X"},{"type":"altitude_below","value":3000}`, i),
		fmt.Sprintf(`{"type":"callsign","operator":"startswith","value":"Q%02d"}`, i%100),
		fmt.Sprintf(`{"type":"callsign","operator":"eq","value":"SWR%d"},{"type":"speed_above","value":900}`, i),
		`{"type":"squawk","operator":"eq","value":"7500"}`,
		`{"type":"military","operator":"eq","value":true},{"type":"distance_within","value":20}`,
		`{"type":"altitude_below","value":2000},{"type":"speed_above","value":900}`,
		`{"type":"registration","operator":"startswith","value":"N"},{"type":"type","operator":"contains","value":"38"}`,
		fmt.Sprintf(`{"type":"geofence","operator":"entering","value":{"lat":%v,"lon":%v,"radius_nm":10}}`, lat, lon),
		fmt.Sprintf(`{"type":"geofence","operator":"inside","value":{"type":"polygon","points":[{"lat":%v,"lon":%v},{"lat":%v,"lon":%v},{"lat":%v,"lon":%v}]}},`+
			`{"type":"helicopter","operator":"eq","value":true}`, lat, lon, lat, lon+0.5, lat+0.5, lon),
	}[i%10]
	return fmt.Appendf(nil, `{"id":"%d","name":"R","conditions":{"conditions":[%s]}}`, i+1, condition)
}
