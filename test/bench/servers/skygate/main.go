// Command skygate broadcasts by this project's Socket.IO server: one shared
// message, handed to every session.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/socketio"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/wire"
	"github.com/skygate-io/skygate/test/bench/servers/control"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "skygate:", err)
		os.Exit(1)
	}
}

func run() error {
	logger := zerolog.New(os.Stderr).Level(zerolog.WarnLevel)
	all := &sessions{}
	topics := hub.New(feedlog.NewMemory(), nil, batch.DefaultConfig(), logger)
	namespace := gateway.New("/", topics, gateway.Everyone, logger, all.add)
	server := socketio.New(socketio.DefaultConfig(), []*gateway.Namespace{namespace}, logger)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	web := &http.Server{Handler: server.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = web.Serve(listener) }() // ends with the process
	return control.Serve(os.Stdin, os.Stdout, listener.Addr().String(), all.broadcast)
}

// sessions are all that ever connected: what is sent to one that has gone is dropped.
type sessions struct {
	mu  sync.Mutex // guards all
	all []*gateway.Session
}

func (s *sessions) add(session *gateway.Session, _ json.RawMessage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, session)
	return nil
}

func (s *sessions) broadcast(message []byte) {
	shared := []*wire.Message{{Event: "m", Data: append([]byte(nil), message...)}} // as the hub does: one list for all
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range s.all {
		session.Send(shared...)
	}
}
