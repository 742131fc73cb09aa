package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/pkg/eventually"
)

// desk is a client of one process that asks for alert rules.
type desk struct {
	*client
	server *server
}

func (d desk) request(kind string, params map[string]any) string {
	d.t.Helper()
	return d.emit("request", map[string]any{"type": kind, "request_id": kind, "params": params})
}

// makes makes a rule for the aircraft of an address, and gives its id.
func (d desk) makes(name, icao string) string {
	d.t.Helper()
	answer := d.request("alert-rule-create", map[string]any{
		"name": name, "visibility": "public", "rule_type": "icao", "operator": "eq", "value": icao,
	})
	var made struct{ Data struct{ ID string } }
	if err := json.Unmarshal([]byte(answer), &made); err != nil || made.Data.ID == "" {
		d.t.Fatalf("a rule is answered %s", answer)
	}
	return made.Data.ID
}

// alerts counts those of a rule of this name.
func (d desk) alerts(name string) int {
	d.t.Helper()
	return strings.Count(d.request("alert-snapshot", map[string]any{"limit": 200}), fmt.Sprintf(`"rule_name":%q`, name))
}

func (d desk) leads() bool {
	const is, was = `"topic":"aircraft","message":"this process writes the topic"`, `"topic":"aircraft","message":"this process no longer`
	log := ""
	for _, text := range strings.Split(d.server.Log(), "\n") {
		var l struct{ Topic, Message string }
		if json.Unmarshal([]byte(text), &l) == nil {
			log += fmt.Sprintf(`"topic":%q,"message":%q`, l.Topic, l.Message) + "\n"
		}
	}
	return strings.LastIndex(log, is) > strings.LastIndex(log, was)
}

// paired starts two processes of one cluster that hear one receiver; the first writes.
func paired(t *testing.T, r *receiver) (first, second desk) {
	t.Helper()
	return pairedOn(t, r, redistest.Single(t))
}

func pairedOn(t *testing.T, r *receiver, redis *redistest.Server) (first, second desk) {
	t.Helper()
	t.Setenv("SKYGATE_REDIS_ADDRESSES", redis.Addr)
	t.Setenv("SKYGATE_REDIS_MODE", "single")
	at := func() desk {
		s := serve(t, "--source", "readsb="+r.URL)
		return desk{enter(t, s, "/"), s}
	}
	first = at()
	eventually.Holds(t, "the first writes", first.leads)
	return first, at()
}

func flight(icao string) string {
	return fmt.Sprintf(`{"hex":%q,"flight":"SWR1","alt_baro":30000,"squawk":"1000","seen":0.1}`, icao)
}

// TestRulesOfACluster: a rule is in force at all processes, wherever it was made or
// changed, and when the one that tells alerts is killed, the other goes on without
// telling one twice.
func TestRulesOfACluster(t *testing.T) {
	r := newReceiver(t)
	r.sends(func() string { return listing(other) })
	first, second := paired(t, r)

	// Made where nobody tells alerts.
	steady := second.makes("steady", "4B1801")
	if id := first.makes("fickle", "4B1802"); id == steady {
		t.Errorf("two rules have the id %s", id)
	}
	r.sends(func() string { return listing(other, flight("4b1801"), flight("4b1802")) })
	for _, d := range []desk{first, second} {
		eventually.Holds(t, "both are told", func() bool { return d.alerts("steady") == 1 && d.alerts("fickle") == 1 })
	}

	// Changed and deleted at the other.
	watched := first.makes("watched", "4B1803")
	gone := first.makes("gone", "4B1804")
	for _, answer := range []string{
		second.request("alert-rule-toggle", map[string]any{"id": watched, "enabled": false}),
		second.request("alert-rule-delete", map[string]any{"id": gone}),
	} {
		if !strings.Contains(answer, `"success":true`) {
			t.Fatalf("a change is answered %s", answer)
		}
	}
	eventually.Holds(t, "the first knows of it", func() bool {
		rules := first.request("alert-rules", nil)
		return strings.Contains(rules, `"name":"watched","description":"","enabled":false`) && !strings.Contains(rules, `"name":"gone"`)
	})
	mark := second.makes("mark", "4B1805")
	r.sends(func() string {
		return listing(other, flight("4b1801"), flight("4b1802"), flight("4b1803"), flight("4b1804"), flight("4b1805"))
	})
	eventually.Holds(t, "what came with them is told", func() bool { return second.alerts("mark") == 1 })
	if n, m := second.alerts("watched"), second.alerts("gone"); n+m != 0 {
		t.Errorf("%d alerts of a rule that is off, %d of one that was deleted", n, m)
	}

	first.server.Kill()
	eventually.Holds(t, "the other writes", second.leads)
	third := second.makes("third", "4B1806")
	if third == mark || third == gone {
		t.Errorf("the id %s is used twice", third)
	}
	second.request("alert-rule-toggle", map[string]any{"id": watched, "enabled": true})
	r.sends(func() string {
		return listing(other, flight("4b1801"), flight("4b1802"), flight("4b1803"), flight("4b1804"), flight("4b1805"), flight("4b1806"))
	})
	eventually.Holds(t, "the other goes on", func() bool { return second.alerts("third") == 1 && second.alerts("watched") == 1 })
	for _, name := range []string{"steady", "fickle", "mark"} {
		if n := second.alerts(name); n != 1 {
			t.Errorf("%s is told %d times", name, n)
		}
	}

	// One that knows nothing but what was told, and hears them only when it writes.
	second.server.Kill()
	r.sends(func() string { return listing(other) })
	s := serve(t, "--source", "readsb="+r.URL)
	fresh := desk{enter(t, s, "/"), s}
	fresh.makes("ready", "4B1807")
	fresh.makes("last", "4B1808")
	r.sends(func() string { return listing(other, flight("4b1807")) })
	eventually.Holds(t, "the fresh one goes on", func() bool { return fresh.alerts("ready") == 1 })
	r.sends(func() string {
		return listing(other, flight("4b1801"), flight("4b1802"), flight("4b1803"), flight("4b1805"), flight("4b1806"), flight("4b1807"), flight("4b1808"))
	})
	eventually.Holds(t, "it has heard them", func() bool { return fresh.alerts("last") == 1 })
	for _, name := range []string{"steady", "fickle", "mark", "third", "watched", "ready"} {
		if n := fresh.alerts(name); n != 1 {
			t.Errorf("%s is told %d times", name, n)
		}
	}
}
