package cluster

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
)

// TestTopicRooms: the back ends of examples/cluster tell something to all clients of a
// topic, at two processes; who has left the topic does not hear it.
func TestTopicRooms(t *testing.T) {
	s := &stage{t: t, redis: redistest.Single(t)}
	address := "redis://" + s.redis.Config().Addresses[0]
	urls := []string{s.program(), s.program()}
	var hold, left []*client
	for _, url := range urls {
		s.eventually("it is linked", func() bool {
			h := healthOf(t, url)
			return h.Subscribed && h.Servers["/"] == len(urls)
		})
		hold = append(hold, connect(t, url, "/", "who holds it at "+url, `{}`)) // aircraft, by itself
		left = append(left, connect(t, url, "/", "who left it at "+url, `{"subscribe":{"topics":["aircraft","safety"]}}`))
	}
	for _, c := range left {
		c.say(`42["unsubscribe",{"topics":["aircraft"]}]`)
		c.eventually("has left", func() bool { return slices.ContainsFunc(c.events, isUnsubscribed) })
	}
	folder := filepath.Join("..", "..", "examples", "cluster")
	for i, program := range [][]string{{"node", filepath.Join(folder, "emit.mjs")}, {pythonIn(t), filepath.Join(folder, "emit.py")}} {
		for _, topic := range []string{"aircraft", "safety"} { // who is in the second hears what it tells
			args := append(slices.Clone(program[1:]), address, topic, strconv.Itoa(i))
			if out, err := exec.CommandContext(t.Context(), program[0], args...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %v\n%s", program, err, out)
			}
		}
	}
	for i, want := range []string{`["custom:event",0]`, `["custom:event",1]`} {
		for _, c := range slices.Concat(hold, left) {
			before := strings.Join(c.until(want), "\n")
			if strings.Contains(before, `["custom:event"`) {
				t.Errorf("%s, back end %d: it hears more than once: %s", c.name, i, before)
			}
		}
	}
	// Nothing more: the second topic's came last, and who is in the first alone has had all.
	for _, c := range left {
		if rest := strings.Join(c.until(""), "\n"); strings.Contains(rest, `["custom:event"`) {
			t.Errorf("%s hears what is not for it: %s", c.name, rest)
		}
	}
}

func isUnsubscribed(event string) bool { return strings.HasPrefix(event, `["unsubscribed"`) }
