package awc

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/recordings"
)

// recorded gives what the upstream has answered for a product.
func recorded(t *testing.T, product string) []byte {
	t.Helper()
	return recordings.Read(t, recordings.File(t, "airspace/awc_2026-07-21_"+product+".json"))
}

// TestRecorded reads what the upstream has answered, whole: every advisory is used, and
// has a key of its own, a place and an end.
func TestRecorded(t *testing.T) {
	for product, want := range map[string]struct {
		items int
		kind  string
	}{"airsigmet": {16, "SIGMET"}, "gairmet": {23, "GAIRMET"}, "tcf": {21, "TCF"}, "cwa": {0, ""}} {
		t.Run(product, func(t *testing.T) {
			found, err := Decode(t.Context(), recorded(t, product), nil, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if len(found.Items) != want.items || len(found.Bad) != 0 {
				t.Errorf("%d advisories, refused %v", len(found.Items), found.Bad)
			}
			keys := map[string]bool{}
			for _, item := range found.Items {
				keys[item.Key] = true
				at := time.UnixMilli(item.From).UTC().Format("2006-01-02")
				if item.Until <= item.From || item.Until > item.From+6*3600*1000 || at != "2026-07-21" && at != "2026-07-20" {
					t.Errorf("%s is in force from %d to %d", item.Key, item.From, item.Until)
				}
				for _, name := range []string{"polygon", "lat", "lon", "hazard", "valid_to"} {
					if item.Fields.Get(name) == "" {
						t.Errorf("%s has no %s", item.Key, name)
					}
				}
				if got := item.Fields.Get("advisory_type"); got != `"`+want.kind+`"` {
					t.Errorf("%s is a %s", item.Key, got)
				}
			}
			if len(keys) != want.items {
				t.Errorf("%d keys: %v", len(keys), keys)
			}
			for key := range maps.Keys(keys) {
				if strings.Contains(key, "--") && !strings.HasPrefix(key, "GAIRMET") {
					t.Errorf("the key %s lacks something", key)
				}
			}
		})
	}
	for _, other := range []string{"pirep", "metar", "taf"} {
		if found, err := Decode(t.Context(), recorded(t, other), nil, time.Now()); err != nil || len(found.Items) != 0 || found.Bad[BadKind] == 0 {
			t.Errorf("%s: %d advisories, refused %v, %v", other, len(found.Items), found.Bad, err)
		}
	}
}
