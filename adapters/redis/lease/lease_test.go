package lease_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/lease"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/streams"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// asHolder is set in a process that is a holder and no test: its value is the address
// of Redis.
const asHolder = "SKYGATE_TEST_LEASE_HOLDER"

func TestMain(m *testing.M) {
	redis.LogTo(zerolog.Nop())
	if address := os.Getenv(asHolder); address != "" {
		holder(address)
		return
	}
	goleak.VerifyTestMain(m)
}

// duration is that of the leases in these tests.
const duration = 600 * time.Millisecond

// deaf is how long sources may be silent in these tests.
const deaf = 700 * time.Millisecond

// patience bounds a wait for what must happen.
const patience = 10 * time.Second

func open(t testing.TB, config redis.Config) *lease.Leases {
	t.Helper()
	client, err := redis.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	l := lease.New(client, lease.Config{Duration: duration, Deaf: deaf}, t.Name(), zerolog.Nop())
	t.Cleanup(func() {
		_ = l.Close()
		_ = client.Close()
	})
	return l
}

func hold(t testing.TB, l feedlog.Leases, topic string) feedlog.Lease {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	h, err := l.Hold(ctx, topic, nil)
	if err != nil {
		t.Fatalf("hold %s: %v", topic, err)
	}
	return h
}

type holding struct {
	lease feedlog.Lease
	when  time.Time
}

// holdLater waits for a topic.
func holdLater(t testing.TB, l feedlog.Leases, topic string) <-chan holding {
	t.Helper()
	out := make(chan holding, 1)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	go func() {
		defer cancel()
		defer close(out)
		if h, err := l.Hold(ctx, topic, nil); err == nil {
			out <- holding{h, time.Now()}
		}
	}()
	return out
}

func isLost(l feedlog.Lease) bool {
	select {
	case <-l.Lost():
		return true
	default:
		return false
	}
}

func wantLost(t testing.TB, l feedlog.Lease) {
	t.Helper()
	select {
	case <-l.Lost():
	case <-time.After(patience):
		t.Fatal("the lease is not lost")
	}
}

func TestOneOfTwoHolds(t *testing.T) {
	server := redistest.Single(t)
	a, b := open(t, server.Config()), open(t, server.Config())
	first := hold(t, a, "aircraft")
	hold(t, b, "safety") // another topic is another matter
	second, same := holdLater(t, b, "aircraft"), holdLater(t, a, "aircraft")
	// Longer than a lease that nobody renews.
	start := time.Now()
	select {
	case <-second:
		t.Fatalf("a second holder after %v", time.Since(start))
	case <-same:
		t.Fatalf("a second holder in the same process after %v", time.Since(start))
	case <-first.Lost():
		t.Fatalf("it is lost after %v", time.Since(start))
	case <-time.After(2 * duration):
	}
	first.Release()
	first.Release()
	if !isLost(first) {
		t.Error("it was released and is not lost")
	}
	var next holding
	select {
	case next = <-second:
	case next = <-same:
	}
	if next.lease == nil || isLost(next.lease) {
		t.Error("nobody has it after it was released")
	}
}

func TestCloseReleases(t *testing.T) {
	server := redistest.Single(t)
	a, b := open(t, server.Config()), open(t, server.Config())
	first := hold(t, a, "aircraft")
	waiting := make(chan error, 1)
	go func() {
		_, err := a.Hold(context.Background(), "aircraft", nil)
		waiting <- err
	}()
	start := time.Now()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-waiting; !errors.Is(err, feedlog.ErrClosed) {
		t.Errorf("who waits gets %v, want ErrClosed", err)
	}
	if !isLost(first) {
		t.Error("it is not lost")
	}
	hold(t, b, "aircraft")
	if took := time.Since(start); took > duration {
		t.Errorf("the next has it after %v: it was not given back", took)
	}
	if _, err := a.Hold(t.Context(), "other", nil); !errors.Is(err, feedlog.ErrClosed) {
		t.Errorf("Hold after Close: %v", err)
	}
	first.Release()
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	server := redistest.Single(t)
	a := open(t, server.Config())
	hold(t, a, "aircraft")
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error, 1)
	go func() {
		_, err := a.Hold(ctx, "aircraft", nil)
		errs <- err
	}()
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("Hold = %v", err)
	}
}

func TestFrozenRedis(t *testing.T) {
	server := redistest.Single(t)
	config := server.Config()
	config.ReadTimeout, config.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	a, b := open(t, config), open(t, config)
	first := hold(t, a, "aircraft")
	start := time.Now()
	server.Freeze()
	wantLost(t, first)
	if took := time.Since(start); took > duration+duration/4 {
		t.Errorf("the loss is known after %v", took)
	}
	second := holdLater(t, b, "aircraft")
	server.Thaw()
	if h := <-second; h.lease == nil {
		t.Error("nobody has it when Redis goes on")
	}
}

func TestAKeyThatIsAnothersIsLeftAlone(t *testing.T) {
	server := redistest.Single(t)
	a := open(t, server.Config())
	first := hold(t, a, "aircraft")
	const key = "{skygate:aircraft}:lease"
	if err := server.Client().Set(t.Context(), key, "another", 0).Err(); err != nil {
		t.Fatal(err)
	}
	first.Release()
	if got, err := server.Client().Get(t.Context(), key).Result(); err != nil || got != "another" {
		t.Errorf("the key holds %q, %v", got, err)
	}
}

// holder holds a topic, begins an epoch, and writes each time that it reads a line; it
// answers with a line.
func holder(address string) {
	config := redis.DefaultConfig()
	config.Mode, config.Addresses = redis.Single, []string{address}
	client, err := redis.Open(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	l := lease.New(client, lease.Config{Duration: duration, Deaf: deaf}, "holder", zerolog.Nop())
	log := streams.New(client, streams.DefaultConfig(), nil, zerolog.Nop())
	held, err := l.Hold(ctx, "aircraft", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	w, err := log.Begin(ctx, "aircraft")
	fmt.Println("begun", err)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		at, err := w.Append(ctx, &record.Change{Removed: []string{"A"}})
		if lines.Text() == "lost?" {
			select {
			case <-held.Lost():
			case <-time.After(patience):
				fmt.Println("not lost")
			}
		}
		fmt.Println("append", at.Seq, err)
	}
}

// process is a holder in a process of its own.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    io.Writer
	lines *bufio.Scanner
}

func start(t *testing.T, server *redistest.Server) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asHolder+"="+server.Addr)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t, cmd, in, bufio.NewScanner(out)}
	t.Cleanup(p.kill)
	p.want("begun <nil>")
	return p
}

func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

func (p *process) signal(name string) {
	p.t.Helper()
	if out, err := exec.Command("kill", name, fmt.Sprint(p.cmd.Process.Pid)).CombinedOutput(); err != nil {
		p.t.Fatalf("kill %s: %v: %s", name, err, out)
	}
}

func (p *process) say(line string) { fmt.Fprintln(p.in, line) }

func (p *process) want(line string) {
	p.t.Helper()
	if !p.lines.Scan() || !strings.HasPrefix(p.lines.Text(), line) {
		p.t.Fatalf("the holder says %q, want %q", p.lines.Text(), line)
	}
}

func TestAHolderThatIsKilledIsFollowed(t *testing.T) {
	server := redistest.Single(t)
	b := open(t, server.Config())
	p := start(t, server)
	p.say("append")
	p.want("append 1 <nil>")
	next := holdLater(t, b, "aircraft")
	died := time.Now()
	p.kill()
	h := <-next
	if h.lease == nil {
		t.Fatal("nobody has it")
	}
	if took := h.when.Sub(died); took > duration+duration/6+300*time.Millisecond {
		t.Errorf("the next has it after %v", took)
	}
}

func TestAHolderThatIsPausedIsFenced(t *testing.T) {
	server := redistest.Single(t)
	b := open(t, server.Config())
	p := start(t, server)
	p.say("append")
	p.want("append 1 <nil>")
	next := holdLater(t, b, "aircraft")
	p.signal("-STOP")
	if h := <-next; h.lease == nil {
		t.Fatal("nobody has it")
	}
	client, err := redis.Open(server.Config())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	log := streams.New(client, streams.DefaultConfig(), nil, zerolog.Nop())
	defer log.Close()
	w, err := log.Begin(t.Context(), "aircraft")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(t.Context(), &record.Change{Removed: []string{"B"}}); err != nil {
		t.Fatal(err)
	}
	p.signal("-CONT")
	p.say("lost?")
	p.want("append 0 " + feedlog.ErrFenced.Error())
	if state, err := log.Load(t.Context(), "aircraft"); err != nil || state.At.Seq != 1 {
		t.Errorf("the log is at %v, %v", state.At, err)
	}
}

func TestConfig(t *testing.T) {
	if err := lease.DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for _, d := range []time.Duration{0, time.Millisecond, time.Hour} {
		if err := (lease.Config{Duration: d, Deaf: deaf}).Validate(); err == nil || !strings.HasPrefix(err.Error(), "duration: ") {
			t.Errorf("%v: %v", d, err)
		}
	}
	for _, d := range []time.Duration{0, time.Millisecond, 25 * time.Hour} {
		if err := (lease.Config{Duration: duration, Deaf: d}).Validate(); err == nil || !strings.HasPrefix(err.Error(), "deaf: ") {
			t.Errorf("%v: %v", d, err)
		}
	}
	for interval, want := range map[time.Duration]time.Duration{0: deaf, time.Millisecond: deaf, time.Second: 3 * time.Second} {
		if got := (lease.Config{Deaf: deaf}).For(interval).Deaf; got != want {
			t.Errorf("with reports every %v it is deaf after %v, want %v", interval, got, want)
		}
	}
}
