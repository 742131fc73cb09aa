package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// receiver is an aircraft.json server that can be spoilt.
type receiver struct {
	*httptest.Server
	body atomic.Pointer[func() string] // nil: it answers 503
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body := r.body.Load()
		if body == nil || !strings.HasSuffix(req.URL.Path, "/aircraft.json") {
			http.Error(w, "no receiver here", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte((*body)()))
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) sends(body func() string) { r.body.Store(&body) }

// listing is an aircraft.json of now.
func listing(aircraft ...string) string {
	return fmt.Sprintf(`{"now":%.3f,"messages":1,"aircraft":[%s]}`, float64(time.Now().UnixMilli())/1000, strings.Join(aircraft, ","))
}

const (
	good  = `{"hex":"4841d7","flight":"KLM23   ","alt_baro":0,"baro_rate":0,"lat":50.1,"lon":8.6,"squawk":"7700","seen":0.1}`
	other = `{"hex":"~2a0001","alt_baro":"ground","seen":0}`
	bad   = `{"hex":"3c6444","alt_baro":{"feet":3},"seen":0}`
)

// TestReceiver: a receiver goes through all that receivers do; the clients stay.
func TestReceiver(t *testing.T) {
	r := newReceiver(t)
	t.Setenv("SKYGATE_TOPICS_AIRCRAFT_TTL", "2s")
	s := serve(t, "--source", "readsb="+r.URL)
	c := follow(t, s, kinds[0])
	c.event("snapshot", 1)
	state := func() map[string]any { return c.ask("state").State }

	eventually.Holds(t, "it is down", func() bool {
		h := s.health()
		return h.Status == "failing" && h.code == http.StatusServiceUnavailable && h.Sources[0].State == "failing"
	})

	r.sends(func() string { return listing(good, bad, other) })
	eventually.Holds(t, "good records beside a bad one", func() bool { return len(state()) == 2 })
	klm := state()["4841D7"].(map[string]any)
	for field, want := range map[string]any{
		"flight": "KLM23", "alt": 0.0, "vr": 0.0, "lat": 50.1, "emergency": true, "military": false,
	} {
		if klm[field] != want {
			t.Errorf("%s is %v, want %v", field, klm[field], want)
		}
	}
	h := s.health()
	if src := h.Sources[0]; h.code != http.StatusOK || src.State != "delivering" || src.NewestAge == nil || *src.NewestAge > 5 || len(src.Bad) == 0 {
		t.Errorf("health of a receiver with one bad record: %+v", h)
	}

	r.sends(func() string { full := listing(other, good); return full[:len(full)-40] })
	eventually.Holds(t, "half a file: what is whole stays, what is cut ages out", func() bool {
		now := state()
		return len(now) == 1 && now["~2A0001"] != nil
	})

	r.sends(func() string { return "<!DOCTYPE html><html>log in, please</html>" })
	eventually.Holds(t, "a page instead: everything ages out", func() bool { return len(state()) == 0 })
	if src := s.health().Sources[0]; src.State != "failing" || src.Error == "" {
		t.Errorf("health of a receiver that sends a page: %+v", src)
	}

	r.sends(func() string { return listing(good) })
	eventually.Holds(t, "it is back", func() bool { return len(state()) == 1 })
	if stats := c.ask("state").Stats; c.count("disconnected") != 0 || stats["holes"] != 0 || stats["snapshots"] != 1 {
		t.Errorf("the client was disconnected %d times, %v", c.count("disconnected"), stats)
	}
	if n := strings.Count(s.Log(), `"source":"readsb"`); n > 12 {
		t.Errorf("%d log lines for about 5 changes of state:\n%s", n, s.Log())
	}
}
