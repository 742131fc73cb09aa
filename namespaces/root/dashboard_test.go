package root_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/record"
)

// dashboard keeps lists as the reference's web client does: by the events for older
// clients alone.
type dashboard struct {
	notams, tfrs           map[string]string
	advisories, boundaries map[string]string
	total                  int
	refresh                func() string
}

func (d *dashboard) hear(t *testing.T, sent string) {
	t.Helper()
	name, raw, _ := strings.Cut(sent, " ")
	var m struct {
		Notams, TFRs, Advisories, Boundaries []json.RawMessage
		NotamID                              string `json:"notam_id"`
		Type                                 string
		Stats                                *struct {
			Total int `json:"total_active"`
		}
		Total *int `json:"total_active"`
	}
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		t.Fatalf("%s: %v", sent, err)
	}
	switch name {
	case "airspace:snapshot", "airspace:update": // both lists, whatever is in it
		d.advisories, d.boundaries = listOf(m.Advisories), listOf(m.Boundaries)
	case "notam:snapshot":
		d.notams, d.tfrs, d.total = listOf(m.Notams), listOf(m.TFRs), m.Stats.Total
	case "notam:new", "notam:tfr_new":
		d.notams[m.NotamID] = entryOf(raw)
		if m.Type == "TFR" {
			d.tfrs[m.NotamID] = entryOf(raw)
		}
	case "notam:update":
		if _, ok := d.notams[m.NotamID]; ok {
			d.notams[m.NotamID] = entryOf(raw)
		}
		if _, ok := d.tfrs[m.NotamID]; ok && m.Type == "TFR" {
			d.tfrs[m.NotamID] = entryOf(raw)
		}
	case "notam:expired", "notam:tfr_expired":
		delete(d.notams, m.NotamID)
		delete(d.tfrs, m.NotamID)
	case "notam:stats":
		d.total = *m.Total
	case "notam:refresh":
		d.hear(t, "notam:snapshot "+d.refresh())
	}
}

func listOf(entries []json.RawMessage) map[string]string {
	out := map[string]string{}
	for _, raw := range entries {
		var m struct{ ID, NotamID string }
		_ = json.Unmarshal([]byte(strings.Replace(string(raw), "notam_id", "notamid", 1)), &m)
		out[m.ID+m.NotamID] = entryOf(string(raw))
	}
	return out
}

func entryOf(raw string) string {
	var m struct{ V int }
	_ = json.Unmarshal([]byte(raw), &m)
	return fmt.Sprint(m.V)
}

// TestDashboard: whatever happens, a client that knows the older events only has what
// there is.
func TestDashboard(t *testing.T) {
	for seed := range uint64(20) {
		sky(t, func(t *testing.T, n *gateway.Namespace, change func(string, record.Change)) {
			rng := rand.New(rand.NewPCG(seed, 5))
			c, s := connect(n, `{"subscribe":{"topics":["airspace","notams"]}}`)
			defer s.Close()
			d := &dashboard{refresh: func() string {
				var answer struct{ Data json.RawMessage }
				if err := json.Unmarshal([]byte(ask(t, s, "request", `{"type":"notam-snapshot","params":{"limit":500}}`)), &answer); err != nil {
					t.Fatal(err)
				}
				return string(answer.Data)
			}}
			truth := map[string]map[string][2]string{"airspace": {}, "notams": {}}
			for range 40 {
				name := []string{"airspace", "notams"}[rng.IntN(2)]
				field, sorts := "kind", []string{"advisory", "boundary"}
				if name == "notams" {
					field, sorts = "type", []string{"D", "TFR"}
				}
				change(name, randomSky(rng, truth[name], field, sorts))
				for _, sent := range c.take() {
					d.hear(t, sent)
				}
				d.check(t, truth)
			}
		})
	}
}

// randomSky changes some records of a topic: their values and their sorts.
func randomSky(rng *rand.Rand, truth map[string][2]string, field string, sorts []string) (c record.Change) {
	most := 4
	if rng.IntN(8) == 0 {
		most = 60
	}
	done := map[string]bool{}
	for range 1 + rng.IntN(most) {
		key := fmt.Sprint(rng.IntN(80))
		if done[key] {
			continue
		}
		done[key] = true
		old, known := truth[key]
		v := [2]string{sorts[rng.IntN(2)], fmt.Sprint(rng.IntN(1000))}
		switch {
		case !known:
			c.Added = append(c.Added, aircraft(key, fmt.Sprintf("%q:%q", field, v[0]), `"v":`+v[1]))
			truth[key] = v
		case rng.IntN(2) == 0:
			c.Removed = append(c.Removed, key)
			delete(truth, key)
		default:
			c.Updated = append(c.Updated, record.Record{Key: key, Fields: record.Fields{{Name: "v", Raw: v[1]}}})
			truth[key] = [2]string{old[0], v[1]}
		}
	}
	return c
}

func (d *dashboard) check(t *testing.T, truth map[string]map[string][2]string) {
	t.Helper()
	of := func(topicName, sort string) map[string]string {
		out := map[string]string{}
		for key, v := range truth[topicName] {
			if sort == "" || v[0] == sort {
				out[key] = v[1]
			}
		}
		return out
	}
	for name, lists := range map[string][2]map[string]string{
		"notams": {of("notams", ""), d.notams}, "tfrs": {of("notams", "TFR"), d.tfrs},
		"advisories": {of("airspace", "advisory"), d.advisories}, "boundaries": {of("airspace", "boundary"), d.boundaries},
	} {
		if !maps.Equal(lists[0], lists[1]) {
			t.Fatalf("%s are %v, want %v", name, slices.Sorted(maps.Keys(lists[1])), slices.Sorted(maps.Keys(lists[0])))
		}
	}
	if d.total != len(truth["notams"]) {
		t.Fatalf("%d are counted of %d", d.total, len(truth["notams"]))
	}
}
