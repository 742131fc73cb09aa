// Package puppet runs programs that tests talk with: what they are told, and what they
// say, are lines of JSON. They end when their input does. So official clients, which are
// JavaScript and Python, live in programs of their own, and tests direct them.
package puppet

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// maxLine is the longest line that one may say, in bytes: a picture of all aircraft.
const maxLine = 64 << 20

// Puppet is a program that runs.
type Puppet struct {
	// Ended is closed when it says nothing more.
	Ended <-chan struct{}
	// Complaints are what it wrote to its standard error.
	Complaints Text

	t     testing.TB
	name  string
	cmd   *exec.Cmd
	stdin io.WriteCloser
}

// Start starts a command, which failures call by a name. Each line that it says is given
// to hear, one after another, in a goroutine of the puppet. It is ended with the test, and
// must end in order.
func Start[Line any](t testing.TB, name string, cmd *exec.Cmd, hear func(Line)) *Puppet {
	t.Helper()
	ended := make(chan struct{})
	p := &Puppet{Ended: ended, t: t, name: name, cmd: cmd}
	cmd.Stderr = &p.Complaints
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(stdout)
		lines.Buffer(nil, maxLine)
		lines.Split(wholeLine)
		for lines.Scan() {
			var l Line
			if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
				t.Errorf("%s: it says %.300q: %v", name, lines.Text(), err)
				continue
			}
			hear(l)
		}
		if err := lines.Err(); err != nil {
			t.Errorf("%s: reading what it says: %v", name, err)
		}
	}()
	t.Cleanup(p.stop)
	return p
}

// wholeLine is a line with its end. What a program was about to say when it ended is not
// heard: Node writes to a pipe behind the program's back.
func wholeLine(data []byte, atEOF bool) (advance int, line []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF {
		return len(data), nil, nil
	}
	return 0, nil, nil
}

// Tell tells it something, and does not wait.
func (p *Puppet) Tell(what any) {
	p.t.Helper()
	raw, err := json.Marshal(what)
	if err == nil {
		_, err = p.stdin.Write(append(raw, '\n'))
	}
	if err != nil {
		p.t.Fatalf("%s: telling it %.300s: %v\n%s", p.name, raw, err, &p.Complaints)
	}
}

func (p *Puppet) stop() {
	p.t.Helper()
	_ = p.stdin.Close()
	select {
	case <-p.Ended:
	case <-time.After(eventually.Patience):
		_ = p.cmd.Process.Kill()
		<-p.Ended
		p.t.Errorf("%s: it did not end with its input", p.name)
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("%s: %v", p.name, err)
	}
	if text := p.Complaints.String(); text != "" && p.t.Failed() {
		p.t.Logf("%s complains:\n%s", p.name, text)
	}
}
