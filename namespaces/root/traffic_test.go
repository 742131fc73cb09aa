package root_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/record"
)

func flight(hex string, lat, lon float64, parts ...string) record.Record {
	return aircraft(hex, append(parts, fmt.Sprintf("lat:%v", lat), fmt.Sprintf("lon:%v", lon))...)
}

func TestTrafficRequests(t *testing.T) {
	known := []record.Record{
		flight("A1", 50, 8, `alt:35000`, `gs:450`, `category:"A3"`, `military:false`, `emergency:true`, `distance_nm:7.5`),
		flight("B2", 50, 8, `alt:"ground"`, `gs:12`, `category:"A3"`, `military:true`, `distance_nm:0`),
		aircraft("C3", `alt:9999`, `gs:999`, `emergency:false`),
		flight("D4", 50, 8, `alt:29999`, `gs:null`, `distance_nm:"far"`),
		flight("E5", 50, 8),
	}
	atDesk(t, known, func(d *desk) {
		d.wants("aircraft-stats", `{}`, `{"total":5,"with_position":4,"military":1,"emergency":1,"categories":{"A3":2,"Unknown":3},`+
			`"altitude_bands":{"ground":1,"low":1,"medium":1,"high":1},"timestamp":"NOW"}`)
		var top map[string]json.RawMessage
		if err := json.Unmarshal([]byte(d.ask("aircraft-top", `{}`)), &top); err != nil {
			d.Fatal(err)
		}
		for name, want := range map[string]string{"closest": "B2 A1", "fastest": "A1 B2", "highest": "A1 D4 B2"} {
			var list []struct{ Hex string }
			if err := json.Unmarshal(top[name], &list); err != nil {
				d.Fatal(err)
			}
			got := make([]string, 0, len(list))
			for _, a := range list {
				got = append(got, a.Hex)
			}
			if strings.Join(got, " ") != want {
				d.Errorf("%s: %v, want %s", name, got, want)
			}
		}
	})
}

func TestClusters(t *testing.T) {
	known := []record.Record{
		flight("A1", 50, 8), flight("A2", 50.3, 8), flight("A3", 50.3, 8.3), // a chain
		flight("B1", 50, 9.5),
		flight("C1", -10, 179.9, `flight:"QFA1 "`, `alt:35000`, `track:90`, `gs:450`, `military:false`, `emergency:false`),
		flight("C2", -10, -179.9),
		aircraft("D1", `alt:1000`),
	}
	const c1 = `{"hex":"C1","alt":35000,"emergency":false,"flight":"QFA1 ","gs":450,"lat":-10,"lon":179.9,"military":false,"track":90}`
	const c2 = `{"hex":"C2","alt":null,"emergency":null,"flight":null,"gs":null,"lat":-10,"lon":-179.9,"military":null,"track":null}`
	const chain = `{"lat":50.2,"lon":8.1,"count":3,"bbox":[50,8,50.3,8.3]}`
	const b1 = `{"lat":50,"lon":9.5,"count":1,"bbox":[50,9.5,50,9.5]}`
	for name, tc := range map[string]struct{ params, want string }{
		"some of the world":         {`{"zoom":3,"bbox":{"north":60,"south":40,"east":20,"west":0}}`, `{"clustered":true,"clusters":[` + chain + `,` + b1 + `],"count":4}`},
		"as a list":                 {`{"zoom":3,"bbox":[40,0,60,20]}`, `{"clustered":true,"clusters":[` + chain + `,` + b1 + `],"count":4}`},
		"across the 180th meridian": {`{"zoom":8,"bbox":{"north":0,"south":-20,"east":-170,"west":170}}`, `{"clustered":false,"aircraft":[` + c1 + `,` + c2 + `],"count":2}`},
		"of a map dragged around":   {`{"zoom":9,"bbox":{"north":0,"south":-20,"east":190,"west":170}}`, `{"clustered":false,"aircraft":[` + c1 + `,` + c2 + `],"count":2}`},
		"twice around":              {`{"zoom":9,"bbox":{"north":0,"south":-95,"east":-530,"west":-550}}`, `{"clustered":false,"aircraft":[` + c1 + `,` + c2 + `],"count":2}`},
		"nothing there":             {`{"zoom":3,"bbox":[10,10,11,11]}`, `{"clustered":true,"clusters":[],"count":0}`},
		"nothing there, near":       {`{"zoom":8,"bbox":[10,10,11,11]}`, `{"clustered":false,"aircraft":[],"count":0}`},
		"half a box":                {`{"bbox":{"north":1}}`, "invalid_params: Invalid params: bbox: expected an object with the numbers north, south, east and west"},
		"three numbers":             {`{"bbox":[1,2,3]}`, "invalid_params: Invalid params: bbox: expected four numbers [south, west, north, east]"},
		"upside down":               {`{"bbox":[9,0,1,1]}`, "invalid_params: Invalid params: bbox: north 1 is below south 9"},
		"a text":                    {`{"bbox":"here"}`, "invalid_params: Invalid params: bbox: expected an object with the numbers north, south, east and west"},
		"zoom as a text":            {`{"zoom":"3"}`, "invalid_params: Invalid params: zoom: expected a number, got string"},
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, known, func(d *desk) { d.wants("aircraft-clusters", tc.params, tc.want) })
		})
	}
	atDesk(t, known, func(d *desk) {
		for params, want := range map[string]string{
			`{}`:         "6 in 4: 3 1 1 1",
			`{"zoom":3}`: "6 in 4: 3 1 1 1",
			`{"zoom":4}`: "6 in 6: 1 1 1 1 1 1",
			`{"zoom":9,"bbox":{"north":90,"south":-90,"west":-900,"east":900}}`: "6 in 0:",
		} {
			if got := outline(d.T, d.ask("aircraft-clusters", params)); got != want {
				d.Errorf("%s: %s, want %s", params, got, want)
			}
		}
	})
}

type clustered struct {
	Count    int
	Clusters []struct {
		Count int
		BBox  [4]float64
	}
}

func outline(t *testing.T, answer string) string {
	t.Helper()
	var c clustered
	if err := json.Unmarshal([]byte(answer), &c); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	text := fmt.Sprintf("%d in %d:", c.Count, len(c.Clusters))
	for _, one := range c.Clusters {
		text += fmt.Sprintf(" %d", one.Count)
	}
	return text
}

// The same as joining every two within reach, one after the other.
func TestClustersEqualTheSlowWay(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 5 {
		known := make([]record.Record, 400)
		lat, lon := make([]float64, len(known)), make([]float64, len(known))
		group := make([]int, len(known))
		for i := range known {
			lat[i], lon[i] = math.Round(random.Float64()*1e5*6)/1e5, math.Round(random.Float64()*1e5*10-5e5)/1e5
			known[i], group[i] = flight(fmt.Sprintf("%06X", i), lat[i], lon[i]), i
		}
		zoom := 3 + random.Float64()
		reach := 0.4 / math.Exp2(zoom-3)
		for i := range known {
			for j := range i {
				if math.Hypot(lat[i]-lat[j], lon[i]-lon[j]) <= reach {
					from, to := group[i], group[j]
					for k := range group {
						if group[k] == from {
							group[k] = to
						}
					}
				}
			}
		}
		sizes := map[int]int{}
		for _, g := range group {
			sizes[g]++
		}
		var want []int
		for _, n := range sizes {
			want = append(want, n)
		}
		slices.Sort(want)
		slices.Reverse(want)
		atDesk(t, known, func(d *desk) {
			var c clustered
			if err := json.Unmarshal([]byte(d.ask("aircraft-clusters", fmt.Sprintf(`{"zoom":%v}`, zoom))), &c); err != nil {
				d.Fatal(err)
			}
			var got []int
			for _, one := range c.Clusters {
				got = append(got, one.Count)
			}
			if !slices.Equal(got, want) {
				d.Errorf("zoom %v: %v, want %v", zoom, got, want)
			}
		})
	}
}
