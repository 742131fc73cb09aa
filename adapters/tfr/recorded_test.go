package tfr

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/recordings"
)

func recorded(t *testing.T, name string) []byte {
	t.Helper()
	return recordings.Read(t, recordings.File(t, "airspace/"+name))
}

// TestRecordedDetail reads a file of details as it was served. Its text says "EFFECTIVE
// IMMEDIATELY UNTIL 2604180900 UTC (0500 LOCAL 04/18/26)" and "0.5NM RADIUS OF
// 421557N0834455W SFC-400FT AGL", whatever zone the file names.
func TestRecordedDetail(t *testing.T) {
	d, err := parseDetail(recorded(t, "faa_tfr_xnotam_detail_6_4045.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if got := d.end.String(); got != "2026-04-18T09:00:00Z" || d.start != 0 {
		t.Errorf("from %q to %s", d.start, got)
	}
	if d.floor.V != 0 || !d.floor.Known || d.ceiling.V != 400 {
		t.Errorf("from %v to %v", d.floor, d.ceiling)
	}
	centre := d.shape.Centre()
	if nm := d.shape.RadiusNM(centre); nm < 0.49 || nm > 0.51 || centre.Lat < 42.2654 || centre.Lat > 42.2663 || centre.Lon > -83.748 || centre.Lon < -83.749 {
		t.Errorf("%.2f nm around %v", nm, centre)
	}
	if d.facility != "ZOB" || len(d.text) < 1000 {
		t.Errorf("%s: %.80s", d.facility, d.text)
	}
}

// TestRecordedList reads an answer of the list, as it was served, with the details of
// one of its two.
func TestRecordedList(t *testing.T) {
	detail := recorded(t, "faa_tfr_xnotam_detail_6_4045.xml")
	folder, err := url.Parse("https://tfr.example/download/")
	if err != nil {
		t.Fatal(err)
	}
	d := &decoder{folder: folder}
	var asked []string
	more := func(_ context.Context, address *url.URL) ([]byte, error) {
		asked = append(asked, address.String())
		if address.Path == "/download/detail_6_3475.xml" {
			return detail, nil
		}
		return []byte("<html>gone</html>"), nil
	}
	body := recorded(t, "faa_tfr_wfs_V_TFR_LOC_2features.geojson")
	found, err := d.decode(t.Context(), body, more, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Items) != 2 || found.Items[0].Key != "6/3475" || found.Items[1].Key != "6/9802" || found.Bad[BadDetail] != 1 || !found.Partial {
		t.Fatalf("%+v", found)
	}
	first, second := found.Items[0], found.Items[1]
	if first.Until == 0 || first.Fields.Get("ceiling_ft") != "400" || second.Until != 0 || second.Fields.Get("reason") != `"HAZARDS"` {
		t.Errorf("%+v\n%+v", first, second)
	}
	for _, item := range found.Items {
		for _, name := range []string{"polygon", "latitude", "longitude", "radius_nm", "location"} {
			if item.Fields.Get(name) == "" {
				t.Errorf("%s has no %s", item.Key, name)
			}
		}
	}
	if _, err := d.decode(t.Context(), body, more, time.Now()); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{
		"https://tfr.example/download/detail_6_3475.xml", "https://tfr.example/download/detail_6_9802.xml",
		"https://tfr.example/download/detail_6_9802.xml",
	}, asked); d != "" {
		t.Errorf("asked for (-want +got):\n%s", d)
	}
}
