// Command testserver is a small Socket.IO server at which conformance and
// interoperability suites can be pointed. The environment says how it behaves:
//
//	PORT             Socket.IO at /socket.io/
//	EIO_PORT         an Engine.IO echo at /engine.io/
//	CTL_PORT         control over HTTP: /stats, /emit?room&ev&msg …
//	PING_INTERVAL, PING_TIMEOUT, CONNECT_TIMEOUT   in ms: 300, 200, 1000
//	REQ_TIMEOUT      how long other servers may take to answer, in ms: 5000
//	NAME             this server's name in answers to others
//	REDIS_PORT       of a Redis on the loopback over which it is linked to others
//	ROOMS_MODE       in which format: classic (the default) or sharded
//	CONN_DELAY_US    how long each connection handler sleeps first
//
// It listens on the loopback only, prints "ready PID", and ends on SIGTERM.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/rooms"
	"github.com/skygate-io/skygate/adapters/socketio/sockettest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "testserver:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	options := sockettest.Options{
		PingInterval:   duration("PING_INTERVAL", 300, time.Millisecond),
		PingTimeout:    duration("PING_TIMEOUT", 200, time.Millisecond),
		ConnectTimeout: duration("CONNECT_TIMEOUT", 1000, time.Millisecond),
	}
	link, err := linked()
	if err != nil {
		return err
	}
	if link != nil {
		ended := make(chan error, 1)
		linkCtx, unlink := context.WithCancel(context.WithoutCancel(ctx))
		go func() { ended <- link.Run(linkCtx) }()
		defer func() {
			unlink()
			<-ended
		}()
		options.Backplane = link
	}
	io, handler, end := sockettest.NewServer(options)
	defer end()
	reasons := sockettest.Serve(io, duration("CONN_DELAY_US", 0, time.Microsecond))
	echo, endEcho := sockettest.NewEcho(options)
	defer endEcho()
	control := sockettest.Control(io, reasons, os.Getenv("NAME"), duration("REQ_TIMEOUT", 5000, time.Millisecond))

	failed := make(chan error, 3)
	for variable, handler := range map[string]http.Handler{"PORT": handler, "EIO_PORT": echo, "CTL_PORT": control} {
		port := os.Getenv(variable)
		if port == "" {
			continue
		}
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			return err
		}
		server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
		defer server.Close()
		go func() { failed <- server.Serve(listener) }() // ends with server.Close
	}
	fmt.Println("ready", os.Getpid())
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return errors.Join(errors.New("a server ended"), err)
	}
}

// linked gives what links it to other servers, nil when there is no Redis.
func linked() (*rooms.Backplane, error) {
	port := os.Getenv("REDIS_PORT")
	if port == "" {
		return nil, nil
	}
	cfg := redis.DefaultConfig()
	cfg.Mode, cfg.Addresses = redis.Single, []string{net.JoinHostPort("127.0.0.1", port)}
	client, err := redis.Open(cfg)
	if err != nil {
		return nil, err
	}
	format := rooms.DefaultConfig()
	format.Mode = cmp.Or(os.Getenv("ROOMS_MODE"), format.Mode)
	logger := zerolog.New(os.Stderr).Level(zerolog.WarnLevel)
	return rooms.New(format, client, logger)
}

// duration reads an environment variable that holds a number of units.
func duration(name string, or int, unit time.Duration) time.Duration {
	n, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		n = or
	}
	return time.Duration(n) * unit
}
