package cluster

import (
	"fmt"
	"testing"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
)

// TestPresence: each process knows how many clients all have.
func TestPresence(t *testing.T) {
	s := &stage{t: t, redis: redistest.Single(t)}
	urls := []string{s.program(), s.program(), s.program()}
	for i, url := range urls[:2] {
		for range i + 1 {
			connect(t, url, "/", url, `{"subscribe":{"topics":["aircraft"]}}`)
		}
	}
	connect(t, urls[2], "/", urls[2], `{"subscribe":{"topics":["aircraft","safety"]}}`)
	const want = `{"processes":3,"connections":4,"/":4,"aircraft":4,"safety":1}`
	for _, url := range urls {
		got := ""
		s.eventually("it counts them", func() bool {
			var h struct {
				Clients struct {
					Processes, Connections int
					Sessions, Subscribers  map[string]int
				}
			}
			getJSON(t, url+"/healthz", &h)
			c := h.Clients
			got = fmt.Sprintf(`{"processes":%d,"connections":%d,"/":%d,"aircraft":%d,"safety":%d}`,
				c.Processes, c.Connections, c.Sessions["/"], c.Subscribers["aircraft"], c.Subscribers["safety"])
			return got == want
		})
	}
}
