package safety_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/recordings"
)

// Real traffic over the Alps, heard by many receivers. One aircraft tells a descent
// of 16,500 ft/min while it keeps its level: that is a transponder's fault, and not
// told. Two pairs cross at one level, by the recording, whose times are
// not exact: at 104 s 0.08 NM apart, at 131 s 0.26 NM. Nothing else is told of
// some 190 aircraft, and nothing twice.
func TestRecording(t *testing.T) {
	s := newScript(t)
	play := recordings.File(t, "adsb/decoder_output/readsb3.14.1630_aircraft_json_1Hz_335s_178ac.jsonl.gz")
	seen := replay(t, s, play)
	if len(seen) < 150 {
		t.Errorf("%d aircraft, which is no test", len(seen))
	}
	s.want(
		"85 new critical proximity_conflict 341583 4CA1B2",
		"103 new warning proximity_conflict 3964E3 484186",
		"104 updated critical proximity_conflict 341583 4CA1B2",
		"134 updated warning proximity_conflict 3964E3 484186",
		"152 resolved critical proximity_conflict 341583 4CA1B2",
		"181 resolved warning proximity_conflict 3964E3 484186",
	)
}

// The same messages as another decoder tells them: the same two pairs.
func TestRecordingOfAnotherDecoder(t *testing.T) {
	s := newScript(t)
	seen := replay(t, s, recordings.File(t, "adsb/decoder_output/dump1090-mutability_aircraft_json_1Hz_333s.jsonl.gz"))
	want := []string{"1 proximity_conflict 341583 4CA1B2", "1 proximity_conflict 3964E3 484186"}
	if got := s.lives(); !slices.Equal(got, want) || len(seen) < 190 {
		t.Errorf("of %d aircraft: %v, want %v", len(seen), got, want)
	}
}

// replay plays a recording of aircraft.json, a frame a line, to a monitor.
func replay(t *testing.T, s *script, path string) (seen map[string]bool) {
	t.Helper()
	seen = map[string]bool{}
	for _, line := range recordings.Lines(t, path) {
		var frame struct {
			Now      float64
			Aircraft []map[string]json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &frame); err != nil {
			t.Fatal(err)
		}
		s.now = time.UnixMilli(int64(frame.Now * 1000))
		if len(seen) == 0 {
			s.begin = s.now
		}
		for _, object := range frame.Aircraft {
			var hex string
			if json.Unmarshal(object["hex"], &hex) != nil {
				t.Fatalf("hex is %s", object["hex"])
			}
			var f record.Fields
			for name, raw := range object {
				f = append(f, record.Field{Name: name, Raw: string(raw)})
			}
			observed, err := aircraft.Normalise(&f, s.now.UnixMilli(), nil)
			if err != nil || s.now.UnixMilli()-observed > 60_000 {
				continue
			}
			seen[hex] = true
			key, _ := aircraft.Hex(hex)
			s.observe(key, f, observed)
		}
		s.keep(s.m.Tick(s.now))
	}
	return seen
}
