package cannonball_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/namespaces/cannonball"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/gateway/gatewaytest"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// client is one in the namespace.
type client struct{ *gatewaytest.Client }

// say sends an event and gives what came of it.
func (c *client) say(event, payload string) []string {
	c.Take()
	sent, _ := c.Say(event, payload)
	return sent
}

// sky is the live aircraft.
type sky struct {
	t *testing.T
	w feedlog.Writer
}

// put has an aircraft somewhere.
func (s *sky) put(hex string, lat float64, more ...record.Field) {
	s.t.Helper()
	s.at(hex, lat, 8, more...)
}

func (s *sky) at(hex string, lat, lon float64, more ...record.Field) {
	s.t.Helper()
	r := record.Record{Key: hex, Fields: append(record.Fields{
		{Name: "lat", Raw: fmt.Sprintf("%.5f", lat)}, {Name: "lon", Raw: record.Number(lon, 5)},
	}, more...)}
	r.Fields.Sort()
	if _, err := s.w.Append(context.Background(), &record.Change{Added: []record.Record{r}}); err != nil {
		s.t.Error(err)
	}
	synctest.Wait()
}

func (s *sky) lose(hex string) {
	s.t.Helper()
	if _, err := s.w.Append(context.Background(), &record.Change{Removed: []string{hex}}); err != nil {
		s.t.Error(err)
	}
	synctest.Wait()
}

var police = []record.Field{{Name: "flight", Raw: `"BPO12"`}, {Name: "t", Raw: `"EC35"`}, {Name: "alt", Raw: "1500"}, {Name: "r", Raw: `"D-HVBX"`}}

// script runs in a bubble.
func script(t *testing.T, body func(t *testing.T, n *gateway.Namespace, sky *sky)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		log := feedlog.NewMemory()
		w, err := log.Begin(t.Context(), "aircraft")
		if err != nil {
			t.Fatal(err)
		}
		h := hub.New(log, []topic.Policy{{Name: "aircraft", Prefix: "aircraft", Key: "hex", List: "aircraft"}}, batch.DefaultConfig(), zerolog.Nop())
		c := cannonball.New(cannonball.Config{Hub: h, Auth: gateway.Everyone, Logger: zerolog.Nop()})
		gatewaytest.Run(t, h.Run, c.Run)
		body(t, c.Namespace(), &sky{t, w})
	})
}

func enter(t *testing.T, n *gateway.Namespace) *client {
	t.Helper()
	return &client{gatewaytest.Enter(t, n)}
}
