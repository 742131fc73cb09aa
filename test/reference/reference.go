// Package reference says what clients must hold after a recording was played,
// by the shortest way: decode everything, keep everything, compare everything.
// It shares no code with what it is a reference for.
package reference

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
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
var noise = []string{"seen", "seen_pos", "messages", "rssi", "r_dst", "r_dir", "distance_nm", "lastPosition", "receivers"}

// Known is what is known of one aircraft.
type Known struct {
	// Loud are its fields but the noise, as of the last frame that told them.
	Loud Aircraft
	// Told are the fields of each frame that changed a loud one, and their
	// moments: with one of them the noise was told.
	Told []Aircraft
	At   []float64

	// Observed is when its newest message was heard, in milliseconds.
	Observed float64
}

// Play gives what clients hold after the last frame, when frame i is played at
// the moment at(i), in milliseconds, and a record lives for ttl milliseconds
// after its newest message.
func Play(frames []Frame, at func(i int) float64, ttl float64) map[string]*Known {
	all := map[string]*Known{}
	for i, frame := range frames {
		now := at(i)
		for hex, k := range all {
			if k.Observed+ttl <= now {
				delete(all, hex)
			}
		}
		for _, raw := range frame.Aircraft {
			fresh, observed := Normal(raw, now)
			if observed+ttl <= now {
				continue
			}
			k := all[fresh["hex"].(string)]
			if k == nil {
				k = &Known{}
				all[fresh["hex"].(string)] = k
			}
			k.Observed = max(k.Observed, observed)
			if loud := without(fresh, noise); !reflect.DeepEqual(k.Loud, loud) {
				k.Loud = loud
				k.Told = append(k.Told, fresh)
				k.At = append(k.At, now)
			}
		}
	}
	return all
}

// CheckLoud says how a client's fields differ from what is known, all but the
// noise; "" when they do not.
func (k *Known) CheckLoud(got Aircraft) string {
	if loud := without(got, noise); !reflect.DeepEqual(k.Loud, loud) {
		return fmt.Sprintf("has %v\nwant %v", loud, k.Loud)
	}
	return ""
}

// Check is CheckLoud with the noise, which must be that of one frame that changed something, and no more
// than every milliseconds (and a frame) older than the newest of those.
func (k *Known) Check(got Aircraft, every float64) string {
	if wrong := k.CheckLoud(got); wrong != "" {
		return wrong
	}
	for i := len(k.Told) - 1; i >= 0 && k.At[i] >= k.At[len(k.At)-1]-every; i-- {
		if sameNoise(k.Told[i], got) {
			return ""
		}
	}
	return fmt.Sprintf("its noise is that of no frame in time: %v, the last was %v", got, k.Told[len(k.Told)-1])
}

func sameNoise(a, b Aircraft) bool {
	for _, name := range noise {
		x, isNumber := a[name].(float64)
		y, _ := b[name].(float64)
		moment := name == "seen" || name == "seen_pos" // told as an age, to a tenth of a second
		switch {
		case (a[name] == nil) != (b[name] == nil):
			return false
		case isNumber && moment && math.Abs(x-y) > 101, isNumber && !moment && x != y:
			return false
		case !isNumber && !reflect.DeepEqual(a[name], b[name]):
			return false
		}
	}
	return true
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
	for name, decimals := range map[string]int{"lat": 5, "lon": 5, "gs": 0, "track": 0} {
		if v, ok := a[name].(float64); ok {
			a[name], _ = strconv.ParseFloat(fmt.Sprintf("%.*f", decimals, v), 64)
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

func without(a Aircraft, names []string) Aircraft {
	out := Aircraft{}
	for name, v := range a {
		if !slices.Contains(names, name) {
			out[name] = v
		}
	}
	return out
}
