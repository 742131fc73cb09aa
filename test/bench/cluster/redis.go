//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/test/bench/process"
)

// store is a Redis in a process of its own. It writes what it is told to its file once
// a second, as one that is to keep something does. It is used by one goroutine.
type store struct {
	*process.Process
	addr   string
	client *redis.Client
	folder string
}

// usage is what a Redis has taken since it began.
type usage struct {
	cpu             time.Duration
	in, out         int64 // bytes
	commands        int64
	memory, clients int64 // now: bytes, connections
}

// openStore starts a Redis, and waits until it answers.
func openStore(ctx context.Context, program string) (s *store, err error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(addr)
	s = &store{addr: addr}
	if s.folder, err = os.MkdirTemp("", "cluster"); err != nil {
		return nil, err
	}
	redis.LogTo(zerolog.Nop()) // that nobody answers yet, or any more, is no news here
	cfg := redis.DefaultConfig()
	cfg.Mode, cfg.Addresses = redis.Single, []string{addr}
	if s.client, err = redis.Open(cfg); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.folder))
	}
	s.Process, err = process.Start(redisName, []string{
		program, "--port", port, "--bind", host, "--dir", s.folder, "--loglevel", "warning",
		"--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--auto-aof-rewrite-percentage", "0",
	})
	if err != nil {
		return nil, errors.Join(err, s.client.Close(), os.RemoveAll(s.folder))
	}
	const patience = 10 * time.Second
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		err := s.client.Ping(ctx).Err()
		if err == nil {
			return s, nil
		}
		if ctx.Err() != nil || time.Now().After(end) {
			return nil, errors.Join(fmt.Errorf("redis does not answer: %w", err), s.close())
		}
	}
}

// freeAddr gives an address of this machine that nobody has.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// used asks it. What that takes is in the next answer.
func (s *store) used(ctx context.Context) (u usage, err error) {
	text, err := s.client.Info(ctx, "stats", "memory", "clients").Result()
	if err != nil {
		return u, err
	}
	if u, err = readUsage(text); err != nil {
		return u, err
	}
	u.cpu, err = s.CPU()
	return u, err
}

// readUsage reads what INFO says.
func readUsage(info string) (u usage, err error) {
	wanted := map[string]*int64{
		"total_net_input_bytes": &u.in, "total_net_output_bytes": &u.out,
		"total_commands_processed": &u.commands, "used_memory": &u.memory, "connected_clients": &u.clients,
	}
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		to := wanted[name]
		if to == nil {
			continue
		}
		if *to, err = strconv.ParseInt(value, 10, 64); err != nil {
			return u, fmt.Errorf("redis says %q: %w", line, err)
		}
		delete(wanted, name)
	}
	for name := range wanted {
		return u, fmt.Errorf("redis does not say its %s", name)
	}
	return u, nil
}

// kill ends it at once.
func (s *store) kill() error { return s.Signal(syscall.SIGKILL) }

// close ends it, whatever has become of it.
func (s *store) close() error {
	_ = s.Signal(syscall.SIGCONT)
	_ = s.Signal(syscall.SIGKILL)
	_ = s.Stop() // it was killed
	return errors.Join(s.client.Close(), os.RemoveAll(s.folder))
}
