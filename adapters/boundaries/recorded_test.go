package boundaries

import (
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/recordings"
)

// TestRecorded reads whole files of boundaries: each is used under a key of its own.
func TestRecorded(t *testing.T) {
	for file, want := range map[string]struct {
		items  int
		fields []string
	}{
		"uk_advisory_airspaces.geojson.gz":       {920, []string{"polygon", "lat", "lon", "radius", "class", "floor", "ceiling"}},
		"tar1090_US_ARTCC_boundaries.geojson.gz": {20, []string{"polygon", "lat", "lon", "radius", "name"}},
	} {
		t.Run(file, func(t *testing.T) {
			found, err := Decode(t.Context(), recordings.Read(t, recordings.File(t, "airspace/"+file)), nil, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if len(found.Items) != want.items || len(found.Bad) != 0 {
				t.Errorf("%d boundaries, refused %v", len(found.Items), found.Bad)
			}
			keys := map[string]bool{}
			lacking := map[string]int{}
			for _, item := range found.Items {
				keys[item.Key] = true
				for _, name := range want.fields {
					if item.Fields.Get(name) == "" {
						lacking[name]++
					}
				}
			}
			if len(keys) != len(found.Items) || len(lacking) != 0 {
				t.Errorf("%d keys of %d; what is lacking: %v", len(keys), len(found.Items), lacking)
			}
		})
	}
}
