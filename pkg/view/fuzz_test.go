package view_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/view"
)

// FuzzMatches: the fast Matches says what the slow one says, what it lets
// through lies in Bounds and Keys, and Canonical means the same.
func FuzzMatches(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 7))
		raw := randomFilter(rng)
		filter := mustParse(t, raw)
		again := mustParse(t, string(filter.Canonical()))
		if !bytes.Equal(filter.Canonical(), again.Canonical()) {
			t.Fatalf("%s\nbecame %s", filter.Canonical(), again.Canonical())
		}
		var conditions map[string]any
		if err := json.Unmarshal([]byte(raw), &conditions); err != nil {
			t.Fatal(err)
		}
		var a view.Attributes
		for range 50 {
			record, key := randomRecord(rng), pick(rng, "4B1805", "4B1806", "~ABC", "4b1805", "")
			for _, name := range []string{"lat", "lon", "military", "category", "flight", "callsign", "alt", "alt_baro", "alt_geom", "gs"} {
				a.Set(name, record[name]) // what the last record had is gone
			}
			got := filter.Matches(key, &a)
			if want := lets(conditions, key, record); got != want {
				t.Fatalf("%s\nlets %s %v through: %v", raw, key, record, got)
			}
			if again.Matches(key, &a) != got {
				t.Fatalf("%s\nlets %s %v through: %v, not so %s", raw, key, record, got, again.Canonical())
			}
			if got {
				checkBounds(t, filter, key, &a)
			}
		}
	})
}

func checkBounds(t *testing.T, filter *view.Filter, key string, a *view.Attributes) {
	t.Helper()
	p, placed := a.Position()
	if box, ok := filter.Bounds(); ok && (!placed || !box.Contains(p)) {
		t.Errorf("%s lets %v through, outside of %+v", filter.Canonical(), p, box)
	}
	if keys, ok := filter.Keys(); ok && !strings.Contains(","+strings.Join(keys, ",")+",", ","+key+",") {
		t.Errorf("%s lets %s through, not one of %v", filter.Canonical(), key, keys)
	}
}

// FuzzBounds: what a circle lets through lies in its bounds, wherever it is.
func FuzzBounds(f *testing.F) {
	f.Add(50.0, 8.0, 100.0, 123.0, 0.5)
	f.Add(0.0, 179.9, 90.0, 90.0, 1.0)
	f.Add(-89.0, 0.0, 180.0, 0.0, 1.0)
	f.Add(90.0, 0.0, 10807.3, 180.0, 1.0)
	f.Fuzz(func(t *testing.T, lat, lon, radius, bearing, part float64) {
		at := geo.Point{Lat: lat, Lon: lon}
		if !at.Valid() || !(radius > 0 && radius <= 20000) || !(part >= 0 && part <= 1.1) || !(bearing >= 0 && bearing <= 360) {
			t.Skip()
		}
		number := func(v float64) string { raw, _ := json.Marshal(v); return string(raw) }
		filter := mustParse(t, `{"center": {"lat": `+number(lat)+`, "lon": `+number(lon)+`, "radius_nm": `+number(radius)+`}}`)
		p := geo.Destination(at, bearing, radius*part)
		a := attributes("lat", number(p.Lat), "lon", number(p.Lon))
		if filter.Matches("", &a) {
			checkBounds(t, filter, "", &a)
		} else if d := geo.DistanceNM(at, p); d < radius*(1-1e-9)-1e-3 && p.Valid() {
			t.Errorf("%v is %v NM from %v, but %s does not let it through", p, d, at, filter.Canonical())
		}
	})
}

// FuzzSet: whatever stands in a field, filters see what the slow reference sees
// (of what is no JSON: anything, but without a panic).
func FuzzSet(f *testing.F) {
	for i, raw := range append(junk, `"SWR12"`, `"a3"`, `1e3`, `-12.5`, `"\\"`, `"\u0053"`) {
		f.Add(raw, uint64(i))
	}
	names := []string{"lat", "lon", "alt", "alt_baro", "alt_geom", "flight", "callsign", "category", "military", "other"}
	f.Fuzz(func(t *testing.T, raw string, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 8))
		record, key := randomRecord(rng), "4B1805"
		var a view.Attributes
		for _, name := range names {
			a.Set(name, raw)
			if rng.IntN(3) > 0 {
				a.Set(name, record[name])
			} else {
				record[name] = raw
			}
		}
		if !json.Valid([]byte(raw)) || strings.TrimSpace(raw) != raw {
			return
		}
		for range 20 {
			filter := randomFilter(rng)
			var conditions map[string]any
			if err := json.Unmarshal([]byte(filter), &conditions); err != nil {
				t.Fatal(err)
			}
			// The reference walks in half degrees.
			if p, ok := a.Position(); ok && (p.Lat*2 != float64(int(p.Lat*2)) || p.Lon*2 != float64(int(p.Lon*2))) {
				delete(conditions, "bbox")
			}
			again, _ := json.Marshal(conditions)
			if got, want := mustParse(t, string(again)).Matches(key, &a), lets(conditions, key, record); got != want {
				t.Fatalf("%s\nlets %v through: %v", again, record, got)
			}
		}
	})
}
