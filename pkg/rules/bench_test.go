package rules_test

import (
	"fmt"
	"testing"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/rules"
)

// busy gives a monitor with rules of all kinds, as users write them, and aircraft:
// of ten rules two watch an aircraft, two an airline, one a squawk, and five are
// asked for every aircraft, two of them geofences.
func busy(t testing.TB, howMany, aircraft int) (*rules.Monitor, []record.Record) {
	m := rules.New(nil)
	for i := range howMany {
		id := fmt.Sprint(i + 1)
		lat, lon := 45+float64(i%50)/10, 5+float64(i%70)/10
		condition := [...]string{
			fmt.Sprintf(`{"type":"icao","operator":"eq","value":"%06X"}`, i*7),
			fmt.Sprintf(`{"type":"icao","operator":"eq","value":"%06X"},{"type":"altitude_below","value":3000}`, i),
			fmt.Sprintf(`{"type":"callsign","operator":"startswith","value":"Q%02d"}`, i%100),
			fmt.Sprintf(`{"type":"callsign","operator":"eq","value":"SWR%d"},{"type":"speed_above","value":500}`, i),
			`{"type":"squawk","operator":"eq","value":"7700"}`,
			`{"type":"military","operator":"eq","value":true},{"type":"distance_within","value":20}`,
			`{"type":"altitude_below","value":2000},{"type":"speed_above","value":300}`,
			`{"type":"registration","operator":"startswith","value":"N"},{"type":"type","operator":"contains","value":"38"}`,
			fmt.Sprintf(`{"type":"geofence","operator":"entering","value":{"lat":%v,"lon":%v,"radius_nm":10}}`, lat, lon),
			fmt.Sprintf(`{"type":"geofence","operator":"inside","value":{"type":"polygon","points":[{"lat":%v,"lon":%v},{"lat":%v,"lon":%v},{"lat":%v,"lon":%v}]}},{"type":"helicopter","operator":"eq","value":true}`,
				lat, lon, lat, lon+0.5, lat+0.5, lon),
		}[i%10]
		m.Set(parse(t, `{"id":"`+id+`","name":"R","conditions":{"conditions":[`+condition+`]}}`))
	}
	traffic := make([]record.Record, aircraft)
	for i := range traffic {
		traffic[i] = record.Record{Key: fmt.Sprintf("%06X", i*3), Fields: fields(t, fmt.Sprintf(
			`{"alt":%d,"alt_baro":%d,"alt_geom":%d,"baro_rate":-640,"category":"A3","distance_nm":%d,"emergency":false,"flight":"SWR%d","gs":%d,"lat":%v,"lon":%v,`+
				`"messages":12345,"military":false,"nac_p":9,"nav_modes":["autopilot"],"nic":8,"ownOp":"Swiss","r":"HB-JCA","rssi":-12.5,"squawk":"1000","t":"A20N","track":90.5,"version":2,"vr":-640}`,
			5000+i*20%30000, 5000+i*20%30000, 5000+i*20%30000, i%200, i, 200+i%250, 45+float64(i%500)/100, 5+float64(i%700)/100))}
	}
	return m, traffic
}

// Each operation is one observation of one of 1,000 aircraft: 0.4 µs without rules,
// 5 µs with 1,000. At 1,000 observations a second a microsecond is a thousandth of a
// core, so 1,000 rules over 1,000 aircraft take half a hundredth of one, and a
// twentieth when all change ten times a second. They take 300 looks each, of 10 to
// 20 ns; none stands out.
func BenchmarkObserve(b *testing.B) {
	for _, n := range []int{0, 1_000} {
		b.Run(fmt.Sprintf("%d_rules", n), func(b *testing.B) {
			m, traffic := busy(b, n, 1000)
			for _, a := range traffic {
				m.Observe(a.Key, a.Fields, 0, start)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				a := &traffic[i%len(traffic)]
				m.Observe(a.Key, a.Fields, 0, start)
			}
		})
	}
}

// A second goes by: which of 1,000 rules are in force, and what may be forgotten.
func BenchmarkTick(b *testing.B) {
	m, traffic := busy(b, 1000, 1000)
	for _, a := range traffic {
		m.Observe(a.Key, a.Fields, 0, start)
	}
	now := start
	for b.Loop() {
		now = now.Add(1e9)
		m.Tick(now)
	}
}
