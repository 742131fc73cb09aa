package safety

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/geo"
)

// airport is where take-offs and landings are expected.
type airport struct {
	at        vector
	elevation float64 // ft
}

// parseAirport reads IDENT/LAT/LON/ELEVATION.
func parseAirport(text string) (airport, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 4 || parts[0] == "" {
		return airport{}, fmt.Errorf("%q is not IDENT/LAT/LON/ELEVATION, such as KJFK/40.6399/-73.7787/13", text)
	}
	var numbers [3]float64
	for i := range numbers {
		v, err := strconv.ParseFloat(parts[i+1], 64)
		if err != nil {
			return airport{}, fmt.Errorf("%q: %q is no number", text, parts[i+1])
		}
		numbers[i] = v
	}
	p, elevation := geo.Point{Lat: numbers[0], Lon: numbers[1]}, numbers[2]
	if !p.Valid() {
		return airport{}, fmt.Errorf("%q: the position is not on the earth", text)
	}
	if !(elevation >= -2000 && elevation <= 20_000) {
		return airport{}, fmt.Errorf("%q: elevation %v is out of range: from -2000 to 20000 (ft)", text, elevation)
	}
	at, _, _ := frame(p)
	return airport{at, elevation}, nil
}

// field gives the elevation of the airport that is nearest to a place, if one is near.
func (m *Monitor) field(at vector) (elevation float64, ok bool) {
	nearest := m.cfg.AirportNM * m.cfg.AirportNM
	for i := range m.airports {
		if d := m.airports[i].at.minus(at).square(); d <= nearest {
			nearest, elevation, ok = d, m.airports[i].elevation, true
		}
	}
	return elevation, ok
}
