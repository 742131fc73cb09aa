// Package app wires the program: it makes the rooms known to each other, starts
// them, and ends them. It holds no logic of its own.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"syscall"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/skygate-io/skygate/adapters/acars"
	"github.com/skygate-io/skygate/adapters/keys"
	"github.com/skygate-io/skygate/adapters/publish"
	"github.com/skygate-io/skygate/adapters/rest"
	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/adapters/web"
	"github.com/skygate-io/skygate/config"
	"github.com/skygate-io/skygate/namespaces/audio"
	"github.com/skygate-io/skygate/namespaces/cannonball"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/ghosts"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/presence"
	"github.com/skygate-io/skygate/pkg/safety"
)

// lastRequests is how long requests that are under way may take when the
// program ends.
const lastRequests = 500 * time.Millisecond

// headerTimeout is how long a client may take to send its request's headers.
const headerTimeout = 10 * time.Second

// bodyTimeout is how long a client may take to send its request's body.
const bodyTimeout = 20 * time.Second

// idleTimeout is how long a connection without a request is kept.
const idleTimeout = 2 * time.Minute

// App is the program, listening. Use [New], then Run once.
type App struct {
	cfg      config.Config
	logger   zerolog.Logger
	listener net.Listener

	log      log
	cluster  *cluster // nil when this process runs alone
	feeds    feeds
	aircraft *feed.Feed // one of them
	safety   *feed.Publisher
	acars    *feed.Publisher
	outside  outside
	lookout  *feed.Lookout
	alerts   *alerts
	figures  *figures
	hub      *hub.Hub
	sources  []source
	sockets  *socketio.Server
	spaces   []*gateway.Namespace
	presence presence.Presence
	http     *http.Server

	cannonball *cannonball.Cannonball
}

// New makes the program of a valid configuration. It listens from now on, and
// answers once it runs.
func New(cfg config.Config, logger zerolog.Logger) (*App, error) {
	a := &App{cfg: cfg, logger: logger}
	policy := root.Aircraft().With(cfg.Topics[root.Aircraft().Name])
	policies := slices.Concat(root.Topics(policy), audio.Topics(), cfg.OwnTopics())
	var err error
	if a.log, a.cluster, err = openLog(cfg, policies, logger); err != nil {
		return nil, err
	}
	a.feeds = a.openFeeds(states(policy))
	a.aircraft = a.feeds[policy.Name]
	a.aircraft.Annotate(ghosts.New())
	a.safety = feed.NewPublisher(root.Safety().Name, a.log, feed.Remember{}, logger)
	a.acars = feed.NewPublisher(root.ACARS().Name, a.log, feed.Remember{For: acars.DuplicateFor, Most: acars.DuplicateMost}, logger)
	a.lookout = feed.NewLookout(safety.Watch(cfg.Safety), a.safety, logger)
	a.aircraft.Watch(a.lookout)
	if a.alerts, err = openAlerts(cfg, a.log, a.cluster, logger); err != nil {
		return nil, err
	}
	a.aircraft.Watch(a.alerts.lookout)
	a.figures = a.openFigures(cfg, a.log, logger)
	a.hub = hub.New(a.log, policies, cfg.Batch, logger)
	a.lookout.Recall(a.remembered(root.Safety().Name))
	a.alerts.lookout.Recall(a.remembered(root.Alerts().Name))
	if a.sources, err = a.openSources(); err != nil {
		return nil, err
	}
	if a.cluster != nil {
		a.feeds.Lead(a.cluster.leases)
		a.hub.Ask(a.cluster.leases, cfg.Cluster.Lease.Failover())
	}
	ring := keys.New(cfg.Auth)
	a.sockets = socketio.New(cfg.SocketIO, a.namespaces(ring.Auth), logger, a.cluster.options()...)
	a.presence = a.openPresence()

	mux := http.NewServeMux()
	mux.Handle(cfg.SocketIO.Path+"/", a.sockets.Handler())
	mux.HandleFunc("GET /healthz", a.healthz)
	mux.HandleFunc("GET /readyz", a.readyz)
	mux.Handle("/api/v1/publish", publish.New(cfg.Publish, a.openOutside(policies), ring))
	mux.Handle("GET /api/v1/auth/config", ring.Describe())
	mux.Handle(rest.Prefix, rest.New(cfg.REST, overHTTP(a.spaces)...))
	mux.Handle("/", web.Handler())
	if a.cluster != nil {
		a.cluster.client.Loses("events", a.refused)
	}
	a.http = &http.Server{Handler: slowBodies(mux), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout}

	if a.listener, err = net.Listen("tcp", cfg.Listen); errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen: %w: another program has this port; --listen HOST:PORT names another", err)
	} else if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return a, nil
}

// slowBodies ends a connection whose request's body does not come. (A timeout of
// the server's own would also end clients that wait for the answer to a poll.)
func slowBodies(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout))
		}
		next.ServeHTTP(w, r)
	})
}

// Addr is the address that the program listens on.
func (a *App) Addr() net.Addr { return a.listener.Addr() }

// Run serves until ctx ends, then disconnects the clients and waits for what
// was begun, no longer than the configured time.
func (a *App) Run(ctx context.Context) error {
	if err := a.begin(ctx); err != nil {
		return err
	}
	work, ctx := errgroup.WithContext(ctx)
	for _, run := range []func(context.Context) error{
		a.feeds.Run, a.lookout.Run, a.safety.Run, a.acars.Run, a.alerts.Run, a.figures.Run, a.outside.Run, a.hub.Run, a.cannonball.Run, a.cluster.Run,
	} {
		work.Go(func() error { return run(ctx) })
	}
	for _, s := range a.sources {
		work.Go(func() error { return s.start(ctx) })
	}
	work.Go(a.serve)
	work.Go(func() error { return a.shutdown(ctx) })
	a.logger.Info().Stringer("address", a.Addr()).Msg("listening")

	done := make(chan error, 1)
	go func() { done <- errors.Join(work.Wait(), a.cluster.close()) }()
	select {
	case err := <-done:
		return err
	case <-a.overdue(ctx):
		return fmt.Errorf("not everything ended within %v (shutdown_timeout)", a.cfg.ShutdownTimeout)
	}
}

// begin begins all topics, and loads what there is. A log that is away for now is
// no reason not to run: what is to be written waits, and what is there is loaded
// when it is back.
func (a *App) begin(ctx context.Context) error {
	begin := []func(context.Context) error{a.feeds.Begin, a.safety.Begin, a.acars.Begin, a.alerts.Begin, a.figures.Begin, a.outside.Begin, a.hub.Load}
	for _, begin := range begin {
		err := begin(ctx)
		if errors.Is(err, feedlog.ErrAway) && ctx.Err() == nil {
			level := zerolog.WarnLevel
			if errors.Is(err, feedlog.ErrUnreachable) {
				level = zerolog.DebugLevel // it says so itself
			}
			a.logger.WithLevel(level).Err(err).Msg("the log is away; going on without it until it is back")
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *App) serve() error {
	if err := a.http.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// shutdown waits for ctx and then ends what clients hold open. Connections are
// cut before their sessions are closed: a client that is told of a close takes
// it for final (python-socketio over polling does), one that is cut comes back.
func (a *App) shutdown(ctx context.Context) error {
	<-ctx.Done()
	a.logger.Info().Msg("ending")
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(lastRequests, a.cfg.ShutdownTimeout))
	defer cancel()
	_ = a.http.Shutdown(limit) // polling requests do not end by themselves
	_ = a.http.Close()
	a.sockets.Close()
	if a.cluster == nil {
		return a.log.Close()
	}
	return nil // feeds and publishers have yet to end
}

// overdue closes when the time to end is over: a little more than requests get.
func (a *App) overdue(ctx context.Context) <-chan struct{} {
	late := make(chan struct{})
	context.AfterFunc(ctx, func() {
		time.AfterFunc(a.cfg.ShutdownTimeout+time.Second, func() { close(late) })
	})
	return late
}
