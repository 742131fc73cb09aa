package notams

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/recordings"
)

// TestRecorded reads all NOTAMs of four airports: each is used, under a key of its own, and
// those with a place are within a degree of the airport.
func TestRecorded(t *testing.T) {
	for station, want := range map[string]struct {
		items, placed, ends int
		lat, lon            float64
	}{
		"EGLL": {42, 42, 37, 51.47, -0.45}, "KJFK": {99, 99, 97, 40.64, -73.78},
		"KMCO": {34, 34, 32, 28.43, -81.31}, "PHNL": {65, 65, 65, 21.32, -157.92},
	} {
		t.Run(station, func(t *testing.T) {
			body := recordings.Read(t, recordings.File(t, "airspace/avwx_notam_"+station+".json.gz"))
			found, err := pages{}.decode(t.Context(), body, nil, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			keys, placed, ends := map[string]bool{}, 0, 0
			for _, item := range found.Items {
				keys[item.Key] = true
				if !strings.HasPrefix(item.Key, station+" ") || item.Fields.Get("text") == "" || item.From == 0 {
					t.Errorf("%+v", item)
				}
				if (item.Until == 0) != (item.Fields.Get("is_permanent") == "true") {
					t.Errorf("%s ends at %d, and is permanent: %s", item.Key, item.Until, item.Fields.Get("is_permanent"))
				}
				if item.Until != 0 {
					ends++
				}
				lat, ok := record.Float(item.Fields.Get("latitude"))
				if !ok {
					continue
				}
				placed++
				lon, _ := record.Float(item.Fields.Get("longitude"))
				if math.Abs(lat-want.lat) > 1 || math.Abs(lon-want.lon) > 1 {
					t.Errorf("%s is at %v, %v", item.Key, lat, lon)
				}
			}
			if len(found.Items) != want.items || len(keys) != want.items || placed != want.placed || ends != want.ends || len(found.Bad) != 0 {
				t.Errorf("%d NOTAMs, %d keys, %d with a place, %d with an end, refused %v", len(found.Items), len(keys), placed, ends, found.Bad)
			}
		})
	}
}
