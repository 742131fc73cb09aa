package cluster

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/pkg/wire"
	"github.com/skygate-io/skygate/pkg/wire/wiretest"
	"github.com/skygate-io/skygate/test/built"
)

// Settings of the processes here: as by default, only faster.
const (
	deafAfter  = 1500 * time.Millisecond
	leaseFor   = time.Second
	aircraftGo = 5 * time.Second
	settings   = `
redis: {mode: single}
cluster: {lease: {duration: %v, deaf: %v}}
topics: {aircraft: {ttl: %v}}
sources: [%s]
`
)

// antenna is a receiver that hears the same as others, and may break.
type antenna struct {
	t    *testing.T
	path string
	end  chan struct{}
	done sync.WaitGroup
	// level has the aircraft stand still, as they are first heard. Static once it starts.
	level bool
}

// began is when the aircraft of all receivers were first heard.
var began = time.Now()

// planes are how many.
const planes = 5

// raise starts a receiver.
func raise(t *testing.T) *antenna {
	return raiseFor(t, false)
}

// raiseFor starts one whose aircraft climb, or stay level.
func raiseFor(t *testing.T, level bool) *antenna {
	a := &antenna{t: t, path: filepath.Join(t.TempDir(), "aircraft.json"), level: level}
	a.start()
	t.Cleanup(a.fail)
	return a
}

func (a *antenna) start() {
	a.end = make(chan struct{})
	a.write()
	a.done.Go(func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-a.end:
				return
			case <-tick.C:
				a.write()
			}
		}
	})
}

// fail has it write nothing any more.
func (a *antenna) fail() {
	if a.end != nil {
		close(a.end)
		a.done.Wait()
		a.end = nil
	}
}

// write writes a file: all aircraft climb, or nothing changes.
func (a *antenna) write() {
	now := time.Now()
	var list []string
	climbed := 25 * (now.Sub(began) / (200 * time.Millisecond))
	if a.level {
		climbed = 0
	}
	for i := range planes {
		list = append(list, fmt.Sprintf(`{"hex":"a0000%d","lat":%d,"lon":8,"alt_baro":%d,"seen":0,"seen_pos":0}`,
			i, 40+i, 1000+climbed))
	}
	text := fmt.Sprintf(`{"now":%.3f,"aircraft":[%s]}`, float64(now.UnixMilli())/1000, strings.Join(list, ","))
	fresh := a.path + ".new"
	if err := os.WriteFile(fresh, []byte(text), 0o600); err != nil {
		a.t.Error(err)
	}
	if err := os.Rename(fresh, a.path); err != nil {
		a.t.Error(err)
	}
}

// member starts a process of a cluster: one that hears a receiver, or none.
func (s *stage) member(binary string, hears *antenna) *built.Process {
	s.t.Helper()
	source := ""
	if hears != nil {
		source = fmt.Sprintf("{kind: readsb, url: 'file://%s', interval: 200ms}", hears.path)
	}
	path := filepath.Join(s.t.TempDir(), "skygate.yaml")
	if err := os.WriteFile(path, fmt.Appendf(nil, settings, leaseFor, deafAfter, aircraftGo, source), 0o600); err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--config", path)
	cmd.Env = append(os.Environ(), "SKYGATE_REDIS_ADDRESSES="+strings.Join(s.redis.Config().Addresses, ","))
	return built.Start(s.t, cmd)
}

// writes says whether a process writes the aircraft.
func writes(t *testing.T, p *built.Process) bool {
	var h struct{ Writes []string }
	getJSON(t, p.URL+"/healthz", &h)
	return slices.Contains(h.Writes, "aircraft")
}

// history is what a client was told of the aircraft since it connected.
type history struct {
	epochs  []string // in their order
	whole   []string // those that a snapshot began
	added   []string // aircraft that were told to be new, beside those of snapshots
	removed []string
	planes  int // that are there
	newest  int // altitude of any, ft
	wrong   []string
}

// history reads what a client has got, as often as one likes.
func (c *client) history() (h history) {
	c.mu.Lock()
	events := slices.Clone(c.events)
	c.mu.Unlock()
	follower := wiretest.NewFollower()
	for _, e := range events {
		var parts []json.RawMessage
		if json.Unmarshal([]byte(e), &parts) != nil || len(parts) != 2 {
			continue
		}
		name, data := gjson.ParseBytes(parts[0]).String(), gjson.ParseBytes(parts[1])
		if name != "aircraft:snapshot" && name != "aircraft:update" {
			continue
		}
		if m, err := wire.New(name, parts[1]); err == nil {
			follower.Send(m)
		}
		epoch := data.Get("epoch").String()
		if !slices.Contains(h.epochs, epoch) {
			h.epochs = append(h.epochs, epoch)
		}
		if name == "aircraft:snapshot" {
			h.whole = append(h.whole, epoch)
		}
		for _, hex := range data.Get("added.#.hex").Array() {
			h.added = append(h.added, hex.String())
		}
		for _, hex := range data.Get("removed").Array() {
			h.removed = append(h.removed, hex.String())
		}
	}
	h.planes = len(follower.State())
	for _, fields := range follower.State() {
		var alt int
		_ = json.Unmarshal(fields["alt"], &alt)
		h.newest = max(h.newest, alt)
	}
	h.wrong = follower.Wrong()
	if n := follower.Holes(); n > 0 {
		h.wrong = append(h.wrong, fmt.Sprintf("%d holes", n))
	}
	return h
}

// TestTheWriterHearsNothing: the receiver of the process that writes the aircraft falls
// silent, and another process hears them: that one writes, soon, and the aircraft stay,
// also for the clients of the one that hears nothing. When the receiver is back all
// stays as it is, until that of the other falls silent.
func TestTheWriterHearsNothing(t *testing.T) {
	s := &stage{t: t, redis: redistest.Single(t)}
	binary, err := built.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	antennas := []*antenna{raise(t), raise(t)}
	first := s.member(binary, antennas[0])
	eventually.Holds(t, "the first writes", func() bool { return writes(t, first) })
	second := s.member(binary, antennas[1])
	members := []*built.Process{first, second, s.member(binary, nil)}
	var clients []*client
	for i, p := range members {
		c := connect(t, p.URL, "/", fmt.Sprintf("client of process %d", i), `{"subscribe":{"topics":["aircraft"],"legacy":false}}`)
		eventually.Holds(t, c.name+" has the aircraft", func() bool { return c.history().planes == planes })
		clients = append(clients, c)
	}

	silent := time.Now()
	antennas[0].fail()
	eventually.Holds(t, "the second writes", func() bool { return writes(t, second) })
	took := time.Since(silent)
	t.Logf("the second writes %v after the receiver of the first fell silent", took)
	if most := deafAfter + leaseFor/3 + leaseFor/6; took < deafAfter/2 || took > most+5*time.Second {
		t.Errorf("it took %v, want about %v", took, most)
	}
	if writes(t, first) {
		t.Error("both write")
	}
	// For longer than aircraft would stay that nobody hears.
	for time.Since(silent) < aircraftGo+3*time.Second {
		wantPicture(t, clients, 2)
	}

	antennas[0].start()
	back := time.Now()
	for time.Since(back) < 2*deafAfter {
		wantPicture(t, clients, 2)
	}
	if !writes(t, second) || writes(t, first) {
		t.Error("the one whose receiver is back takes the topic away")
	}
	antennas[1].fail()
	eventually.Holds(t, "the first writes again", func() bool { return writes(t, first) })
	wantPicture(t, clients, 3)
	for i, p := range members[:2] {
		if n := strings.Count(p.Log(), "the topic is left to a process that hears its sources"); n != 1 {
			t.Errorf("process %d says %d times that it leaves the topic:\n%s", i, n, p.Log())
		}
	}
}

// wantPicture wants each client to be told of what is heard now, of no aircraft that it
// is gone or that it is new, and of so many epochs, each of which it was shown once.
func wantPicture(t *testing.T, clients []*client, epochs int) {
	t.Helper()
	now := 1000 + 25*int(time.Since(began)/(200*time.Millisecond))
	for _, c := range clients {
		var h history
		eventually.Holds(t, c.name+" is told of what is heard", func() bool {
			h = c.history()
			return h.newest >= now
		})
		if h.planes != planes || len(h.epochs) != epochs || !slices.Equal(h.whole, h.epochs) || len(h.added)+len(h.removed)+len(h.wrong) > 0 {
			t.Fatalf("%s: %+v", c.name, h)
		}
	}
}
