package safety_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/safety"
)

// plane is an aircraft of a script. What is 0 is not told, but for the position
// and the track of one that moves; alt and vr are told as barometric.
type plane struct {
	key       string
	at        geo.Point
	alt       float64
	gs, track float64
	vr        float64
	fields    string        // further ones: `"squawk":"7700" "category":"A3"`
	late      time.Duration // how old the position is that it tells
	hidden    bool          // nothing is heard of it
}

// fly moves it.
func (p *plane) fly(seconds float64) {
	if p.gs > 0 {
		p.at = geo.Destination(p.at, p.track, p.gs*seconds/3600)
	}
	if p.alt != 0 {
		p.alt += p.vr / 60 * seconds
	}
}

func number(v float64) string { return record.Number(v, 6) }

// record is what its record says at a moment.
func (p *plane) record(now time.Time) record.Fields {
	var f record.Fields
	tell := func(name string, v float64) {
		if v != 0 {
			f = append(f, record.Field{Name: name, Raw: number(v)})
		}
	}
	told := *p
	told.fly(-p.late.Seconds())
	for _, part := range strings.Fields(p.fields) {
		name, raw, _ := strings.Cut(part, ":")
		f = append(f, record.Field{Name: strings.Trim(name, `"`), Raw: raw})
	}
	f = append(f,
		record.Field{Name: "lat", Raw: number(told.at.Lat)},
		record.Field{Name: "lon", Raw: number(told.at.Lon)},
		record.Field{Name: "seen_pos", Raw: record.Time(now.Add(-p.late).UnixMilli())},
	)
	tell("alt_baro", told.alt)
	if p.gs != 0 {
		f = append(f, record.Field{Name: "gs", Raw: number(p.gs)}, record.Field{Name: "track", Raw: number(p.track)})
	}
	tell("baro_rate", p.vr)
	f.Sort()
	return f
}

var start = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// script plays aircraft to a monitor, second by second, and keeps what it tells.
type script struct {
	t      *testing.T
	m      *safety.Monitor
	begin  time.Time // from which lines count
	now    time.Time
	lines  []string
	events []safety.Event
	alive  map[string]bool // ids
	past   map[string]bool // ids
	jumps  bool            // the clock does, or what is heard is from another time
}

func newScript(t *testing.T, change ...func(*safety.Config)) *script {
	t.Helper()
	cfg := safety.DefaultConfig()
	for _, f := range change {
		f(&cfg)
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	return &script{t: t, m: safety.New(cfg), begin: start, now: start, alive: map[string]bool{}, past: map[string]bool{}}
}

// fly plays the seconds that follow.
func (s *script) fly(seconds int, planes ...*plane) {
	s.t.Helper()
	for range seconds {
		s.now = s.now.Add(time.Second)
		for _, p := range planes {
			p.fly(1)
			s.tell(p)
		}
		s.keep(s.m.Tick(s.now))
	}
}

// tell tells of a plane as it is.
func (s *script) tell(p *plane) {
	s.t.Helper()
	if !p.hidden {
		s.observe(p.key, p.record(s.now), s.now.UnixMilli())
	}
}

func (s *script) observe(key string, f record.Fields, observed int64) {
	s.t.Helper()
	s.keep(s.m.Observe(safety.Read(key, f, observed), s.now))
}

func (s *script) gone(key string) {
	s.t.Helper()
	s.keep(s.m.Gone(key, s.now))
}

// keep notes events, and checks what holds of any.
func (s *script) keep(events []safety.Event) {
	s.t.Helper()
	for _, e := range events {
		who := e.ICAO
		if e.ICAO2 != "" {
			who += " " + e.ICAO2
		}
		action := strings.TrimPrefix(strings.TrimPrefix(e.Action.String(), "safety_event"), "_")
		if action == "" {
			action = "new"
		}
		s.lines = append(s.lines, fmt.Sprintf("%d %s %s %s %s", int(s.now.Sub(s.begin).Seconds()), action, e.Severity, e.Type, who))
		s.events = append(s.events, e)
		checkEvent(s.t, &e, s.jumps)
		switch begins := e.Action == safety.ActionNew; {
		case begins == s.alive[e.ID] || s.past[e.ID]:
			s.t.Errorf("%s of %s: alive %v, past %v", e.Action, e.ID, s.alive[e.ID], s.past[e.ID])
		case e.Action == safety.ActionResolved:
			delete(s.alive, e.ID)
			s.past[e.ID] = true
		default:
			s.alive[e.ID] = true
		}
	}
	if active := s.m.Active(); len(active) != len(s.alive) {
		s.t.Errorf("%d events are active, told were %d", len(active), len(s.alive))
	}
}

// want says what was told so far, all of it.
func (s *script) want(lines ...string) {
	s.t.Helper()
	if diff := cmp.Diff(lines, s.lines); diff != "" {
		s.t.Errorf("told (-want +got):\n%s", diff)
	}
}

// wantMessage says what the newest event says.
func (s *script) wantMessage(message string) {
	s.t.Helper()
	if len(s.events) == 0 {
		s.t.Fatal("nothing was told")
	}
	if got := s.events[len(s.events)-1].Message; got != message {
		s.t.Errorf("message %q, want %q", got, message)
	}
}
