// Package report is what a benchmark has to say: tables, and of each bar whether
// it is met; as text for a terminal, and as Markdown for the repository.
package report

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

// Report is all that one run found. The zero value is empty and ready.
type Report struct {
	Title   string
	Machine string // what it was measured on
	Tables  []*Table
	Legend  string // what the columns mean
	Bars    []Bar
	Images  []string // files beside the report
}

// Table has a heading for each column; the first column names the rows.
type Table struct {
	Title string
	Head  []string
	Rows  [][]string
	Note  string // below it
}

// Bar is something that is to hold.
type Bar struct {
	Met  bool
	Text string
}

// Row adds a row.
func (t *Table) Row(cells ...string) { t.Rows = append(t.Rows, cells) }

// Bar adds a bar.
func (r *Report) Bar(met bool, format string, args ...any) {
	r.Bars = append(r.Bars, Bar{met, fmt.Sprintf(format, args...)})
}

// WriteText writes the report for a terminal.
func (r *Report) WriteText(out io.Writer) error {
	for _, t := range r.Tables {
		if err := t.WriteText(out); err != nil {
			return err
		}
	}
	if r.Legend != "" && len(r.Tables) > 0 {
		fmt.Fprintf(out, "\n%s\n", r.Legend)
	}
	if len(r.Bars) > 0 {
		fmt.Fprintln(out, "\nbars:")
	}
	for _, b := range r.Bars {
		fmt.Fprintf(out, "  %-6s  %s\n", b.verdict(), b.Text)
	}
	return nil
}

// WriteText writes the table for a terminal.
func (t *Table) WriteText(out io.Writer) error {
	fmt.Fprintf(out, "\n%s\n", t.Title)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		fmt.Fprintln(table, strings.Join(row, "\t")+strings.Repeat("\t", 1+len(t.Head)-len(row)))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if t.Note != "" {
		fmt.Fprintln(out, t.Note)
	}
	return nil
}

// WriteMarkdown writes the report for the repository.
func (r *Report) WriteMarkdown(out io.Writer) error {
	fmt.Fprintf(out, "# %s\n\n%s\n", r.Title, r.Machine)
	for _, image := range r.Images {
		fmt.Fprintf(out, "\n![%s](%s)\n", r.Title, image)
	}
	if len(r.Bars) > 0 {
		fmt.Fprint(out, "\n| | bar |\n|---|---|\n")
	}
	for _, b := range r.Bars {
		fmt.Fprintf(out, "| %s | %s |\n", b.verdict(), escape(b.Text))
	}
	for _, t := range r.Tables {
		fmt.Fprintf(out, "\n## %s\n\n", t.Title)
		fmt.Fprintf(out, "| %s |\n|---%s|\n", line(t.Head), strings.Repeat("|---:", len(t.Head)-1))
		for _, row := range t.Rows {
			fmt.Fprintf(out, "| %s%s |\n", line(row), strings.Repeat(" |", len(t.Head)-len(row)))
		}
		if t.Note != "" {
			fmt.Fprintf(out, "\n%s\n", t.Note)
		}
	}
	if r.Legend != "" {
		fmt.Fprintf(out, "\n%s\n", r.Legend)
	}
	return nil
}

// Save writes the Markdown into a file of a folder, which is made if need be.
func (r *Report) Save(folder, name string) error {
	var text bytes.Buffer
	if err := r.WriteMarkdown(&text); err != nil {
		return err
	}
	return Save(folder, name, text.Bytes())
}

// Save writes a file into a folder, which is made if need be.
func Save(folder, name string, content []byte) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, name), content, 0o644)
}

func (b Bar) verdict() string {
	if b.Met {
		return "met"
	}
	return "MISSED"
}

func line(cells []string) string {
	escaped := make([]string, len(cells))
	for i, cell := range cells {
		escaped[i] = escape(cell)
	}
	return strings.Join(escaped, " | ")
}

func escape(cell string) string { return strings.ReplaceAll(cell, "|", `\|`) }
