package conformance

import (
	"encoding/json"
	"strings"
)

// title names a row among all.
func (r *Row) title() string {
	return strings.TrimSpace(strings.TrimSuffix(r.Name+", "+r.Form, ", "))
}

const heading = `# What Skygate has of the reference

Every event of the SkySpy realtime API, as clients in JavaScript meet it: written by this
package's test from the rows that it goes through. What something looks like is said in the words of
package [shape](shape/shape.go); an object may have further keys. The last column says why Skygate
differs from the reference, where it does.

| event | what brings it about | what is asserted | differs because |
|---|---|---|---|
`

// markdown is the table as text.
func markdown() string {
	var out strings.Builder
	out.WriteString(heading)
	for i := range rows {
		r := &rows[i]
		out.WriteString("| " + cell(r.title()) + " | " + cell(r.Trigger()) + " | " + code(r.Asserted()) + " | " + cell(r.Differs) + " |\n")
	}
	return out.String()
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

func code(text string) string { return "`" + cell(text) + "`" }

func rawJSON(text string) json.RawMessage { return json.RawMessage(text) }
