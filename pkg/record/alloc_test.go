//go:build !race

package record_test

import (
	"testing"

	"github.com/skygate-io/skygate/pkg/record"
)

func TestAllocAppendJSON(t *testing.T) {
	r := record.Record{Key: "4841D7", Fields: record.Fields{
		{Name: "flight", Raw: `"KLM23"`}, {Name: "gs", Raw: "468.9"}, {Name: "lat"}, {Name: "seen", Raw: record.Time(1000)},
	}}
	buf := make([]byte, 0, 256)
	if n := testing.AllocsPerRun(100, func() { buf = r.AppendJSON(buf[:0], "hex", 2000) }); n != 0 {
		t.Errorf("encoding a record allocates %v times, want 0", n)
	}
}

func TestAllocMergeOfKnownFields(t *testing.T) {
	f := record.Fields{{Name: "gs", Raw: "1"}, {Name: "lat", Raw: "2"}, {Name: "lon", Raw: "3"}}
	patch := record.Fields{{Name: "gs", Raw: "4"}, {Name: "lon", Raw: "5"}}
	if n := testing.AllocsPerRun(100, func() { f.Merge(patch) }); n != 0 {
		t.Errorf("merging known fields allocates %v times, want 0", n)
	}
}
