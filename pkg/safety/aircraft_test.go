package safety_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/safety"
)

// What a record says of an aircraft, as its event shows it.
func TestRead(t *testing.T) {
	for name, tc := range map[string]struct{ fields, shows string }{
		"callsign":               {`"flight":"SWR1"`, `SWR1 squawking`},
		"callsign with escapes":  {`"flight":"\u0053WR\t"`, `SWR squawking`},
		"callsign, padded":       {`"flight":"\tSWR"`, `SWR squawking`},
		"callsign, a number":     {`"flight":12`, `AAAAAA squawking`},
		"callsign, no JSON":      {`"flight":"\x"`, `AAAAAA squawking`},
		"callsign, cut off":      {`"flight":"SWR1`, `AAAAAA squawking`},
		"callsign, far too long": {`"flight":"` + strings.Repeat("S", 65) + `"`, `AAAAAA squawking`},
		"altitude":               {`"alt_baro":30000 "alt_geom":30500`, `"altitude":30000,`},
		"altitude, geometric":    {`"alt_geom":30500`, `"altitude":30500,`},
		"altitude, another name": {`"alt":30000`, `"altitude":30000,`},
		"altitude, ground":       {`"alt_baro":"ground"`, `"altitude":"ground",`},
		"rate":                   {`"baro_rate":64 "geom_rate":128`, `"vr":64}`},
		"rate, none is 0":        {`"baro_rate":0 "geom_rate":128`, `"vr":0}`},
		"rate, geometric":        {`"geom_rate":128`, `"vr":128}`},
		"rate, another name":     {`"vr":192`, `"vr":192}`},
		"what is no JSON":        {`"gs":+7 "track":[1`, `"gs":null,"track":null,`},
		"what is no text":        {"\"gs\":\"\xff\"", `"gs":null,`},
		"a time":                 {`"gs":@7`, `"gs":null,`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			p := squawks("7700")
			p.alt, p.gs = 0, 0
			p.fields += " " + tc.fields
			s.tell(p)
			if len(s.events) != 1 {
				t.Fatalf("told %v", s.lines)
			}
			if e := s.events[0]; !strings.Contains(e.Message+e.Details, tc.shows) {
				t.Errorf("told %s, %s", e.Message, e.Details)
			}
		})
	}
}

// How old a position is, however that is said: 10 s will do, 20 s will not.
func TestReadAges(t *testing.T) {
	ms := func(age time.Duration) string { return record.Time(start.Add(-age).UnixMilli()) }
	for name, tc := range map[string]struct {
		seenPos, seen string
		told          bool
	}{
		"a time":                    {ms(10 * time.Second), ms(0), true},
		"an old one":                {ms(20 * time.Second), ms(0), false},
		"one to come":               {ms(-time.Hour), ms(0), true},
		"an age":                    {"10.5", "0", true},
		"a large one":               {"20.5", "0", false},
		"that of any message":       {"", ms(10 * time.Second), true},
		"that of any, an old one":   {"", ms(20 * time.Second), false},
		"nothing":                   {"", "", true},
		"nothing that means a time": {`"x"`, "-1", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t)
			a, b := pair(zurich, 0.1, 0)
			f := b.record(start)
			f.Set("seen_pos", tc.seenPos)
			f.Set("seen", tc.seen)
			s.tell(a)
			s.keep(s.m.Observe(safety.Read(b.key, f, start.UnixMilli()), start))
			if tc.told != (len(s.lines) > 0) {
				t.Errorf("told %v", s.lines)
			}
		})
	}
}

// An altitude that is as old as its position is brought to the present with it;
// one that changed since is as new as the message that told it.
func TestAgeOfAltitude(t *testing.T) {
	s := newScript(t)
	a, b := pair(zurich, 0.1, 0)
	a.alt = 20000
	s.tell(a)
	f := b.record(start)
	f.Set("seen_pos", record.Time(start.Add(-12*time.Second).UnixMilli()))
	f.Set("baro_rate", "-3000")
	f.Set("alt_baro", "20800") // 600 ft ago
	s.keep(s.m.Observe(safety.Read(b.key, f, start.UnixMilli()), start))
	s.wantMessage("Proximity conflict: AAAAAA and BBBBBB within 0.10nm, 200ft altitude separation")

	s = newScript(t)
	s.tell(a)
	f.Set("alt_baro", "21400")
	s.keep(s.m.Observe(safety.Read(b.key, f, start.UnixMilli()), start))
	f.Set("alt_baro", "20400") // now
	s.now = start.Add(time.Second)
	s.observe(b.key, f, s.now.UnixMilli())
	s.wantMessage("Proximity conflict: AAAAAA and BBBBBB within 0.10nm, 400ft altitude separation")
}
