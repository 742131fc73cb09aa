// Package reference says what clients must hold after a recording was played,
// by the shortest way: decode everything, keep everything, compare everything.
// It shares no code with what it is a reference for.
package reference

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Aircraft are an aircraft's fields as decoded JSON; "seen" and "seen_pos" are
// the moments that they stand for, in milliseconds.
type Aircraft map[string]any

// Frame is one aircraft.json.
type Frame struct {
	Now      float64
	Aircraft []Aircraft
}

// Load reads a recording of lines of aircraft.json, compressed with gzip.
func Load(path string) ([]Frame, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	var frames []Frame
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 10<<20)
	for lines.Scan() {
		var f Frame
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, len(frames)+1, err)
		}
		frames = append(frames, f)
	}
	return frames, lines.Err()
}

// noise are the fields that are told only with another's change.
var noise = []string{"seen", "seen_pos", "messages", "rssi", "r_dst", "r_dir", "distance_nm", "lastPosition"}

type known struct {
	told     Aircraft
	observed float64
}

// Play gives what clients hold after the last frame, when frame i is played at
// the moment at(i), in milliseconds, and a record lives for ttl milliseconds
// after its newest message.
func Play(frames []Frame, at func(i int) float64, ttl float64) map[string]Aircraft {
	all := map[string]*known{}
	for i, frame := range frames {
		now := at(i)
		for hex, k := range all {
			if k.observed+ttl <= now {
				delete(all, hex)
			}
		}
		for _, raw := range frame.Aircraft {
			hex := strings.ToUpper(raw["hex"].(string))
			fresh, observed := Normal(raw, now)
			if observed+ttl <= now {
				continue
			}
			k := all[hex]
			if k == nil {
				k = &known{}
				all[hex] = k
			}
			k.observed = max(k.observed, observed)
			if k.told == nil || differs(k.told, fresh) {
				k.told = fresh
			}
		}
	}
	out := map[string]Aircraft{}
	for hex, k := range all {
		out[hex] = k.told
	}
	return out
}

// Normal gives an aircraft's fields as clients get them, and when its newest
// message was heard.
func Normal(raw Aircraft, now float64) (fields Aircraft, observed float64) {
	a := Aircraft{}
	for name, value := range raw {
		a[name] = value
	}
	a["hex"] = strings.ToUpper(raw["hex"].(string))
	if flight, ok := a["flight"].(string); ok {
		a["flight"] = strings.TrimSpace(flight)
	}
	for _, name := range []string{"lat", "lon"} {
		if v, ok := a[name].(float64); ok {
			a[name], _ = strconv.ParseFloat(fmt.Sprintf("%.5f", v), 64)
		}
	}
	first(a, "alt", "alt_baro", "alt_geom")
	first(a, "vr", "baro_rate", "geom_rate")
	flags, _ := a["dbFlags"].(float64)
	a["military"] = int(flags)&1 == 1
	status, has := a["emergency"]
	if has {
		a["emergency_status"] = status
	}
	squawk := a["squawk"]
	a["emergency"] = squawk == "7500" || squawk == "7600" || squawk == "7700" ||
		status == "general" || status == "minfuel" || status == "nordo" || status == "unlawful" || status == "downed"
	observed = now
	for _, name := range []string{"seen", "seen_pos"} {
		if age, ok := a[name].(float64); ok {
			a[name] = now - 1000*age
			if name == "seen" {
				observed = now - 1000*age
			}
		}
	}
	return a, observed
}

// first gives a field the value of the first of some that is there.
func first(a Aircraft, name string, from ...string) {
	for _, other := range from {
		if v, ok := a[other]; ok {
			a[name] = v
			return
		}
	}
}

// differs says whether any field that is no noise does.
func differs(a, b Aircraft) bool {
	for _, pair := range [][2]Aircraft{{a, b}, {b, a}} {
		for name, v := range pair[0] {
			other, ok := pair[1][name]
			if !slices.Contains(noise, name) && (!ok || !reflect.DeepEqual(v, other)) {
				return true
			}
		}
	}
	return false
}
