package wire_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

var sorted = topic.Policy{
	Name: "sky", Prefix: "sky", Key: "id", List: "all",
	Sorts: &topic.Sorts{
		Field: "kind",
		Lists: []topic.SortList{{Name: "all"}, {Name: "reds", Sort: "red"}},
		Stats: &topic.Stats{Name: "stats", Event: "sky:stats", Counts: []topic.SortList{{Name: "total"}, {Name: "red", Sort: "red"}}, BySort: "by", Time: "at"},
	},
	Legacy: &topic.Legacy{Lists: true},
}

// sky gives records of two sorts in turn, each about so many bytes large.
func sky(n, bytes int) (all wire.Sorted) {
	for i := range n {
		sort := []string{"blue", "red"}[i%2]
		all.Records = append(all.Records, fmt.Appendf(nil, `{"id":"%d","kind":%q,"x":%q}`, i, sort, strings.Repeat("x", bytes)))
		all.Sorts = append(all.Sorts, sort)
	}
	return all
}

var noon = time.Date(2026, 7, 21, 12, 0, 0, 0, time.UTC)

func TestSortedSnapshot(t *testing.T) {
	span := wire.Span{At: topic.Position{Epoch: "e", Seq: 7}, View: "all"}
	got := wire.SortedSnapshot(&sorted, span, sky(3, 0), 100_000, noon)
	want := `{"epoch":"e","seq":7,"view":"all","count":3,"timestamp":"2026-07-21T12:00:00.000Z",` +
		`"all":[{"id":"0","kind":"blue","x":""},{"id":"1","kind":"red","x":""},{"id":"2","kind":"blue","x":""}],"reds":[{"id":"1","kind":"red","x":""}],` +
		`"stats":{"total":3,"red":1,"by":{"blue":2,"red":1},"at":"2026-07-21T12:00:00.000Z"}}`
	if len(got) != 1 || got[0].Event != "sky:snapshot" || string(got[0].Data) != want || got[0].Class != wire.Whole {
		t.Errorf("%s %s", got[0].Event, cmp.Diff(want, string(got[0].Data)))
	}
	if got := wire.SortedSnapshot(&sorted, span, wire.Sorted{}, 100_000, noon); !strings.Contains(string(got[0].Data), `"all":[],"reds":[],"stats":{"total":0,"red":0,"by":{},`) {
		t.Errorf("of nothing: %s", got[0].Data)
	}
}

// TestSortedSnapshotInParts: each record is there once in the parts, none of which is too
// large, and only the last has a position.
func TestSortedSnapshotInParts(t *testing.T) {
	const limit = 10_000
	got := wire.SortedSnapshot(&sorted, wire.Span{At: topic.Position{Epoch: "e", Seq: 7}}, sky(50, 500), limit, noon)
	seen := map[string]int{}
	for i, m := range got {
		var part struct {
			Epoch       string
			Part, Parts int
			All, Added  []struct{ ID string }
			Stats       *struct{ Total int }
		}
		if err := json.Unmarshal(m.Data, &part); err != nil {
			t.Fatal(err)
		}
		for _, r := range append(part.All, part.Added...) {
			seen[r.ID]++
		}
		last := i == len(got)-1
		if len(m.Data) > limit || part.Part != i+1 || part.Parts != len(got) || (part.Epoch != "") != last || m.More == last {
			t.Errorf("part %d of %d, %d bytes: %.200s", i+1, len(got), len(m.Data), m.Data)
		}
		if i == 0 && part.Stats.Total != 50 {
			t.Errorf("%d are counted", part.Stats.Total)
		}
	}
	if len(got) < 3 || len(seen) != 50 {
		t.Errorf("%d parts, %d records", len(got), len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s is there %d times", id, n)
		}
	}
}

func TestWithLists(t *testing.T) {
	update := func() []*wire.Message {
		return wire.Update(&sorted, wire.Span{At: topic.Position{Epoch: "e", Seq: 7}}, wire.Lists{Removed: []string{"9"}}, 100_000, noon)
	}
	change := wire.Singles{Removed: []wire.Single{{Key: "9", Sort: "red"}, {Key: "8", Sort: "blue"}}}
	names := func(messages []*wire.Message) (out []string) {
		for _, m := range messages {
			out = append(out, m.Event)
			if !json.Valid(m.Data) {
				t.Errorf("%s is no JSON", m.Data)
			}
		}
		return out
	}
	small := wire.WithLists(&sorted, update(), change, sky(2, 0), 10_000, noon)
	if d := cmp.Diff([]string{"sky:update"}, names(small)); d != "" || !strings.Contains(string(small[0].Data), `"update_type":"red_expired","red_ids":["9"],"count":1,"all":[{"id":"0"`) {
		t.Errorf("%s\n%s", d, small[0].Data)
	}
	large := wire.WithLists(&sorted, update(), change, sky(20, 700), 10_000, noon)
	if d := cmp.Diff([]string{"sky:update", "sky:red"}, names(large)); d != "" || strings.Contains(string(large[0].Data), "update_type") {
		t.Errorf("%s\n%s", d, large[0].Data)
	}
	if d := cmp.Diff([]string{"sky:update"}, names(wire.WithLists(&sorted, update(), change, sky(40, 700), 10_000, noon))); d != "" {
		t.Error(d)
	}
	added := wire.Singles{Updated: []wire.Single{{Key: "1", Sort: "blue"}}, Removed: change.Removed}
	if got := wire.WithLists(&sorted, update(), added, sky(2, 0), 10_000, noon); !strings.Contains(string(got[0].Data), `"update_type":"blue","count":1,`) {
		t.Errorf("%s", got[0].Data)
	}
}
