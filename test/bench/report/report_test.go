//go:build linux

package report

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func sample() *Report {
	r := &Report{Title: "Streams", Machine: "2 cores", Legend: "CPU: of one core.", Images: []string{"growth.svg"}}
	table := &Table{Title: "Views", Head: []string{"", "CPU", "p99"}, Note: "Two rounds."}
	table.Row("one|view", "0.10", "3 ms")
	table.Row("none", "failed")
	r.Tables = append(r.Tables, table)
	r.Bar(true, "a costs %.1f of b", 0.5)
	r.Bar(false, "c")
	return r
}

func TestText(t *testing.T) {
	var out bytes.Buffer
	if err := sample().WriteText(&out); err != nil {
		t.Fatal(err)
	}
	want := `
Views
               CPU   p99
  one|view    0.10  3 ms
      none  failed      
Two rounds.

CPU: of one core.

bars:
  met     a costs 0.5 of b
  MISSED  c
`
	if out.String() != want {
		t.Errorf("got %s want %s", &out, want)
	}
}

func TestMarkdown(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "results")
	if err := sample().Save(folder, "streams.md"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(folder, "streams.md"))
	if err != nil {
		t.Fatal(err)
	}
	want := `# Streams

2 cores

![Streams](growth.svg)

| | bar |
|---|---|
| met | a costs 0.5 of b |
| MISSED | c |

## Views

|  | CPU | p99 |
|---|---:|---:|
| one\|view | 0.10 | 3 ms |
| none | failed | |

Two rounds.

CPU: of one core.
`
	if string(got) != want {
		t.Errorf("got %s want %s", got, want)
	}
}

func TestMachineTellsNoNames(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Skip(err)
	}
	said := Machine(t.Context())
	if strings.Contains(said, host+" ") || !strings.Contains(said, "cores") || !strings.Contains(said, "go1") {
		t.Error(said)
	}
	if len(strings.Fields(Load())) != 3 {
		t.Errorf("the load is %q", Load())
	}
}

// TestOthers works itself, and has a child work: neither is another's.
func TestOthers(t *testing.T) {
	watch := Watch()
	begun := own()
	for own()-begun < 200*time.Millisecond {
		continue
	}
	if err := exec.CommandContext(t.Context(), "sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done").Run(); err != nil {
		t.Fatal(err)
	}
	if mine := own() - begun; mine < 200*time.Millisecond || watch.Cores() > float64(runtime.NumCPU()) {
		t.Errorf("%v of %v are this process's: %v", mine, time.Since(watch.begun), watch)
	}
	if busy()-watch.busy < 150*time.Millisecond {
		t.Error("the machine was not busy")
	}
}
