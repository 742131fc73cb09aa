package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
)

// table is what worked: operations in rows, from whom to whom in columns.
type table struct {
	columns []string
	rows    map[string]map[string]bool
}

func newTable(s *stage) *table {
	t := &table{rows: map[string]map[string]bool{}}
	for _, from := range s.all() {
		for _, to := range s.servers {
			t.columns = append(t.columns, from.name+"→"+to.name)
		}
	}
	return t
}

func (t *table) note(name string, from, to *actor, ok bool) {
	if t.rows[name] == nil {
		t.rows[name] = map[string]bool{}
	}
	t.rows[name][from.name+"→"+to.name] = ok
}

// log writes it; "-" is for what a sender has no way to do.
func (t *table) log(test *testing.T) {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 1, ' ', 0)
	_, _ = fmt.Fprintln(w, "\t"+strings.Join(t.columns, "\t"))
	names := make([]string, 0, len(t.rows))
	for name := range t.rows {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		cells := make([]string, len(t.columns))
		for i, column := range t.columns {
			cells[i] = "-"
			if ok, done := t.rows[name][column]; done {
				cells[i] = map[bool]string{true: "ok", false: "FAILED"}[ok]
			}
		}
		_, _ = fmt.Fprintln(w, name+"\t"+strings.Join(cells, "\t"))
	}
	_ = w.Flush()
	test.Logf("\n%s", out.String())
}
