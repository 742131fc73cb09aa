package stats

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/skygate-io/skygate/pkg/record"
)

// countLabel counts a message by its label, whose name comes with it.
func countLabel(labels map[string]*label, e *record.Event) {
	name := cmp.Or(text(e, "label"), "unknown")
	l := labels[name]
	if l == nil {
		l = &label{Label: name, Name: "Unknown"}
		labels[name] = l
	}
	l.Count++
	if l.Name == "Unknown" {
		var info struct{ Name, Description string }
		if json.Unmarshal([]byte(e.Fields.Get("label_info")), &info) == nil && info.Name != "" {
			l.Name, l.Description = info.Name, info.Description
		}
	}
}

// most gives the most frequent of what was counted; of equals, by name.
func most[T any](counted map[string]*T, limit int, of func(*T) (count int, name string)) []T {
	list := make([]T, 0, len(counted))
	for _, c := range counted {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b T) int {
		n, name := of(&a)
		m, other := of(&b)
		return cmp.Or(cmp.Compare(m, n), cmp.Compare(name, other))
	})
	return list[:min(len(list), limit)]
}

func fixed(mhz float64) string { return strconv.FormatFloat(mhz, 'f', 3, 64) }
