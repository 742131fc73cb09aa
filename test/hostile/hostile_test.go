// Package hostile puts each source beside a peer that behaves badly: one table
// of all sources and all that peers do.
package hostile

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/pkg/feed"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// source is a row of the table.
type source struct {
	open func(t *testing.T) *rig
	// good gives what the peer says, at a moment by its clock, of aircraft that are
	// known by these addresses, or messages with these texts.
	good func(at time.Time, what ...string) string
	// out names traps that do not concern it, and why.
	out map[string]string
}

func each(one func(at time.Time, what string) string) func(time.Time, ...string) string {
	return func(at time.Time, what ...string) string {
		var all strings.Builder
		for _, w := range what {
			all.WriteString(one(at, w) + "\n")
		}
		return all.String()
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func sayAircraftJSON(at time.Time, what ...string) string {
	all := make([]string, len(what))
	for i, hex := range what {
		all[i] = fmt.Sprintf(`{"hex":%q,"lat":50.1,"lon":8.5,"alt_baro":30000,"seen":0.1,"seen_pos":0.1}`, strings.ToLower(hex))
	}
	return fmt.Sprintf(`{"now":%.3f,"messages":1,"aircraft":[%s]}`, seconds(at), strings.Join(all, ","))
}

func saySBS(at time.Time, hex string) string {
	when := at.UTC().Format("2006/01/02,15:04:05.000")
	return fmt.Sprintf("MSG,3,1,1,%s,1,%s,%s,,30000,,,50.1,8.5,,,0,,0,0", hex, when, when)
}

func sayJSON(at time.Time, hex string) string {
	return fmt.Sprintf(`{"now":%.3f,"hex":%q,"lat":50.1,"lon":8.5,"alt_baro":30000,"seen":0.1,"seen_pos":0.1}`, seconds(at), strings.ToLower(hex))
}

func sayUAT(at time.Time, hex string) string {
	return fmt.Sprintf(`{"address":%q,"address_qualifier":"adsb_icao","position":{"lat":50.1,"lon":8.5},"pressure_altitude":3000,"metadata":{"received_at":%.3f,"rssi":-12.3,"errors":0}}`,
		strings.ToLower(hex), seconds(at))
}

func sayACARS(at time.Time, text string) string {
	return fmt.Sprintf(`{"timestamp":%.3f,"channel":1,"freq":131.55,"label":"H1","tail":"N1","text":%q}`, seconds(at), text)
}

var sources = map[string]source{
	"readsb":                  {open: openReadsb, good: sayAircraftJSON},
	"replay":                  {open: openReplay, good: sayAircraftJSON, out: map[string]string{"restart": "a file has no peer"}},
	"sbs":                     {open: openSBS, good: each(saySBS)},
	"sbs, utc":                {open: openSBSUTC, good: each(saySBS)},
	"jsonlines":               {open: openJSON, good: each(sayJSON)},
	"uat":                     {open: openUAT, good: each(sayUAT)},
	"acars, from a router":    {open: openRouter, good: each(sayACARS)},
	"acars, decoders connect": {open: openDecoder("tcp", "tcp-listen"), good: each(sayACARS)},
	"acars, decoders send": {open: openDecoder("udp", "udp"), good: each(sayACARS), out: map[string]string{
		"flood": "datagrams are lost on the way, uncounted",
	}},
}

// traps are the columns: what a peer does. What it says before and after is heard.
var traps = map[string]func(r *rig, s source){
	"restart": func(r *rig, _ source) { r.restart() },
	"half of what it says, and a restart": func(r *rig, s source) {
		half := s.good(time.Now(), "DDDDDD")
		r.says(half[:len(half)*2/3])
		if r.restart != nil {
			r.restart()
		}
	},
	"10 MB of noise": func(r *rig, _ source) {
		rng := rand.NewChaCha8([32]byte{1})
		noise := make([]byte, 10<<20)
		_, _ = rng.Read(noise)
		r.says(string(noise) + "\n")
	},
	"10 MB without an end of line":                      func(r *rig, _ source) { r.says(strings.Repeat(`{"aircraft":[{"hex":"dddddd",`, 10<<20/29) + "\n") },
	"blank lines, signs of life, ends of other systems": func(r *rig, _ source) { r.says("\n\r\n\r\n \r\n\x00\n") },
	"flood": func(r *rig, s source) {
		all := make([]string, 20_000)
		for i := range all {
			all[i] = fmt.Sprintf("1%05X", i)
		}
		r.says(s.good(time.Now(), all...))
		r.await(all...)
	},
	"a clock a day ahead":         func(r *rig, s source) { r.clock(s, 24*time.Hour) },
	"a clock a day behind":        func(r *rig, s source) { r.clock(s, -24*time.Hour) },
	"a clock that stands in 1970": func(r *rig, s source) { r.clock(s, -time.Since(time.Unix(1000, 0))) },
	"a clock that is an hour ahead, then behind": func(r *rig, s source) {
		r.clock(s, time.Hour)
		r.clock(s, -time.Hour)
	},
}

// clock has the peer speak by a clock that is wrong.
func (r *rig) clock(s source, by time.Duration) {
	r.Helper()
	what := fmt.Sprintf("2%05X", r.count())
	r.goesOn(s.good(time.Now().Add(by), what), what)
}

func TestSourcesAndTraps(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		s := sources[name]
		for why := range s.out {
			if traps[why] == nil {
				t.Errorf("%s: there is no trap %q", name, why)
			}
		}
		for _, trap := range slices.Sorted(maps.Keys(traps)) {
			t.Run(name+": "+trap, func(t *testing.T) {
				t.Parallel()
				if why := s.out[trap]; why != "" {
					t.Logf("does not concern it: %s", why)
					return
				}
				r := check(t, s, traps[trap])
				if strings.Contains(trap, "10 MB") && len(r.status().Bad) == 0 {
					t.Error("nothing of it is counted")
				}
			})
		}
	}
}

// check has a peer speak, do what it does, and speak again.
func check(t *testing.T, s source, trap func(*rig, source)) *rig {
	t.Helper()
	r := s.open(t)
	r.goesOn(s.good(time.Now(), "AAAAAA"), "AAAAAA")
	trap(r, s)
	r.goesOn(s.good(time.Now(), "BBBBBB"), "BBBBBB")
	if r.ended != nil {
		r.ended()
	}
	r.wait("AAAAAA", "BBBBBB")
	r.until("that it delivers", func() bool {
		state := r.status().State
		return state == feed.Delivering || r.ended != nil && state == feed.Ended
	})
	if _, ok := r.at("DDDDDD"); ok {
		t.Error("half of what was said is taken for the whole")
	}
	if at, _ := r.at("BBBBBB"); time.Since(at) > 5*time.Second || time.Until(at) > time.Second {
		t.Errorf("what is said afterwards counts as heard %v ago", time.Since(at))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for what, at := range r.heard {
		if time.Until(at) > time.Second {
			t.Errorf("%s counts as heard in %v", what, time.Until(at))
		}
	}
	return r
}
