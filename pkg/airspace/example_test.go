package airspace_test

import (
	"encoding/json"
	"fmt"

	"github.com/skygate-io/skygate/pkg/airspace"
	"github.com/skygate-io/skygate/pkg/record"
)

// An upstream's entry becomes a record, with the names and units that clients know.
func Example() {
	var upstream struct {
		From   airspace.Moment `json:"validTimeFrom"`
		Top    airspace.Text   `json:"top"`
		Coords json.RawMessage `json:"coords"`
	}
	_ = json.Unmarshal([]byte(`{"validTimeFrom":1784598900,"top":"270",
		"coords":[{"lat":"40","lon":"179"},{"lat":"40","lon":"-179"},{"lat":"42","lon":"-179"},{"lat":"42","lon":"179"}]}`), &upstream)
	shape, err := airspace.FromPlaces(upstream.Coords, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	a := airspace.Advisory{Type: "SIGMET", Hazard: "ICE", From: upstream.From, Upper: airspace.Level(string(upstream.Top)), Shape: shape}
	r := record.Record{Key: "S1", Fields: a.Fields()}
	for _, name := range []string{"valid_from", "upper_alt_ft", "lat", "lon"} {
		fmt.Println(name, r.Fields.Get(name))
	}
	// Output:
	// valid_from "2026-07-21T01:55:00Z"
	// upper_alt_ft 27000
	// lat 41
	// lon 180
}
