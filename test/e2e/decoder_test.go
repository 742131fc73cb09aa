package e2e

import (
	"encoding/json"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/test/puppet"
)

// decoder is a dump1090-mutability that takes raw Mode S messages, serves SBS and
// writes an aircraft.json.
type decoder struct {
	t        *testing.T
	raw, sbs string // where it listens
	folder   string
	cmd      *exec.Cmd
	said     *puppet.Text
}

// newDecoder starts one; it is ended with the test. Where there is none the test
// is skipped.
func newDecoder(t *testing.T) *decoder {
	t.Helper()
	if _, err := exec.LookPath("dump1090-mutability"); err != nil {
		t.Skip("dump1090-mutability is not installed: .ci/install does that, on Debian")
	}
	d := &decoder{t: t, raw: freeAddress(t), sbs: freeAddress(t), folder: t.TempDir()}
	d.start()
	t.Cleanup(d.stop)
	return d
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func (d *decoder) start() {
	d.t.Helper()
	port := func(address string) string { _, port, _ := net.SplitHostPort(address); return port }
	d.said = &puppet.Text{}
	d.cmd = exec.Command("dump1090-mutability", "--net-only", "--net-bind-address", "127.0.0.1", "--quiet",
		"--write-json", d.folder, "--write-json-every", "1", "--json-location-accuracy", "2",
		"--lat", "35.08", "--lon", "-106.65", "--max-range", "400",
		"--net-ri-port", port(d.raw), "--net-sbs-port", port(d.sbs), "--net-ro-port", "0", "--net-bi-port", "0", "--net-bo-port", "0")
	d.cmd.Stdout, d.cmd.Stderr = d.said, d.said
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
}

func (d *decoder) stop() {
	_ = d.cmd.Process.Signal(syscall.SIGTERM)
	_ = d.cmd.Wait()
	if d.t.Failed() {
		d.t.Logf("dump1090-mutability says:\n%s", d.said)
	}
}

// feed sends messages to the decoder, no faster than it can decode.
func (d *decoder) feed(messages []string) {
	d.t.Helper()
	var conn net.Conn
	eventually.Holds(d.t, "the decoder listens", func() bool {
		var err error
		conn, err = net.Dial("tcp", d.raw)
		return err == nil
	})
	defer func() { _ = conn.Close() }()
	pace := time.NewTicker(20 * time.Millisecond)
	defer pace.Stop()
	for len(messages) > 0 {
		n := min(50, len(messages))
		if _, err := conn.Write([]byte(strings.Join(messages[:n], ""))); err != nil {
			d.t.Fatalf("feeding the decoder: %v\n%s", err, d.said)
		}
		messages = messages[n:]
		<-pace.C
	}
}

// sighting is what the decoder's aircraft.json says of an aircraft.
type sighting struct {
	Hex, Flight, Squawk string
	Lat, Lon            *float64
	Altitude            any
	Speed, Track        *float64
	Seen                float64
}

func (d *decoder) picture() []sighting {
	d.t.Helper()
	body, err := os.ReadFile(filepath.Join(d.folder, "aircraft.json"))
	if err != nil {
		d.t.Fatal(err)
	}
	var file struct{ Aircraft []sighting }
	if err := json.Unmarshal(body, &file); err != nil {
		d.t.Fatal(err)
	}
	return file.Aircraft
}

// compare says where what a client holds differs from what the decoder knows.
func (s *sighting) compare(held any) string {
	a, ok := held.(map[string]any)
	if !ok {
		return "is missing"
	}
	text := func(name, want string) bool { return want == "" || a[name] == want }
	number := func(name string, want *float64, by float64) bool {
		got, ok := a[name].(float64)
		return want == nil || ok && math.Abs(got-*want) <= by
	}
	if text("flight", strings.TrimSpace(s.Flight)) && text("squawk", s.Squawk) && (s.Altitude == nil || a["alt"] == s.Altitude) &&
		number("lat", s.Lat, 1e-4) && number("lon", s.Lon, 1e-4) && number("gs", s.Speed, 1) && number("track", s.Track, 1) {
		return ""
	}
	own, _ := json.Marshal(s)
	other, _ := json.Marshal(a)
	return fmt.Sprintf("is %s\nand not %s", other, own)
}

// TestDecoder: a real decoder is fed with real messages. What a client holds is
// what the decoder knows, whether it told it as SBS or in its aircraft.json; and
// when the decoder starts anew, so do the sources.
func TestDecoder(t *testing.T) {
	folder := os.Getenv("SKYGATE_TESTDATA")
	if folder == "" {
		t.Skip("SKYGATE_TESTDATA is not set")
	}
	recorded, err := os.ReadFile(filepath.Join(folder, "adsb/avr/abq_raw02.avr"))
	if err != nil {
		t.Fatal(err)
	}
	messages := strings.SplitAfter(string(recorded), "\n")
	d := newDecoder(t)
	files := httptest.NewServer(http.StripPrefix("/data/", http.FileServer(http.Dir(d.folder))))
	t.Cleanup(files.Close)
	s := serve(t, "--source", "sbs="+d.sbs, "--source", "readsb="+files.URL)
	c := follow(t, s, kinds[0])
	c.event("snapshot", 1)
	state := func(source int) string { return s.health().Sources[source].State }

	d.feed(messages[:100])
	eventually.Holds(t, "both sources deliver", func() bool { return state(0) == "delivering" && state(1) == "delivering" })
	d.feed(messages[100:])
	var wrong string
	compared := 0
	ok := eventually.Is(func() bool {
		held := c.ask("state").State
		wrong, compared = "", 0
		for _, a := range d.picture() {
			if differs := a.compare(held[strings.ToUpper(a.Hex)]); differs != "" {
				wrong = a.Hex + " " + differs
				return false
			}
			compared++
		}
		return compared >= 50
	})
	if !ok {
		t.Fatalf("%d aircraft agree; %s", compared, wrong)
	}
	for _, source := range s.health().Sources {
		if len(source.Bad) > 0 || source.Records < 50 {
			t.Errorf("%s used %d and refused %v", source.Name, source.Records, source.Bad)
		}
	}

	d.stop()
	eventually.Holds(t, "the decoder is gone", func() bool { return state(0) == "failing" })
	d.start()
	eventually.Holds(t, "it is back", func() bool {
		d.feed(messages[:100])
		return state(0) == "delivering" && state(1) == "delivering"
	})
	if stats := c.ask("state").Stats; c.count("disconnected") != 0 || stats["holes"] != 0 || stats["snapshots"] != 1 {
		t.Errorf("the client was disconnected %d times, %v", c.count("disconnected"), stats)
	}
	t.Logf("%d aircraft agree", compared)
}
