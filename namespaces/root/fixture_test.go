package root_test

import (
	"context"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/gateway/gatewaytest"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/topic"
)

// begin gives the writer of a topic.
func begin(t *testing.T, log feedlog.Log, name string) feedlog.Writer {
	t.Helper()
	w, err := log.Begin(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// serve has a hub of these topics at work until the test ends, in a bubble, and what else
// is needed beside it.
func serve(t *testing.T, log feedlog.Log, policies []topic.Policy, beside ...func(context.Context) error) *hub.Hub {
	t.Helper()
	h := hub.New(log, policies, batch.DefaultConfig(), zerolog.Nop())
	gatewaytest.Run(t, append(beside, h.Run)...)
	return h
}

// around is what a namespace is made of, around a receiver at 50° N, 8° E that delivers.
func around(h *hub.Hub) root.Config {
	return root.Config{
		Hub: h, Auth: gateway.Everyone, Logger: zerolog.Nop(),
		Receiver: func() *geo.Point { return &geo.Point{Lat: 50, Lon: 8} }, Online: func() bool { return true },
	}
}
