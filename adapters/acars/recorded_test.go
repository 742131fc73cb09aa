package acars

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/recordings"
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

// everyRecording gives the lines of each.
func everyRecording(t *testing.T) map[string][]string {
	t.Helper()
	files := recordings.Files(t, "acars/*.jsonl*")
	if len(files) < len(recorded) {
		t.Fatalf("%d of %d recordings", len(files), len(recorded))
	}
	all := map[string][]string{}
	for _, file := range files {
		all[filepath.Base(file)] = recordings.Lines(t, file)
	}
	return all
}

func TestDecodeRecorded(t *testing.T) {
	for name, lines := range everyRecording(t) {
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
