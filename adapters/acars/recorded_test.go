package acars

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// recorded are the recordings, with what another program counted in each: messages,
// those that say the same in the same second, and frames without one.
var recorded = map[string]struct{ messages, duplicates, frames int }{
	"acarsdec4.1_udp_from_test_wav.jsonl": {7, 0, 0},
	"acarshub_2026-02_raw-acars.jsonl.gz": {587, 23, 0},
	"acarshub_2026-02_raw-hfdl.jsonl.gz":  {191, 0, 230},
	"acarshub_2026-02_raw-vdlm2.jsonl.gz": {207, 2, 190},
	"avp_acars.jsonl":                     {17, 0, 0},
	"avp_acars_2.jsonl":                   {10, 0, 4},
	"avp_hfdl.jsonl.gz":                   {945, 0, 2869},
	"avp_hfdl_2.jsonl":                    {28, 0, 0},
	"avp_hfdl_3.jsonl":                    {71, 0, 111},
	"avp_hfdl_4.jsonl.gz":                 {314, 0, 506},
	"avp_hfdl_5.jsonl.gz":                 {11, 0, 1684},
	"avp_irdm_bare.jsonl":                 {7, 0, 0},
	"avp_irdm_docker.jsonl":               {7, 0, 0},
	"avp_vdlm2.jsonl":                     {0, 0, 10},
	"avp_vdlm2_2.jsonl":                   {8, 0, 1},
	"avp_vdlm2_4.jsonl":                   {22, 1, 2},
	"avp_vdlm2_5.jsonl":                   {3, 6, 3},
	"avp_vdlm2_6.jsonl":                   {4, 0, 8},
	"avp_vdlm2_7.jsonl":                   {92, 11, 0},
	"avp_vdlm2_8.jsonl":                   {88, 10, 0},
}

// recordings gives the lines of every recording.
func recordings(t *testing.T) map[string][]string {
	t.Helper()
	folder := os.Getenv("SKYGATE_TESTDATA")
	if folder == "" {
		t.Skip("SKYGATE_TESTDATA is not set: it names the folder of the large recordings")
	}
	files, err := filepath.Glob(filepath.Join(folder, "acars", "*.jsonl*"))
	if err != nil || len(files) < len(recorded) {
		t.Fatalf("%d of %d recordings in %s/acars, %v", len(files), len(recorded), folder, err)
	}
	all := map[string][]string{}
	for _, file := range files {
		all[filepath.Base(file)] = readLines(t, file)
	}
	return all
}

func readLines(t *testing.T, file string) (lines []string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := io.Reader(f)
	if strings.HasSuffix(file, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	scan := bufio.NewScanner(in)
	for scan.Buffer(nil, 1<<20); scan.Scan(); {
		lines = append(lines, scan.Text())
	}
	if scan.Err() != nil {
		t.Fatal(scan.Err())
	}
	return lines
}

func TestDecodeRecorded(t *testing.T) {
	for name, lines := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			want, ok := recorded[name]
			if !ok {
				t.Fatal("nobody has counted what is in it")
			}
			got := want
			got.messages, got.duplicates, got.frames = 0, 0, 0
			seen := map[string]bool{}
			for _, line := range lines {
				messages, bad := Decode(line, time.Now())
				for _, m := range messages {
					if wantSound(t, m); seen[m.Event.Key] {
						got.duplicates++
						continue
					}
					seen[m.Event.Key] = true
					got.messages++
				}
				got.frames += int(bad[NoACARS])
				if delete(bad, NoACARS); len(bad) > 0 {
					t.Errorf("refused for %v: %s", bad, line)
				}
			}
			if d := cmp.Diff(want, got, cmp.AllowUnexported(want)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
