package e2e

import (
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// enter starts an official client in a namespace; it is ended with the test.
func enter(t *testing.T, s *server, namespace string) *client {
	t.Helper()
	program(t, "javascript", "follow") // the packages are there
	return begin(t, kinds[0], exec.Command("node", "visitor/main.mjs", s.URL, namespace))
}

// emit sends an event and gives what it is acknowledged with.
func (c *client) emit(event string, args ...any) string {
	c.t.Helper()
	return string(c.ask("emit", "event", event, "args", args).Ack)
}

// told waits for an event that has some parts, and gives its payload.
func (c *client) told(event string, parts ...string) string {
	c.t.Helper()
	return string(c.wait(event+" with "+strings.Join(parts, ", "), func(l line) bool {
		for _, part := range parts {
			if !strings.Contains(string(l.Response), part) {
				return false
			}
		}
		return l.Event == event
	}).Response)
}

func TestACARSNamespace(t *testing.T) {
	free, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.LocalAddr().String()
	_ = free.Close()
	s := serve(t, "--source", "acars=udp://"+addr)
	all, one := enter(t, s, "/acars"), enter(t, s, "/acars")
	all.told("acars:snapshot", `"messages":[]`)
	one.told("acars:snapshot")
	if ack := one.emit("subscribe", map[string]any{"topics": []string{"4ca1b2"}}); !strings.Contains(ack, `"topics":["4CA1B2"]`) {
		t.Errorf("acknowledged %s", ack)
	}
	decoder, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = decoder.Close() }()
	for i, icao := range []string{"3C6444", "4CA1B2"} {
		_, err := fmt.Fprintf(decoder, `{"timestamp":%d,"freq":131.55,"label":"H1","text":"message %d","tail":"D-ABC%d","icao":%q}`, time.Now().Unix(), i, i, icao)
		if err != nil {
			t.Fatal(err)
		}
	}
	all.told("acars:message", `"icao_hex":"3C6444"`, `"message 0"`)
	all.told("acars:message", `"icao_hex":"4CA1B2"`)
	one.told("acars:message", `"icao_hex":"4CA1B2"`)
	if one.count("acars:message") != 1 {
		t.Errorf("who wants one aircraft gets %s", one.said())
	}
	if ack := one.emit("request", map[string]any{"type": "acars-stats", "request_id": 1}); !strings.Contains(ack, `"total_24h":2,"by_label":{"H1":2}`) {
		t.Errorf("acars-stats: %s", ack)
	}
}

func TestCannonballNamespace(t *testing.T) {
	r := newReceiver(t)
	var second atomic.Int64
	r.sends(func() string {
		lat := 50.1 - float64(second.Add(1))*0.001
		return listing(fmt.Sprintf(`{"hex":"3dd2a1","flight":"BPO12   ","t":"EC35","alt_baro":1200,"lat":%.4f,"lon":8,"seen":0,"seen_pos":0}`, lat))
	})
	s := serve(t, "--source", "readsb="+r.URL)
	eventually.Holds(t, "the helicopter is known", func() bool { return s.health().Aircraft == 1 })
	c := enter(t, s, "/cannonball")
	c.told("session_started", `"session_id":"`)
	if ack := c.emit("get_threats", nil); !strings.Contains(ack, "No position set. Send position_update first.") {
		t.Errorf("without a position: %s", ack)
	}
	if ack := c.emit("position_update", map[string]any{"lat": "50.0", "lon": 8, "heading": 90}); !strings.Contains(ack, `"hex":"3DD2A1"`) {
		t.Errorf("a position is acknowledged by %s", ack)
	}
	c.told("threats", `"data":[{"hex":"3DD2A1","callsign":"BPO12","category":"Police Helicopter"`, `"relative_bearing":270`)
	c.told("threat_update", `"trend":"approaching"`, `"eta_seconds":`)
	c.told("new_alert", `"alert_type":"closing_fast"`)
	if ack := c.emit("set_radius", nil); !strings.Contains(ack, `{"radius_nm":25}`) {
		t.Errorf("set_radius: %s", ack)
	}
}

func TestAudioNamespace(t *testing.T) {
	t.Setenv("SKYGATE_AUTH_KEYS", `[{name: scanner, key: sk_0123456789abcdef, permissions: [publish.audio]}]`)
	s := serve(t)
	all, texts := enter(t, s, "/audio"), enter(t, s, "/audio")
	all.told("audio:snapshot", `"recent_transmissions":[],"transmissions":[]`)
	texts.told("audio:snapshot")
	if ack := texts.emit("subscribe", map[string]any{"topics": "transcriptions"}); !strings.Contains(ack, `"topics":["transcriptions"]`) {
		t.Errorf("acknowledged %s", ack)
	}
	for _, event := range []string{
		`"audio:transmission","data":{"id":"7","filename":"tower.mp3","frequency_mhz":118.7,"transcription_status":"pending"}`,
		`"audio:transcription_completed","data":{"id":"7","status":"completed","transcript":"cleared to land"}`,
	} {
		if status, answer := s.publish("sk_0123456789abcdef", "", `{"topic":"audio","event":`+event+`}`); status != http.StatusAccepted {
			t.Fatalf("publishing %s: %d %v", event, status, answer)
		}
	}
	all.told("audio:transmission", `"filename":"tower.mp3"`)
	all.told("audio:transcription_completed", `"cleared to land"`)
	texts.told("audio:transcription_completed", `"cleared to land"`)
	if texts.count("audio:transmission") != 0 {
		t.Errorf("who wants texts gets %s", texts.said())
	}
	if ack := all.emit("request", map[string]any{"type": "transmission", "request_id": 1, "params": map[string]any{"id": 7}}); !strings.Contains(ack, `"transcription_status":"completed"`) {
		t.Errorf("transmission: %s", ack)
	}
	enter(t, s, "/audio").told("audio:snapshot", `"transcript":"cleared to land"`, `"pending_transcriptions":0`)
}

func TestNamespaceRefuses(t *testing.T) {
	t.Setenv("SKYGATE_AUTH_MODE", "hybrid")
	s := serve(t)
	enter(t, s, "/audio").told("connect_error", `"code":"permission_denied"`, "audio.view")
	enter(t, s, "/cannonball").told("session_started")
}
