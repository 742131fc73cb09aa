//go:build !race

package view_test

import "testing"

func TestAllocMatches(t *testing.T) {
	f := mustParse(t, `{
		"bbox": {"north": 48, "south": 46, "east": 9, "west": 7}, "center": {"lat": 47, "lon": 8, "radius_nm": 30},
		"icao": ["4B1805", "4B1806"], "callsign_prefix": ["DLH", "SWR"], "category": ["A3", "A5"],
		"altitude": {"min": 0}, "military": false, "on_ground": false}`)
	a := attributes("lat", "47.1", "lon", "8.1", "alt", "35000", "flight", `"SWR12"`, "category", `"A3"`, "military", "false")
	if !f.Matches("4B1805", &a) {
		t.Fatal("does not match")
	}
	if n := testing.AllocsPerRun(100, func() { f.Matches("4B1805", &a); f.Matches("4B1807", &a) }); n != 0 {
		t.Errorf("matching allocates %v times, want 0", n)
	}
}

func TestAllocSet(t *testing.T) {
	a := attributes()
	if n := testing.AllocsPerRun(100, func() {
		a.Set("lat", "47.12345")
		a.Set("lon", "-8.12345")
		a.Set("alt", `"ground"`)
		a.Set("flight", `"SWR12   "`)
		a.Set("category", `"a3"`)
		a.Set("military", "true")
		a.Set("gs", "468.9")
	}); n != 0 {
		t.Errorf("taking note of plain values allocates %v times, want 0", n)
	}
}
