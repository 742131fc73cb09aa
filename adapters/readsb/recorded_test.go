package readsb_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/adapters/readsb"
	"github.com/skygate-io/skygate/pkg/recordings"
)

// wantAll checks that every aircraft of a file comes out, none refused.
func wantAll(t *testing.T, body []byte) {
	t.Helper()
	updates, bad, err := readsb.Decode(body, at, nil)
	if err != nil || len(bad) > 0 {
		t.Errorf("error %v, bad %v", err, bad)
	}
	var plain struct {
		Aircraft []struct{ Hex string } `json:"aircraft"`
	}
	if err := json.Unmarshal(body, &plain); err != nil {
		t.Fatal(err)
	}
	if len(updates) != len(plain.Aircraft) {
		t.Fatalf("%d updates of %d aircraft", len(updates), len(plain.Aircraft))
	}
	for i, a := range plain.Aircraft {
		if updates[i].Key != strings.ToUpper(a.Hex) {
			t.Errorf("aircraft %d is %s, want %s", i, updates[i].Key, a.Hex)
		}
	}
}

func TestDecodeRecorded(t *testing.T) {
	body, err := os.ReadFile("testdata/dump1090fa_2022-05-18_76ac.json")
	if err != nil {
		t.Fatal(err)
	}
	wantAll(t, body)
	updates, _, _ := readsb.Decode(body, at, nil)
	if len(updates) != 76 {
		t.Errorf("%d aircraft, want 76", len(updates))
	}

	// Whatever part of the file is there, its whole records come out, the same.
	for end := 0; end < len(body)-len("\n  ]\n}\n"); end += 101 {
		part, bad, err := readsb.Decode(body[:end], at, nil)
		var e *readsb.Error
		if !errors.As(err, &e) || e.Reason != readsb.Truncated || len(bad) != 1 || bad[readsb.Truncated] != 1 {
			t.Fatalf("the first %d bytes: error %v, bad %v", end, err, bad)
		}
		whole := strings.Count(string(body[:end]), "\n    {") // one record a line
		if len(part) < whole-1 || len(part) > whole {
			t.Fatalf("the first %d bytes: %d of %d records", end, len(part), whole)
		}
		if diff := cmp.Diff(updates[:len(part)], part); diff != "" {
			t.Fatalf("the first %d bytes: (-want +got):\n%s", end, diff)
		}
	}
}

func TestDecodeRecordedFiles(t *testing.T) {
	for _, file := range recordings.Files(t, "adsb/aircraft_json/*.json", "adsb/decoder_output/*.json", "adsb/history_*/*.json") {
		if strings.HasSuffix(file, "receiver.json") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			wantAll(t, recordings.Read(t, file))
		})
	}
}

func TestDecodeRecordedStreams(t *testing.T) {
	for _, file := range recordings.Files(t, "adsb/decoder_output/*_aircraft_json_1Hz_*.jsonl.gz") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			lines, newest := recordings.Lines(t, file), int64(0)
			for i, line := range lines {
				wantAll(t, []byte(line))
				f, _ := readsb.Parse([]byte(line))
				if f.Now <= newest {
					t.Errorf("line %d: now is %d after %d", i, f.Now, newest)
				}
				newest = f.Now
			}
			if len(lines) < 300 {
				t.Errorf("%d lines", len(lines))
			}
		})
	}
}
