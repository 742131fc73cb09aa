// Command streams is this project's server as it is, from the feed to the
// connection, without its sources: what its clients are to see it is told by
// lines of its input, like the other contenders; what it understands beyond their
// protocol is in orders.go.
//
// Its topics are those of the program, and three more: another topic of state,
// one of events that wait for their window, and one of events that do not. A receiver
// it has when it is told where one is.
//
// With -redis it is one of a cluster, that follows the topics in Redis and serves
// clients; with -writes as well the one that writes them, and serves nobody.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/jsonlines"
	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/engineio"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/test/bench/servers/control"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "streams:", err)
		os.Exit(1)
	}
}

func run() error {
	batches := batch.DefaultConfig()
	flag.DurationVar(&batches.Window, "window", batches.Window, "how long a batch is open; 0: every change goes out by itself")
	receiver := flag.String("receiver", "", "where lines of JSON come from, `HOST:PORT`")
	at := flag.String("redis", "", "the Redis where the topics are, `HOST:PORT`; none: they are this process's own")
	writes := flag.Bool("writes", false, "with -redis: write the topics, and serve nobody")
	flag.Parse()
	if *writes && *at == "" {
		return errors.New("-writes is of those who share topics: say where with -redis")
	}
	logger := zerolog.New(os.Stderr).Level(zerolog.WarnLevel)

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	l, err := openLink(*at, topics(), logger)
	if err != nil {
		return err
	}
	b := &board{ctx: ctx, log: l.log, hub: hub.New(l.log, topics(), batches, logger), feeds: map[string]*feed.Feed{}, out: os.Stdout}
	switch {
	case l.client == nil:
		err = b.beginAll(topics(), logger)
	case *writes:
		err = b.lead(l, logger)
	}
	if err != nil {
		return err
	}
	if !*writes {
		if err := b.hub.Load(ctx); err != nil {
			return err
		}
		go func() { _ = b.hub.Run(ctx) }() // these end with the process
	}
	if err := b.hear(*receiver, logger); err != nil {
		return err
	}
	address, err := b.serve(l.options(ctx), logger)
	if err != nil {
		return err
	}
	if err := control.Serve(os.Stdin, os.Stdout, address, b.obey); err != nil {
		return err
	}
	return b.err
}

// serve serves clients until the process ends, and says where.
func (b *board) serve(options []socketio.Option, logger zerolog.Logger) (address string, err error) {
	namespace := root.New(root.Config{
		Hub: b.hub, Auth: gateway.Everyone, Logger: logger,
		Receiver: func() *geo.Point { return nil }, Online: func() bool { return true },
	})
	server := socketio.New(socketio.DefaultConfig(), []*gateway.Namespace{namespace}, logger, options...)
	b.broadcast = func(event string, payload any) { server.IO().Emit(event, payload) }
	if engine, ok := server.Handler().(interface{ Stats() engineio.Stats }); ok {
		b.stats = engine.Stats
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	web := &http.Server{Handler: server.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = web.Serve(listener) }()
	return listener.Addr().String(), nil
}

// beginAll begins topics that are this process's own.
func (b *board) beginAll(policies []topic.Policy, logger zerolog.Logger) error {
	for _, p := range policies {
		if err := b.begin(p, logger); err != nil {
			return err
		}
	}
	return nil
}

// hear has the aircraft's feed hear a receiver, if there is one.
func (b *board) hear(address string, logger zerolog.Logger) error {
	if address == "" {
		return nil
	}
	cfg, err := jsonlines.ParseAddress(address)
	if err != nil {
		return err
	}
	source, err := jsonlines.New(cfg, logger)
	if err != nil {
		return err
	}
	go func() { _ = source.Run(b.ctx, b.feeds[root.Aircraft().Name]) }() // ends with the process
	return nil
}

// alertsName is the topic of events that go out at once.
const alertsName = "alerts"

// topics are the policies of what is served.
func topics() []topic.Policy {
	aircraft := root.Aircraft()
	vessels := aircraft
	vessels.Name, vessels.Prefix, vessels.List, vessels.Legacy, vessels.AutoJoin = "vessels", "vessel", "vessels", nil, false
	acars := topic.Policy{
		Name: "acars", Prefix: "acars", Kind: topic.Event, Key: "id", List: "messages",
		Retention: time.Minute, RetainMost: 5000, RetainBytes: 8 << 20, Recent: 10,
	}
	alerts := acars
	alerts.Name, alerts.Prefix, alerts.List, alerts.Bypass = alertsName, "alert", "alerts", true
	return []topic.Policy{aircraft, vessels, acars, alerts, root.Safety()}
}
