package view_test

import (
	"fmt"

	"github.com/skygate-io/skygate/pkg/view"
)

func Example() {
	filter, err := view.ParseFilter([]byte(`{"callsign_prefix": "swr", "altitude": {"min": 10000}}`))
	if err != nil {
		panic(err)
	}
	fmt.Println(string(filter.Canonical()))

	var aircraft view.Attributes // kept beside the record
	aircraft.Set("flight", `"SWR12   "`)
	aircraft.Set("alt", "9950")
	fmt.Println(filter.Matches("4B1805", &aircraft))
	aircraft.Set("alt", "10000")
	fmt.Println(filter.Matches("4B1805", &aircraft))

	_, err = view.ParseFilter([]byte(`{"altitude": {"min": 5000, "max": 1000}}`))
	fmt.Println(err)
	// Output:
	// {"altitude":{"min":10000},"callsign_prefix":["SWR"]}
	// false
	// true
	// altitude: min 5000 is above max 1000
}
