//go:build linux

package report

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

// Others watches what other programs take of the machine while a benchmark runs:
// with more than a little its figures are noise.
type Others struct {
	begun time.Time
	busy  time.Duration // of all processors, since the machine started
	own   time.Duration
}

// tick is the unit of /proc/stat, which is the same on all machines that Go runs on.
const tick = time.Second / 100

// Watch begins.
func Watch() *Others { return &Others{time.Now(), busy(), own()} }

// Cores is what others have taken since, of one core. What a child takes counts
// once it has ended: look when all have.
func (o *Others) Cores() float64 {
	return max(0, ((busy()-o.busy)-(own()-o.own)).Seconds()/time.Since(o.begun).Seconds())
}

func (o *Others) String() string {
	return fmt.Sprintf("%.2f cores were taken by other programs meanwhile", o.Cores())
}

// busy is what has been worked on this machine, also for others (steal).
func busy() (sum time.Duration) {
	text, _ := os.ReadFile("/proc/stat")
	line, _, _ := bytes.Cut(text, []byte("\n"))
	for i, field := range bytes.Fields(line) {
		const idle, wait, guest = 4, 5, 9 // guests are counted as user, too
		if i == 0 || i == idle || i == wait || i >= guest {
			continue
		}
		n, _ := strconv.ParseInt(string(field), 10, 64)
		sum += time.Duration(n) * tick
	}
	return sum
}

// own is what this process and its children have worked.
func own() (sum time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var used syscall.Rusage
		if syscall.Getrusage(who, &used) == nil {
			sum += time.Duration(used.Utime.Nano() + used.Stime.Nano())
		}
	}
	return sum
}
