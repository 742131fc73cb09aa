package sbs_test

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/sbs"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/recordings"
)

// columns are the fields that carry a value over as it is.
var columns = map[int]string{11: "alt_baro", 12: "gs", 14: "lat", 15: "lon", 16: "baro_rate"}

func TestDecodeRecorded(t *testing.T) {
	refused := map[string]map[string]int{ // all but these are used
		"stratux_cyoung_2015-09-02_216ac_45min.log.gz": {sbs.Malformed: 3, sbs.FieldCount: 1},
		"stratux_gms5002_2015-09-07.log.gz":            {sbs.Malformed: 1},
	}
	for _, file := range recordings.Files(t, "adsb/sbs/*", "adsb/decoder_output/*sbs*") {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			d := sbs.NewDecoder(false, nil)
			bad, used, aircraft := map[string]int{}, 0, map[string]bool{}
			lines := recordings.Lines(t, file)
			for i, line := range lines[:min(len(lines), 45_000)] {
				if before, rest, _ := strings.Cut(line, ","); strings.HasPrefix(name, "stratux") && strings.HasSuffix(name, ".log.gz") && before != "START" {
					line = rest // without the time that Stratux wrote before it
				}
				u, reason := d.Decode(line, at+int64(i))
				if reason != "" {
					bad[reason]++
					continue
				}
				in := strings.Split(line, ",")
				if u.Key != in[4] || len(in) != 22 {
					t.Fatalf("line %d: %+v\n%s", i, u, line)
				}
				for column, field := range columns {
					want := in[column]
					if field == "alt_baro" && in[21] == "-1" {
						want = `"ground"`
					}
					if got := u.Fields.Get(field); got != want {
						t.Fatalf("line %d: %s is %q, want %q\n%s", i, field, got, want, line)
					}
				}
				aircraft[u.Key] = true
				used++
			}
			want := refused[name]
			if len(bad) != len(want) {
				t.Errorf("refused %v, want %v", bad, want)
			}
			for reason, n := range want {
				if bad[reason] != n {
					t.Errorf("refused %v, want %v", bad, want)
				}
			}
			t.Logf("%d lines of %d aircraft", used, len(aircraft))
		})
	}
}

// TestSamePicture: what readsb told in this format and in its aircraft.json, in
// the same minutes, is the same picture.
func TestSamePicture(t *testing.T) {
	sbsFile := recordings.Files(t, "adsb/decoder_output/readsb_port30003_330s.sbs.gz")[0]
	frames := recordings.Lines(t, recordings.Files(t, "adsb/decoder_output/readsb3.14.1630_aircraft_json_1Hz_335s_178ac.jsonl.gz")[0])
	var frame struct {
		Now      float64
		Aircraft []struct {
			Hex       string
			Lat, Lon  *float64
			Alt       any `json:"alt_baro"`
			GS, Track float64
			Seen      float64
			SeenPos   float64 `json:"seen_pos"`
		}
	}
	if err := json.Unmarshal([]byte(frames[60]), &frame); err != nil {
		t.Fatal(err)
	}
	now := int64(frame.Now * 1000)
	d, held := sbs.NewDecoder(true, nil), map[string]record.Fields{}
	for _, line := range recordings.Lines(t, sbsFile) {
		in := strings.Split(line, ",")
		written, err := time.Parse("2006/01/02 15:04:05.000", in[8]+" "+in[9])
		if err != nil {
			t.Fatal(err)
		}
		if written.UnixMilli() > now {
			break
		}
		u, reason := d.Decode(line, written.UnixMilli())
		if reason != "" {
			t.Fatal(reason)
		}
		fields := held[u.Key]
		fields.Merge(u.Fields)
		held[u.Key] = fields
	}
	number := func(raw string) float64 {
		v, err := strconv.ParseFloat(raw, 64)
		if err != nil {
			return math.NaN()
		}
		return v
	}
	compared := 0
	for _, a := range frame.Aircraft {
		if a.Lat == nil || a.Seen > 2 || a.SeenPos > 2 {
			continue
		}
		f := held[strings.ToUpper(a.Hex)]
		near := func(name string, want, by float64) {
			if got := number(f.Get(name)); !(math.Abs(got-want) <= by) {
				t.Errorf("%s: %s is %v, in the file %v", a.Hex, name, got, want)
			}
		}
		near("lat", *a.Lat, 0.01)
		near("lon", *a.Lon, 0.01)
		near("gs", a.GS, 3)
		if turn := math.Remainder(number(f.Get("track"))-a.Track, 360); !(math.Abs(turn) <= 3) {
			t.Errorf("%s: track is %s, in the file %v", a.Hex, f.Get("track"), a.Track)
		}
		if feet, ok := a.Alt.(float64); ok {
			near("alt", feet, 100)
		} else if f.Get("alt") != `"ground"` {
			t.Errorf("%s: altitude %s, in the file %v", a.Hex, f.Get("alt"), a.Alt)
		}
		if heard, ok := record.ParseTime(f.Get("seen_pos")); !ok || math.Abs(float64(now-heard)/1000-a.SeenPos) > 1.5 {
			t.Errorf("%s: position of %v s ago, in the file %v", a.Hex, float64(now-heard)/1000, a.SeenPos)
		}
		compared++
	}
	if compared < 100 {
		t.Errorf("%d aircraft compared", compared)
	}
}
