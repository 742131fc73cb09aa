package conformance

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/test/conformance/shape"
)

var write = flag.Bool("write", false, "write TABLE.md anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestTable goes through the table, and prints it.
func TestTable(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute: not with -short")
	}
	w := newWorld(t)
	for i := range rows {
		r := &rows[i]
		t.Run(r.title(), func(t *testing.T) { w.play(t, r, strconv.Itoa(i)) })
	}
	t.Log("\n" + printed())
}

// play has a client go through a row.
func (w *world) play(t *testing.T, r *Row, id string) {
	t.Helper()
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	open := map[string]any{"do": "open", "id": id, "url": w.servers[r.Server], "namespace": "/" + strings.TrimPrefix(r.On, "/")}
	if r.Auth != "" {
		open["auth"] = rawJSON(r.Auth)
	}
	w.Tell(open)
	defer w.Tell(map[string]any{"do": "close", "id": id})
	if !slices.ContainsFunc(r.Want, func(m Message) bool { return m.Event == "connect_error" }) {
		w.wait(t, id, []Message{{"connect", "any"}})
		if r.On == "" { // it joins by itself
			w.wait(t, id, []Message{{"aircraft:snapshot", "any"}})
		}
	}
	for i, s := range r.Do {
		w.do(t, id, s, r.Ack != "" && i == len(r.Do)-1)
	}
	between := w.wait(t, id, r.Want)
	for _, m := range between {
		if slices.Contains(r.Never, m.event) {
			t.Errorf("it got %s %s", m.event, m.payload)
		}
	}
	if r.Ack != "" {
		w.wait(t, id, []Message{{"acknowledged", shape.Must(r.Ack).String()}})
	}
}

// TestEveryNameHasARow: no event of the reference is missing, and no row is of an
// event that it does not have.
func TestEveryNameHasARow(t *testing.T) {
	for _, name := range slices.Concat(sent, told) {
		if !slices.ContainsFunc(rows, func(r Row) bool { return r.Name == name }) {
			t.Errorf("no row is of %s", name)
		}
	}
	for _, r := range rows {
		if !slices.Contains(sent, r.Name) && !slices.Contains(told, r.Name) {
			t.Errorf("the reference has no %s", r.Name)
		}
		if err := r.Check(); err != nil {
			t.Error(err)
		}
	}
	for _, text := range texts {
		if !slices.ContainsFunc(rows, func(r Row) bool { return strings.Contains(r.Asserted()+r.Differs, text) }) {
			t.Errorf("no row is of the error %q", text)
		}
	}
	titles := map[string]bool{}
	for _, r := range rows {
		if titles[r.title()] {
			t.Errorf("two rows are of %s", r.title())
		}
		titles[r.title()] = true
	}
}

// TestTableFile: the table as text is that of the rows.
func TestTableFile(t *testing.T) {
	const name = "TABLE.md"
	if *write {
		if err := os.WriteFile(name, []byte(markdown()), 0o644); err != nil { //nolint:gosec // it is for everybody
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(filepath.Clean(name))
	if err != nil {
		t.Fatal(err)
	}
	if string(file) != markdown() {
		t.Errorf("%s is not of today's rows: go test ./test/conformance -run TestTableFile -write", name)
	}
}

// printed is the table for a terminal.
func printed() string {
	var out strings.Builder
	tab := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		cells := []string{r.title(), r.Trigger(), r.Asserted(), r.Differs}
		for i, cell := range cells {
			cells[i] = shorten(cell)
		}
		_, _ = tab.Write([]byte(strings.Join(cells, "\t") + "\n"))
	}
	_ = tab.Flush()
	return out.String()
}

func shorten(s string) string {
	const enough = 70
	if r := []rune(s); len(r) > enough {
		return string(r[:enough]) + "…"
	}
	return s
}
