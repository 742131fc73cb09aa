package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/pkg/eventually"
)

// TestAcknowledgeInACluster: an event is acknowledged at a process that did not find it;
// all hear it, and it stays acknowledged when the one that found it is killed.
func TestAcknowledgeInACluster(t *testing.T) {
	r := newReceiver(t)
	r.sends(func() string { return listing(good, other) })
	first, second := paired(t, r)
	for _, d := range []desk{first, second} {
		d.emit("subscribe", map[string]any{"topics": []string{"safety"}})
	}
	id := acknowledged(t, first, second)
	first.server.Kill()
	eventually.Holds(t, "the other writes", second.leads)
	r.sends(func() string { return listing(strings.Replace(good, "7700", "2000", 1), other) })
	second.told("safety:event_resolved", `"id":"`+id+`"`, `"acknowledged":true`)
	if got := second.request("safety-events", map[string]any{"icao_hex": "4841d7"}); strings.Count(got, `"event_type":"squawk_emergency"`) != 1 {
		t.Errorf("the events are %s", got)
	}
}

// acknowledged has the second acknowledge the emergency of the first, which both hear.
func acknowledged(t *testing.T, first, second desk) (id string) {
	t.Helper()
	eventually.Holds(t, "the second knows of the emergency", func() bool {
		var answer struct{ Data []struct{ ID string } }
		if err := json.Unmarshal([]byte(second.request("safety-events", map[string]any{"icao_hex": "4841d7"})), &answer); err != nil {
			t.Fatal(err)
		}
		if len(answer.Data) == 1 {
			id = answer.Data[0].ID
		}
		return id != ""
	})
	if got := second.request("safety-acknowledge", map[string]any{"id": id}); !strings.Contains(got, `"success":true`) {
		t.Fatalf("an acknowledgement is answered %s", got)
	}
	for _, d := range []desk{first, second} {
		d.told("safety:event_updated", `"id":"`+id+`"`, `"acknowledged":true`)
	}
	return id
}

// TestAcknowledgedWhenRedisIsEmptied: Redis loses everything, and the process that told an
// emergency is killed with it. The other goes on with the emergency that its clients know,
// and tells it and its alerts to nobody as new; one that comes then finds it acknowledged.
func TestAcknowledgedWhenRedisIsEmptied(t *testing.T) {
	r := newReceiver(t)
	r.sends(func() string { return listing(other) })
	redis := redistest.Single(t)
	first, second := pairedOn(t, r, redis)
	second.makes("watched", "4841D7")
	eventually.Holds(t, "the first knows the rule", func() bool { return strings.Contains(first.request("alert-rules", nil), `"name":"watched"`) })
	r.sends(func() string { return listing(good, other) })
	for _, d := range []desk{first, second} {
		d.emit("subscribe", map[string]any{"topics": []string{"safety", "alerts"}})
		eventually.Holds(t, "the alert is told", func() bool { return d.alerts("watched") == 1 })
	}
	id := acknowledged(t, first, second)

	first.server.Kill()
	if err := redis.Client().FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	eventually.Holds(t, "the other writes", second.leads)
	third := desk{server: serve(t, "--source", "readsb="+r.URL)}
	third.client = enter(t, third.server, "/")
	third.emit("subscribe", map[string]any{"topics": []string{"safety"}})
	for _, d := range []desk{second, third} {
		eventually.Holds(t, "it is acknowledged", func() bool {
			got := d.request("safety-events", map[string]any{"icao_hex": "4841d7"})
			return strings.Contains(got, `"id":"`+id+`"`) && strings.Contains(got, `"acknowledged":true`)
		})
	}
	r.sends(func() string { return listing(strings.Replace(good, "7700", "2000", 1), other) })
	for _, d := range []desk{second, third} {
		d.told("safety:event_resolved", `"id":"`+id+`"`, `"acknowledged":true`)
		if got := d.request("safety-events", map[string]any{"icao_hex": "4841d7"}); strings.Count(got, `"event_type":"squawk_emergency"`) != 1 {
			t.Errorf("the events are %s", got)
		}
	}
	if n := second.alerts("watched"); n != 1 {
		t.Errorf("the alert is told %d times", n)
	}
}

// TestMessagesInACluster: a message that decoders of two processes hear is told once.
func TestMessagesInACluster(t *testing.T) {
	t.Setenv("SKYGATE_REDIS_ADDRESSES", redistest.Single(t).Addr)
	t.Setenv("SKYGATE_REDIS_MODE", "single")
	var clients []*client
	var decoders []net.Conn
	for range 2 {
		free, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := free.LocalAddr().String()
		_ = free.Close()
		c := enter(t, serve(t, "--source", "acars=udp://"+addr), "/acars")
		c.told("acars:snapshot", `"messages":[]`)
		clients = append(clients, c)
		decoder, err := (&net.Dialer{}).DialContext(t.Context(), "udp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = decoder.Close() }()
		decoders = append(decoders, decoder)
	}
	at := time.Now().Unix()
	hear := func(decoder net.Conn, text string) {
		t.Helper()
		if _, err := fmt.Fprintf(decoder, `{"timestamp":%d,"freq":131.55,"label":"H1","text":%q,"tail":"D-ABCD","icao":"3C6444"}`, at, text); err != nil {
			t.Fatal(err)
		}
	}
	const both = 5
	for i := range both {
		for _, decoder := range decoders {
			hear(decoder, fmt.Sprintf("heard twice %d", i))
		}
	}
	for i, decoder := range decoders {
		hear(decoder, fmt.Sprintf("the end %d", i))
	}
	for _, c := range clients {
		for i := range decoders { // after all that the same decoder has heard before
			c.told("acars:message", fmt.Sprintf(`"the end %d"`, i))
		}
		if n := c.count("acars:message"); n != both+len(decoders) {
			t.Errorf("%d messages are told: %s", n, c.said())
		}
	}
}
