package demo

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

var start = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// sighting is one report of an aircraft, read back from its fields.
type sighting struct {
	at             int64 // of the position, unix milliseconds
	pos            geo.Point
	gs, track      float64
	alt, rate      float64 // in the air
	ground         bool
	squawk, status string
}

// watcher sees what a simulation reports, and fails the test where it could not
// have been an aircraft. It sees so many reports that t.Helper would take more
// time than all else.
type watcher struct {
	t      *testing.T
	config Config
	sim    *Sim
	now    time.Time
	steps  int

	last       map[string]sighting
	categories map[string]int
	landings   int
	takeoffs   int
	silences   int // of more than 3 s
	alarms     []string
	alarmed    map[string]alarmed
	fewest     int
	most       int
}

// alarmed is an emergency under way, and the squawk before it.
type alarmed struct {
	before string
	since  int64
}

func watch(t *testing.T, c Config) *watcher {
	t.Helper()
	sim, err := NewSim(c)
	if err != nil {
		t.Fatal(err)
	}
	return &watcher{t: t, config: c, sim: sim, now: start, fewest: math.MaxInt,
		last: map[string]sighting{}, categories: map[string]int{}, alarmed: map[string]alarmed{}}
}

// forDuration lets the simulation run for so long.
func (w *watcher) forDuration(d time.Duration) {
	for range int(d / w.config.Interval) {
		w.step()
	}
	if n := w.sim.Refused(); n != 0 {
		w.t.Errorf("%d records were refused", n)
	}
}

func (w *watcher) step() {
	seen := map[string]bool{}
	for _, u := range w.sim.Step(w.now) {
		if seen[u.Key] {
			w.t.Fatalf("%s twice in one step", u.Key)
		}
		seen[u.Key] = true
		w.see(u)
		if w.steps%40 == 0 {
			w.inspect(u)
		}
	}
	w.count()
	w.steps++
	w.now = w.now.Add(w.config.Interval)
}

// count notes how many are about: those heard within the longest drop-out.
func (w *watcher) count() {
	n := 0
	for _, s := range w.last {
		if w.now.UnixMilli()-s.at < 15000 {
			n++
		}
	}
	if w.steps > 0 {
		w.fewest, w.most = min(w.fewest, n), max(w.most, n)
	}
}

func (w *watcher) see(u record.Update) {
	s := w.read(u)
	w.categories[text1(u.Fields.Get("category"))]++
	if u.Key[0] == '~' {
		w.categories["~"]++
	}
	if p, known := w.last[u.Key]; known && s.at-p.at < 115_000 { // later it may be another aircraft
		dt := float64(s.at-p.at) / 1000
		if dt < 0 {
			w.t.Fatalf("%s: its position is %v s older than the one before", u.Key, -dt)
		}
		if dt > 3 {
			w.silences++
		}
		if dt > 60 {
			w.t.Fatalf("%s: silent for %v s, then back", u.Key, dt)
		}
		w.moved(u.Key, p, s, dt)
		w.listen(u.Key, p, s)
	}
	w.last[u.Key] = s
}

// read takes a report apart.
func (w *watcher) read(u record.Update) sighting {
	number := func(name string) float64 {
		v, err := strconv.ParseFloat(u.Fields.Get(name), 64)
		if err != nil {
			w.t.Fatalf("%s: %s is %q", u.Key, name, u.Fields.Get(name))
		}
		return v
	}
	at, ok := record.ParseTime(u.Fields.Get("seen_pos"))
	now := w.now.UnixMilli()
	if !ok || at > u.Observed || u.Observed > now || now-at > 1000 {
		w.t.Fatalf("%s: at %d: seen_pos %q, observed %d", u.Key, now, u.Fields.Get("seen_pos"), u.Observed)
	}
	s := sighting{
		at: at, pos: geo.Point{Lat: number("lat"), Lon: number("lon")}, gs: number("gs"), track: number("track"),
		squawk: text1(u.Fields.Get("squawk")), status: text1(u.Fields.Get("emergency_status")),
	}
	if s.ground = u.Fields.Get("alt_baro") == aircraft.Ground; !s.ground {
		s.alt, s.rate = number("alt_baro"), number("baro_rate")
		if math.Mod(s.alt, 25) != 0 || s.alt < 0 || s.alt > 43000 {
			w.t.Fatalf("%s: alt_baro %v", u.Key, s.alt)
		}
	}
	if most := fastest[text1(u.Fields.Get("category"))]; s.gs < 0 || s.gs > most {
		w.t.Fatalf("%s: %v kt", u.Key, s.gs)
	}
	if rssi := number("rssi"); rssi >= 0 || rssi < -49 {
		w.t.Fatalf("%s: rssi %v", u.Key, rssi)
	}
	return s
}

// fastest is the highest speed of each category in kt.
var fastest = map[string]float64{"A1": 160, "A2": 300, "A3": 480, "A4": 480, "A5": 510, "A6": 450, "A7": 140, "B1": 70, "C2": 25, "": 160}

// moved compares two reports of one aircraft that are dt seconds apart.
func (w *watcher) moved(key string, p, s sighting, dt float64) {
	distance := geo.DistanceNM(p.pos, s.pos)
	most, least := math.Max(p.gs, s.gs)*dt/3600, math.Min(p.gs, s.gs)*dt/3600
	if distance > most*1.02+0.002 || (distance < least*0.9-0.002 && dt < 4) {
		w.t.Fatalf("%s: %.4f NM in %.3f s at %v to %v kt", key, distance, dt, p.gs, s.gs)
	}
	if math.Abs(s.pos.Lat) < 80 && math.Abs(angle(p.track, s.track)) > steepestTurn*dt+0.35 {
		w.t.Fatalf("%s: track from %v to %v in %.3f s", key, p.track, s.track, dt)
	}
	switch {
	case p.ground && !s.ground:
		w.takeoffs++
	case !p.ground && s.ground:
		w.landings++
	case !s.ground:
		climbed := (p.rate + s.rate) / 2 * dt / 60
		if math.Abs(s.alt-p.alt-climbed) > 30+dt/60*(40+rateChange/2*dt) {
			w.t.Fatalf("%s: from %v to %v ft in %.3f s at %v to %v ft/min", key, p.alt, s.alt, dt, p.rate, s.rate)
		}
	}
}

var emergencyWords = map[string]string{"7700": "general", "7600": "nordo", "7500": "unlawful"}

// listen follows the squawk of an aircraft.
func (w *watcher) listen(key string, p, s sighting) {
	if word, is := emergencyWords[s.squawk]; s.squawk != "" && (is && s.status != word || !is && s.status != "none") {
		w.t.Fatalf("%s: squawk %q, emergency %q", key, s.squawk, s.status)
	}
	if s.squawk == p.squawk {
		return
	}
	if was, known := w.alarmed[key]; known {
		if s.squawk != was.before || s.at-was.since > w.longestAlarm() {
			w.t.Errorf("%s: squawk %q after %d ms of emergency, before it was %q", key, s.squawk, s.at-was.since, was.before)
		}
		delete(w.alarmed, key)
		return
	}
	if s.status == "none" {
		w.t.Fatalf("%s: squawk from %q to %q", key, p.squawk, s.squawk)
	}
	w.alarmed[key] = alarmed{p.squawk, s.at}
	w.alarms = append(w.alarms, s.squawk)
}

// longestAlarm is how long an emergency may seem to last, in milliseconds: two
// minutes, until the step after them, and until a drop-out and misses are over.
func (w *watcher) longestAlarm() int64 {
	return (120*time.Second + 15*time.Second + 3*w.config.Interval).Milliseconds()
}

// inspect looks closely at one record.
func (w *watcher) inspect(u record.Update) {
	if key, err := aircraft.Hex(u.Key); err != nil || key != u.Key || !u.Whole {
		w.t.Fatalf("key %q (%v), whole %v", u.Key, err, u.Whole)
	}
	for _, f := range u.Fields {
		if _, isTime := record.ParseTime(f.Raw); !isTime && !json.Valid([]byte(f.Raw)) {
			w.t.Fatalf("%s: %s is %q", u.Key, f.Name, f.Raw)
		}
	}
	again := slices.Clone(u.Fields)
	observed, err := aircraft.Normalise(&again, w.now.UnixMilli(), &w.config.Centre)
	if err != nil || observed != u.Observed || !slices.Equal(again, u.Fields) {
		w.t.Fatalf("%s: not in normal form: %v\n%v\n%v", u.Key, err, u.Fields, again)
	}
}

func text1(raw string) string {
	if raw == "" {
		return ""
	}
	return raw[1 : len(raw)-1]
}
