package chaos

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// How the receiver writes.
const (
	frameEvery = 400 * time.Millisecond
	aircraftIn = 40 // that stay
	visitors   = 5  // that come and go
	aircraftGo = 4 * time.Second
)

// counter is the aircraft whose callsign is the number of the frame.
const counter = "A00000"

// receiver writes an aircraft.json that all processes read.
type receiver struct {
	path string
	end  chan struct{}
	done sync.WaitGroup

	mu    sync.Mutex // guards all below
	rng   *rand.Rand
	frame int
	still bool // it repeats the last frame
	sky   map[string]plane
}

// plane is what is heard of an aircraft.
type plane struct {
	flight   string
	lat, lon float64
	alt      int
}

// listen starts one; it ends with the test.
func listen(t testing.TB, seed uint64) *receiver {
	r := &receiver{
		path: filepath.Join(t.TempDir(), "aircraft.json"), end: make(chan struct{}),
		rng: rand.New(rand.NewPCG(seed, 1)), sky: map[string]plane{},
	}
	r.write(t)
	r.done.Go(func() {
		for {
			select {
			case <-r.end:
				return
			case <-time.After(frameEvery):
				r.write(t)
			}
		}
	})
	t.Cleanup(func() {
		close(r.end)
		r.done.Wait()
	})
	return r
}

// write writes a frame: some have moved, all are heard.
func (r *receiver) write(t testing.TB) {
	r.mu.Lock()
	if !r.still {
		r.moveLocked()
	}
	var text strings.Builder
	fmt.Fprintf(&text, `{"now":%.3f,"messages":%d,"aircraft":[`, float64(time.Now().UnixMilli())/1000, r.frame*100)
	comma := ""
	for hex, p := range r.sky {
		fmt.Fprintf(&text, `%s{"hex":%q,"flight":%q,"lat":%.5f,"lon":%.5f,"alt_baro":%d,"seen":0.1,"seen_pos":0.1}`,
			comma, strings.ToLower(hex), p.flight, p.lat, p.lon, p.alt)
		comma = ","
	}
	text.WriteString(`]}`)
	r.mu.Unlock()
	// Readers never find half of it.
	fresh := r.path + ".new"
	if err := os.WriteFile(fresh, []byte(text.String()), 0o600); err != nil {
		t.Error(err)
	}
	if err := os.Rename(fresh, r.path); err != nil {
		t.Error(err)
	}
}

func (r *receiver) moveLocked() {
	r.frame++
	for i := range aircraftIn {
		hex := fmt.Sprintf("A%05X", i)
		p, known := r.sky[hex]
		switch {
		case !known:
			// A degree of latitude apart, so that nobody is in danger.
			p = plane{fmt.Sprintf("FLT%d", i), float64(i) - 20, 8, 10_000 + 500*i}
		case r.rng.IntN(2) == 0:
			p.lon = math.Round((p.lon+0.002)*1000) / 1000
			p.alt += 25 * (r.rng.IntN(3) - 1)
		}
		if hex == counter {
			p.flight = fmt.Sprintf("N%d", r.frame)
		}
		r.sky[hex] = p
	}
	for i := range visitors { // each is there for 20 frames of 50
		hex := fmt.Sprintf("B%05X", i)
		if (r.frame+10*i)%50 >= 20 {
			delete(r.sky, hex)
		} else {
			r.sky[hex] = plane{fmt.Sprintf("VIS%d", i), float64(i) + 40, -100 + 0.002*float64(r.frame%50), 30_000}
		}
	}
}

// newest is the number of the newest frame.
func (r *receiver) newest() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.frame
}

// hold has it repeat the last frame, without visitors, and gives that.
func (r *receiver) hold() map[string]plane {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.still = true
	for hex := range r.sky {
		if hex[0] == 'B' {
			delete(r.sky, hex)
		}
	}
	out := map[string]plane{}
	for hex, p := range r.sky {
		out[hex] = p
	}
	return out
}

// resume lets it go on.
func (r *receiver) resume() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.still = false
}
