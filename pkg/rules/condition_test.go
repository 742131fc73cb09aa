package rules_test

import (
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/rules"
)

func TestConditions(t *testing.T) {
	const swiss = `{"flight":"SWR12A","squawk":"0021","t":"A20N","category":"A3","r":"HB-JCA","ownOp":"Swiss International","alt":35000,"gs":450.5,"vr":-640,"distance_nm":12.5,"military":false,"emergency":false,"lat":47.5,"lon":8.5}`
	const rescue = `{"flight":"rega1","squawk":"7700","category":"A7","alt":"ground","gs":0,"military":false,"emergency":true}`
	const bare = `{"rssi":-20}`
	for condition, holdsFor := range map[string]string{ // s: swiss, r: rescue
		`{"type":"icao","operator":"eq","value":"4b1805"}`:              "s",
		`{"type":"icao","operator":"neq","value":"4B1805"}`:             "r",
		`{"type":"icao","operator":"startswith","value":"4b1"}`:         "s",
		`{"type":"callsign","operator":"eq","value":"swr12a"}`:          "s",
		`{"type":"callsign","operator":"EQ","value":" REGA1 "}`:         "r",
		`{"type":"callsign","operator":"startswith","value":"Rega"}`:    "r",
		`{"type":"callsign","operator":"endswith","value":"2a"}`:        "s",
		`{"type":"callsign","operator":"contains","value":"wr1"}`:       "s",
		`{"type":"callsign","operator":"regex","value":"[a-z]{3}\\d+"}`: "s",
		`{"type":"callsign","operator":"regex","value":"a|reg"}`:        "r",
		`{"type":"callsign","operator":"regex","value":"12"}`:           "",
		`{"type":"callsign","operator":"regex","value":"\\D+1$"}`:       "r",
		`{"type":"squawk","operator":"eq","value":"7700"}`:              "r",
		`{"type":"squawk","operator":"eq","value":7700}`:                "r",
		`{"type":"squawk","operator":"eq","value":21}`:                  "s",
		`{"type":"squawk","operator":"neq","value":"7700"}`:             "s",
		`{"type":"type","operator":"eq","value":"a20n"}`:                "s",
		`{"type":"aircraft_type","operator":"startswith","value":"A2"}`: "s",
		`{"type":"category","operator":"eq","value":"A7"}`:              "r",
		`{"type":"registration","operator":"startswith","value":"hb-"}`: "s",
		`{"type":"operator","operator":"contains","value":"swiss"}`:     "s",

		`{"type":"altitude","operator":"gt","value":34999}`:                      "s",
		`{"type":"altitude","operator":"eq","value":"35000"}`:                    "s",
		`{"type":"altitude","operator":"eq","value":0}`:                          "r",
		`{"type":"altitude","operator":"neq","value":0}`:                         "s",
		`{"type":"altitude","operator":"le","value":"35000"}`:                    "rs",
		`{"type":"altitude","operator":"lt","value":35000}`:                      "r",
		`{"type":"altitude","operator":"lte","value":34999.5}`:                   "r",
		`{"type":"altitude","operator":"ge","value":35000}`:                      "s",
		`{"type":"altitude","operator":"gte","value":35001}`:                     "",
		`{"type":"speed","operator":"gt","value":450}`:                           "s",
		`{"type":"vertical_rate","operator":"lt","value":-500}`:                  "s",
		`{"type":"distance","operator":"le","value":12.5}`:                       "s",
		`{"type":"proximity","operator":"lt","value":"12.5"}`:                    "",
		`{"type":"altitude_above","value":35000}`:                                "",
		`{"type":"altitude_above","operator":"gte","value":"35000"}`:             "s",
		`{"type":"altitude_below","operator":"lt","value":"3000"}`:               "r",
		`{"type":"altitude_below","operator":"eq","value":0}`:                    "",
		`{"type":"altitude_below","operator":"le","value":0}`:                    "r",
		`{"type":"altitude_between","value":{"min":1000,"max":"35000"}}`:         "s",
		`{"type":"altitude_between","operator":"between","value":[0,34000]}`:     "r",
		`{"type":"speed_above","operator":"gt","value":"450"}`:                   "s",
		`{"type":"speed_below","value":100}`:                                     "r",
		`{"type":"distance_within","operator":"lte","value":"12.5"}`:             "s",
		`{"type":"distance_within","operator":"lt","value":12.5}`:                "",
		`{"type":"distance_within","value":{"lat":47.5,"lon":9,"radius_nm":30}}`: "s",
		`{"type":"distance_within","value":{"lat":47.5,"lon":9,"radius_nm":20}}`: "",

		`{"type":"military","operator":"eq","value":false}`:                                                            "rs",
		`{"type":"military","operator":"neq","value":"false"}`:                                                         "",
		`{"type":"emergency","operator":"eq","value":"True"}`:                                                          "r",
		`{"type":"emergency","value":1}`:                                                                               "r",
		`{"type":"helicopter","operator":"eq","value":"true"}`:                                                         "r",
		`{"type":"helicopter","operator":"eq","value":false}`:                                                          "s",
		`{"type":"on_ground","value":true}`:                                                                            "r",
		`{"type":"class","operator":"neq","value":"military"}`:                                                         "rs",
		`{"type":"geofence","value":{"lat":47,"lon":8,"radius_nm":60}}`:                                                "s",
		`{"type":"geofence","operator":"outside","value":{"type":"circle","center":{"lat":0,"lon":8},"radius_nm":60}}`: "s",
		`{"type":"geofence","operator":"inside","value":{"type":"polygon","points":[{"lat":47,"lon":8},{"lat":47,"lon":9},{"lat":48,"lon":9},{"lat":48,"lon":8}]}}`: "s",
		`{"type":"geofence","operator":"inside","value":{"type":"Polygon","coordinates":[[[8,47],[9,47],[9,48],[8,48],[8,47]]]}}`:                                   "s",
	} {
		r := ruled(t, condition)
		got := ""
		for _, a := range []struct{ who, key, object string }{{"r", "4B5555", rescue}, {"s", "4B1805", swiss}, {"bare", "", bare}} {
			m := rules.New(nil)
			m.Set(r)
			if len(m.Observe(a.key, fields(t, a.object), 0, start)) > 0 {
				got += a.who
			}
		}
		if got != holdsFor {
			t.Errorf("%s holds for %q, want %q", condition, got, holdsFor)
		}
	}
}

func TestWrongConditions(t *testing.T) {
	deep := strings.Repeat(`{"groups":[`, 9) + strings.Repeat(`]}`, 9)
	for condition, says := range map[string]string{
		`7`:                           `expected a condition, {"type": …, "operator": …, "value": …}, got a number`,
		`{"operator":"eq","value":1}`: "conditions.conditions[0].type: is missing; there are: aircraft_type",
		`{"type":"fog","value":1}`:    `type: unknown type "fog"; there are: aircraft_type, altitude`,
		`{"type":"icao","operator":"eq","vlue":1}`:                                      `conditions.conditions[0]: unknown field "vlue"`,
		`{"type":7,"value":1}`:                                                          "conditions.conditions[0].type: has the wrong kind of value: number",
		`{"type":"law_enforcement","operator":"eq","value":true}`:                       "is not told by any source here; ask for the operator",
		`{"type":"turbulence_level","operator":"eq","value":"none"}`:                    "is not told by any source here",
		`{"type":"icao","operator":"eq"}`:                                               "value: is missing",
		`{"type":"icao","operator":"eq","value":null}`:                                  "value: is missing",
		`{"type":"icao","value":"A"}`:                                                   "operator: is missing; there are for icao: contains, endswith, eq, neq, startswith, regex",
		`{"type":"icao","operator":"gt","value":"A"}`:                                   `unknown operator "gt" for icao; there are: contains`,
		`{"type":"icao","operator":"eq","value":" "}`:                                   "value: is empty",
		`{"type":"icao","operator":"eq","value":["A"]}`:                                 "value: expected a string, got a list",
		`{"type":"icao","operator":"eq","value":"` + strings.Repeat("A", 101) + `"}`:    "101 bytes is too long: at most 100",
		`{"type":"icao","operator":"regex","value":"` + strings.Repeat("A", 501) + `"}`: "501 bytes is too long: at most 500",
		`{"type":"icao","operator":"regex","value":"(a"}`:                               "is no regular expression (RE2 syntax): missing closing )",
		`{"type":"icao","operator":"regex","value":"a)|(b"}`:                            "is no regular expression (RE2 syntax)",
		`{"type":"icao","operator":"regex","value":"A{900}"}`:                           "too large an expression",
		`{"type":"icao","operator":"regex","value":"((A{9}){9}){9}"}`:                   "too large an expression",
		`{"type":"icao","operator":"regex","value":".*"}`:                               "matches every text",
		`{"type":"icao","operator":"regex","value":"A?"}`:                               "matches every text",
		`{"type":"altitude","operator":"gt","value":"high"}`:                            "value: expected a number, got a string",
		`{"type":"altitude","operator":"gt","value":true}`:                              "value: expected a number, got true or false",
		`{"type":"altitude","operator":"contains","value":3}`:                           `unknown operator "contains" for altitude; there are: eq, neq, lt, le, gt, ge`,
		`{"type":"altitude","value":3}`:                                                 "operator: is missing; there are for altitude",
		`{"type":"altitude","operator":"gt","value":1e9}`:                               "1e+09 is out of range: from -5000 to 150000",
		`{"type":"altitude","operator":"ge","value":-5000}`:                             "holds for every aircraft",
		`{"type":"altitude","operator":"gt","value":150000}`:                            "holds for no aircraft",
		`{"type":"speed","operator":"lt","value":0}`:                                    "holds for no aircraft",
		`{"type":"distance_within","value":10807}`:                                      "holds for every aircraft",
		`{"type":"distance_within","operator":"gt","value":1}`:                          `unknown operator "gt"`,
		`{"type":"distance_within","value":{"type":"polygon","points":[{"lat":0,"lon":0},{"lat":0,"lon":1},{"lat":1,"lon":1}]}}`:  "a distance is from a point",
		`{"type":"altitude_above","operator":"lt","value":1}`:                                                                     `unknown operator "lt" for altitude_above; there are: gt, ge`,
		`{"type":"altitude_between","value":7}`:                                                                                   "expected {\"min\"",
		`{"type":"altitude_between","value":{"min":7}}`:                                                                           "value.max: expected a number, got nothing",
		`{"type":"altitude_between","value":{"min":7,"max":6}}`:                                                                   "from 7 to 6 there is nothing",
		`{"type":"altitude_between","value":[-5000,150000]}`:                                                                      "holds for every aircraft",
		`{"type":"military","operator":"eq","value":"maybe"}`:                                                                     "expected true or false, got a string",
		`{"type":"military","operator":"gt","value":true}`:                                                                        `unknown operator "gt" for military; there are: eq, neq`,
		`{"type":"class","operator":"eq","value":"police"}`:                                                                       `the only class that any source tells is "military"`,
		`{"type":"geofence","value":"home"}`:                                                                                      "expected a geofence, an object of type circle or polygon, got a string",
		`{"type":"geofence","value":{"type":"box"}}`:                                                                              `value.type: "box" is no type of geofence`,
		`{"type":"geofence","value":{"typ":"circle"}}`:                                                                            `value: unknown field "typ"`,
		`{"type":"geofence","operator":"near","value":{"lat":0,"lon":0,"radius_nm":5}}`:                                           `unknown operator "near" for geofence; there are: inside, outside, entering, leaving`,
		`{"type":"entering_geofence","operator":"leaving","value":{"lat":0,"lon":0,"radius_nm":5}}`:                               `unknown operator "leaving"`,
		`{"type":"geofence","value":{"type":"circle","center":{"lat":91,"lon":0},"radius_nm":5}}`:                                 "value.center: 91, 0 is no position",
		`{"type":"geofence","value":{"type":"circle","center":{"lat":1},"radius_nm":5}}`:                                          "value.center: is missing its lat or lon",
		`{"type":"geofence","value":{"type":"circle","center":{"lat":1,"lon":1}}}`:                                                "value.radius_nm: expected a number above 0",
		`{"type":"geofence","value":{"type":"polygon","points":[{"lat":0,"lon":0},{"lat":0,"lon":1}]}}`:                           "value.points: has 2 corners",
		`{"type":"geofence","value":{"type":"polygon","points":[{"lat":0,"lon":0},{"lat":0,"lon":1},null]}}`:                      "value.points[2]: is missing its lat or lon",
		`{"type":"geofence","value":{"type":"polygon","points":[{"lat":0,"lon":0},{"lat":0,"lon":1},{"lat":0,"lon":2}]}}`:         "encloses nothing",
		`{"type":"geofence","value":{"type":"polygon","points":[{"lat":0,"lon":0},{"lat":0,"lon":180},{"lat":9,"lon":0}]}}`:       "half around the earth",
		`{"type":"geofence","value":{"type":"polygon","points":[{"lat":60,"lon":0},{"lat":60,"lon":120},{"lat":60,"lon":-120}]}}`: "around a pole",
		`{"type":"geofence","value":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]],[[0,0],[1,0],[1,1]]]}}`:                  "has 2 rings",
	} {
		_, err := rules.Parse([]byte(`{"name":"R","conditions":{"conditions":[` + condition + `]}}`))
		if err == nil || !strings.Contains(err.Error(), says) || !strings.HasPrefix(err.Error(), "conditions.conditions[0]") {
			t.Errorf("%s: %v, want one that says %q", condition, err, says)
		}
	}
	for tree, says := range map[string]string{
		`7`:                "conditions: expected a group",
		`{"logic":"XOR"}`:  `conditions.logic: "XOR" is no logic; there are AND and OR`,
		`{"logic":"AND"}`:  "conditions: is empty",
		`{"groups":[{}]}`:  "conditions.groups[0]: is empty",
		`{"groups":{}}`:    "conditions.groups: has the wrong kind",
		`{"condition":[]}`: `conditions: unknown field "condition"`,
		deep:               "groups are nested deeper than 8",
		strings.Repeat(`[`, 99) + strings.Repeat(`]`, 99):                                                                   "nested too deeply",
		`{"conditions":[` + strings.Repeat(`{"type":"military","value":true},`, 100) + `{"type":"military","value":true}]}`: "more than 100 conditions",
	} {
		if _, err := rules.Parse([]byte(`{"name":"R","conditions":` + tree + `}`)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want one that says %q", tree, err, says)
		}
	}
}
