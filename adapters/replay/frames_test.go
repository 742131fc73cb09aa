package replay

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/recordings"
)

// all gives the frames of a recording, and the error that ended it.
func all(t testing.TB, in frames) (list []string, large int, err error) {
	t.Helper()
	for {
		body, err := in.next()
		switch {
		case errors.Is(err, errTooLarge):
			large++
		case err != nil:
			return list, large, err
		default:
			list = append(list, string(body))
		}
	}
}

func TestStreamLimit(t *testing.T) {
	short, long := frame(1, "a"), frame(2, strings.Repeat("x", 100))
	for name, test := range map[string]struct {
		text          string
		frames, large int
	}{
		"lines":           {lines(short, long, short, long), 2, 2},
		"the first line":  {lines(long, short), 1, 1},
		"the second line": {lines("{", long, short), 2, 1},
		"one frame":       {strings.ReplaceAll(long, ",", ",\n"), 0, 1},
	} {
		s, err := newStream(strings.NewReader(test.text), 100)
		if err != nil {
			t.Fatal(err)
		}
		list, large, err := all(t, s)
		if err != io.EOF || len(list) != test.frames || large != test.large {
			t.Errorf("%s: %d frames, %d too large, %v; want %d, %d", name, len(list), large, err, test.frames, test.large)
		}
	}
}

func TestFolderWithAPattern(t *testing.T) {
	folder := filepath.Join(write(t, nil), "a[b]*?")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "history_0.json"), []byte(frame(1, "a")), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if list, _, _ := all(t, in); len(list) != 1 {
		t.Errorf("%d frames", len(list))
	}
}

// TestRecorded: real recordings come out whole and in the order of their times.
func TestRecorded(t *testing.T) {
	for name, want := range map[string]int{
		"adsb/decoder_output/readsb3.14.1630_aircraft_json_1Hz_335s_178ac.jsonl.gz": 335,
		"adsb/decoder_output/dump1090-mutability_aircraft_json_1Hz_333s.jsonl.gz":   333,
		"adsb/history_atc-station":                                             36,
		"adsb/aircraft_json/dump1090fa_2022-05-18_83ac.json":                   1,
		"adsb/aircraft_json/piaware_kdca_2020-05-19_36ac.json":                 1,
		"adsb/decoder_output/readsb_aircraft_json_emergency_acas_ra.json":      1,
		"adsb/decoder_output/skyaware978_aircraft.json":                        1,
		"adsb/aircraft_json/roob1090_kdca_2020-08-31_96ac_msgformat.json":      1,
		"adsb/aircraft_json/adsbx_globe21_2020-03-06_354ac.json":               1,
		"adsb/decoder_output/dump1090-mutability_aircraft_json_emergency.json": 1,
		"adsb/aircraft_json/dump1090mut_2019-10-03.json":                       1,
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			in, err := open(recordings.File(t, name))
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			list, large, err := all(t, in)
			if err != io.EOF || large > 0 || len(list) != want {
				t.Errorf("%d frames, %d too large, %v; want %d", len(list), large, err, want)
			}
			last := int64(1)
			for i, body := range list {
				now := recordedAt([]byte(body))
				if !isFrame([]byte(body)) || now <= last {
					t.Errorf("frame %d: whole %t, at %d after %d", i, isFrame([]byte(body)), now, last)
				}
				last = now
			}
		})
	}
}

// FuzzFrames: whatever a file holds, it ends, no frame is beyond the bound or
// blank, and together they hold every byte that is not blank, in order, unless
// something was too large.
func FuzzFrames(f *testing.F) {
	f.Add([]byte(lines(frame(1, "a"), frame(2, "b"))))
	f.Add([]byte(lines("{", frame(2, "b"), "", "x")))
	f.Add([]byte("{ \"now\" : 1,\n \"aircraft\" : [\n]\n}"))
	f.Add([]byte(compressed(lines(frame(1, "a"), frame(2, "b")))))
	const limit = 200
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := newStream(bytes.NewReader(file), limit)
		if err != nil {
			return
		}
		list, large, err := all(t, s)
		for _, body := range list {
			if len(body) > limit || strings.TrimSpace(body) == "" {
				t.Fatalf("frame %q", body)
			}
			schedule := schedule{speed: 1000}
			if d := schedule.due(recordedAt([]byte(body))); d != 0 {
				t.Fatalf("the first frame is due at %v", d)
			}
		}
		if bytes.HasPrefix(file, []byte("\x1f\x8b")) || large > 0 {
			return
		}
		squeeze := func(text string) string { return strings.Join(strings.Fields(text), "") }
		if got := squeeze(strings.Join(list, "")); err != io.EOF || got != squeeze(string(file)) {
			t.Fatalf("%v: %q of %q", err, got, file)
		}
	})
}
