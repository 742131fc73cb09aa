package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/skygate-io/skygate/test/reference"
)

// guest is one client of the crowd: how it connects, what it wants to see, and
// what happens to it. The Node process is told so in JSON.
type guest struct {
	Name       string   `json:"name"`
	URL        string   `json:"url"`
	Transports []string `json:"transports"`
	Join       string   `json:"join"` // "event": it subscribes; "auth": with its CONNECT; "auto": it leaves that to the server
	Ack        bool     `json:"ack"`  // it asks for acknowledgements
	Wish       wish     `json:"wish"`
	Steps      []step   `json:"steps"`
	Twin       string   `json:"twin,omitempty"` // who sees the same as one that stalls
	Counts     bool     `json:"counts"`         // it counts what it gets, for its twin
	Line       bool     `json:"line"`           // something happens to its connection
}

// wish is what a client asks for: filter, fields, hz, batch, legacy. nil clears.
type wish map[string]any

func (w wish) with(more wish) wish {
	out := maps.Clone(w)
	if out == nil {
		out = wish{}
	}
	maps.Copy(out, more)
	return out
}

func filter(conditions wish) wish { return wish{"filter": conditions} }

// step is something that happens to a client at a moment of the play, in seconds.
type step struct {
	At      float64 `json:"at"`
	Do      string  `json:"do"`
	Wish    wish    `json:"wish,omitempty"`
	Since   bool    `json:"since,omitempty"`  // it returns with what it holds
	Enough  *enough `json:"enough,omitempty"` // it happens as soon as its twin has got so much since it stalled
	Reached bool    `json:"reached,omitempty"`
}

// enough fills what is between the server and a client: bytes, and then messages.
type enough struct {
	Bytes  int `json:"bytes"`
	Frames int `json:"frames"`
}

// full is more than a cable takes (120 KB), and than may wait at the server.
var full = &enough{Bytes: 160 << 10, Frames: 66}

// stallMost ends a stall before the server gives the client up: 10 s.
const stallMost = 8.5

func ask(at float64, w wish) step { return step{At: at, Do: "ask", Wish: w} }

func cuts(at ...float64) (steps []step) {
	for i := 0; i < len(at); i += 2 {
		steps = append(steps, step{At: at[i], Do: "cut"}, step{At: at[i] + at[i+1], Do: "mend"})
	}
	return steps
}

func stall(at float64) []step {
	return []step{{At: at, Do: "stall"}, {At: at + stallMost, Do: "flow", Enough: full}}
}

// crowd is who takes part.
type crowd struct {
	world  *world
	guests []*guest
}

// add adds a client. How it connects, joins and wants its messages goes round, but
// for what the wish says.
func (c *crowd) add(name string, w wish, steps ...step) *guest {
	i := len(c.guests)
	options := []wish{{}, {"legacy": false}, {"batch": true}, {"batch": true, "legacy": false}}[i/2%4]
	g := &guest{
		Name: name, Wish: options.with(w), Steps: steps,
		Transports: strings.Split([]string{"websocket", "polling", "polling,websocket"}[i%3], ","),
		Join:       []string{"event", "auth"}[i/3%2],
		Ack:        i%5 < 2,
	}
	c.guests = append(c.guests, g)
	return g
}

func (c *crowd) addAuto(name, transports string) {
	g := c.add(name, nil)
	g.Wish, g.Join, g.Transports = nil, "auto", strings.Split(transports, ",")
}

// addStalled adds a client that stalls, and one that sees the same and does not.
func (c *crowd) addStalled(name, transports string, w wish, steps ...step) {
	w = wish{"legacy": true, "batch": false}.with(w)
	twin := c.add(name+"'s twin", w)
	twin.Counts = true
	g := c.add(name, w, steps...)
	g.Twin, g.Transports = twin.Name, strings.Split(transports, ",")
}

// gather gives fifty clients that look at different parts of a world.
func gather(w *world) []*guest {
	c := &crowd{world: w}
	c.add("witness", wish{"legacy": false, "batch": false}).Transports = []string{"websocket"}
	c.addAuto("an old client", "websocket")
	c.addAuto("an old client that polls", "polling")
	c.undisturbed()
	c.changing()
	c.cutOff()
	c.slow()
	return c.guests
}

// undisturbed are clients to whom nothing happens.
func (c *crowd) undisturbed() {
	w := c.world
	c.add("three fields", wish{"fields": []string{"lat", "lon", "alt"}})
	c.add("other fields", wish{"fields": []string{"flight", "squawk", "rssi", "no_such_field"}})
	c.add("no field", wish{"fields": []string{}})
	c.add("all, rarely", wish{"hz": 0.5})
	c.add("all, 10 Hz", wish{"hz": 10})
	for i, share := range []float64{0.05, 0.2, 0.4, 0.6, 0.8} {
		c.add(fmt.Sprintf("a box with %v of them", share), filter(w.box(share)).with(wish{"hz": []any{nil, 1, 2, nil, 5}[i]}))
	}
	c.add("half of the world, over the antimeridian", filter(wish{"bbox": wish{"north": 90, "south": -90, "west": 170, "east": w.lon(0.5)}}))
	c.add("a box of ocean", filter(wish{"bbox": wish{"north": 1, "south": -1, "west": -30, "east": -29}}))
	for i, radius := range []float64{15, 40, 90} {
		center := wish{"lat": w.lat(0.5), "lon": w.lon(0.5), "radius_nm": radius}
		c.add(fmt.Sprintf("%v NM around", radius), filter(wish{"center": center}).with(wish{"hz": []any{nil, 3, nil}[i]}))
	}
	c.add("one aircraft", filter(wish{"icao": w.hexes(1)}))
	c.add("a fleet", filter(wish{"icao": append(w.hexes(40), "ABCDEF")}).with(wish{"fields": []string{"lat", "lon", "flight"}}))
	c.add("a category", filter(wish{"category": w.categories[:1]}))
	c.add("other categories", filter(wish{"category": w.categories[1:], "military": false}))
	c.add("low", filter(wish{"altitude": wish{"max": 9000}}))
	c.add("high", filter(wish{"altitude": wish{"min": 34000.5}}))
	c.add("in between", filter(wish{"altitude": wish{"min": 9000, "max": 34000}}).with(wish{"hz": 1}))
	c.add("military", filter(wish{"military": true}))
	c.add("on the ground", filter(wish{"on_ground": true}))
	c.add("not on the ground, near", filter(w.box(0.5).with(wish{"on_ground": false})).with(wish{"fields": []string{"lat", "lon"}}))
	c.add("an airline", filter(wish{"callsign_prefix": w.prefixes[0]}))
	c.add("airlines, high and near", filter(w.box(0.7).with(wish{"callsign_prefix": w.prefixes, "altitude": wish{"min": 10000}})))
}

// changing are clients that change their mind, and late ones.
func (c *crowd) changing() {
	w := c.world
	c.add("one that zooms", filter(w.box(0.1)),
		ask(5, filter(w.box(0.3))), ask(8, filter(w.box(0.5))), ask(8, filter(w.box(0.7))), ask(8, filter(w.box(0.9))),
		ask(13, filter(nil)), ask(17, filter(w.box(0.4))), ask(26, filter(w.box(0.2))), ask(26, filter(w.box(0.4))))
	c.add("one that goes there and back", filter(w.box(0.3)),
		ask(6, filter(w.box(0.6))), ask(6, filter(w.box(0.3))), ask(12, filter(nil)), ask(12, filter(w.box(0.3))), ask(12, filter(w.box(0.5))),
		ask(22, filter(w.box(0.3))), ask(22, filter(w.box(0.5))), ask(22, filter(w.box(0.3))))
	c.add("one that wants other fields", wish{"fields": []string{"lat", "lon"}},
		ask(7, wish{"fields": nil}), ask(11, wish{"fields": []string{"alt", "flight"}}.with(filter(w.box(0.5)))), ask(19, wish{"fields": nil, "filter": nil}))
	c.add("one that wants other options", filter(w.box(0.6)),
		ask(6, wish{"hz": 1}), ask(14, wish{"hz": nil, "legacy": true, "batch": true}), ask(23, wish{"hz": 2, "legacy": false}), ask(23, filter(w.box(0.2))))
	c.add("one that leaves and returns", filter(w.box(0.8)),
		step{At: 6, Do: "leave"}, step{At: 9, Do: "return"}, step{At: 15, Do: "leave"}, step{At: 19, Do: "return", Since: true},
		step{At: 27, Do: "leave"}, step{At: 27, Do: "return", Since: true})
	c.add("one that asks again", wish{}, step{At: 9, Do: "resync"}, step{At: 21, Do: "resync"})
	c.add("a late one", filter(w.box(0.7)), step{At: 12, Do: "join"})
	c.add("a later one", nil, step{At: 24, Do: "join"}, ask(24, filter(w.box(0.5))))
}

// cutOff are clients whose connection breaks.
func (c *crowd) cutOff() {
	w := c.world
	c.add("cut off", nil, cuts(6, 0.5, 12, 2, 20, 5, 29, 0.1)...)
	c.add("cut off, in a box", filter(w.box(0.6)), cuts(5, 1, 9, 1, 13, 1, 17, 1, 21, 1, 25, 6)...)
	c.add("cut off, with few fields", filter(w.box(0.4)).with(wish{"fields": []string{"lat", "lon", "flight"}}), cuts(7, 3, 18, 6)...)
	c.add("cut off, rarely told", wish{"hz": 1}, cuts(8, 1, 16, 4, 28, 1)...)
	c.add("cut off after a change", filter(w.box(0.2)),
		ask(7, filter(w.box(0.6))), step{At: 7, Do: "cut"}, step{At: 8, Do: "mend"}, ask(15, filter(w.box(0.3))), step{At: 17, Do: "cut"}, step{At: 19, Do: "mend"})
	c.add("one that closes", filter(wish{"altitude": wish{"min": 20000}}),
		step{At: 7, Do: "close"}, step{At: 16, Do: "close"}, step{At: 25, Do: "close"})
}

// slow are clients whose connection stalls.
func (c *crowd) slow() {
	w := c.world
	c.addStalled("stalled", "websocket", nil, append(stall(7), stall(22)...)...)
	c.addStalled("stalled while it polls", "polling", filter(w.box(0.8)), stall(10)...)
	moves := []step{{At: 9, Do: "stall"}}
	for i := range 8 {
		moves = append(moves, ask(10+float64(i)*0.7, filter(w.box(0.3+0.4*float64(i%2)))))
	}
	moves = append(moves, ask(16, filter(w.box(0.3))), ask(16, filter(w.box(0.9))), step{Do: "flow"}, // changes are on their way when it flows
		step{At: 21, Do: "stall"}, ask(21.5, filter(nil)), ask(28, filter(w.box(0.3))), ask(28, filter(w.box(0.6))), ask(28, filter(w.box(0.4))), step{Do: "flow"})
	c.addStalled("stalled while it moves", "polling,websocket", filter(w.box(0.5)), moves...)
}

// world is what there is to look at: what recordings hold at their end.
type world struct {
	known      []reference.Aircraft // those with a position
	lats, lons []float64            // of these, sorted
	prefixes   []string             // of callsigns, most frequent first
	categories []string             // likewise
}

func newWorld(recordings []*recording) *world {
	w := &world{}
	prefixes, categories := map[string]int{}, map[string]int{}
	for _, r := range recordings {
		last := map[string]reference.Aircraft{}
		for _, f := range r.frames {
			for _, a := range f.Aircraft {
				last[strings.ToUpper(a["hex"].(string))] = a
			}
		}
		for _, hex := range slices.Sorted(maps.Keys(last)) {
			a := last[hex]
			if category, ok := a["category"].(string); ok {
				categories[category]++
			}
			if flight, ok := a["flight"].(string); ok && len(flight) > 3 {
				prefixes[flight[:3]]++
			}
			lat, ok := a["lat"].(float64)
			if !ok {
				continue
			}
			w.known = append(w.known, a)
			w.lats, w.lons = append(w.lats, lat), append(w.lons, a["lon"].(float64))
		}
	}
	slices.Sort(w.lats)
	slices.Sort(w.lons)
	w.prefixes, w.categories = frequent(prefixes, 5), frequent(categories, 6)
	return w
}

// frequent gives the most frequent words.
func frequent(counts map[string]int, n int) []string {
	words := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	return words[:min(n, len(words))]
}

// lat and lon give what so great a share lies south or west of.
func (w *world) lat(share float64) float64 { return w.lats[int(share*float64(len(w.lats)-1))] }
func (w *world) lon(share float64) float64 { return w.lons[int(share*float64(len(w.lons)-1))] }

// box is a filter: a box in the middle, as high and as wide as a share of all.
func (w *world) box(share float64) wish {
	return wish{"bbox": wish{
		"south": w.lat(0.5 - share/2), "north": w.lat(0.5 + share/2),
		"west": w.lon(0.5 - share/2), "east": w.lon(0.5 + share/2),
	}}
}

// hexes gives some aircraft, spread over all of them, as receivers write them.
func (w *world) hexes(n int) (out []string) {
	for i := range n {
		out = append(out, w.known[i*len(w.known)/n]["hex"].(string))
	}
	return out
}
