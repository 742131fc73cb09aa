// Package e2e drives the built program with the official clients.
package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"github.com/skygate-io/skygate/pkg/eventually"
	"github.com/skygate-io/skygate/test/built"
)

// patience bounds every wait for something that must happen.
const patience = eventually.Patience

// binary is the program, built once for all tests, as it is shipped: without the
// race detector, under which our packages run in their own tests.
var binary string

func TestMain(m *testing.M) {
	os.Exit(built.Run(m, func(path string) { binary = path }))
}

// server is a running skygate.
type server struct {
	*built.Process
	t *testing.T
}

// serve starts the program; it is ended with the test.
func serve(t *testing.T, args ...string) *server {
	t.Helper()
	return serveAt(t, "127.0.0.1:0", args...)
}

func serveAt(t *testing.T, listen string, args ...string) *server {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"serve", "--listen", listen}, args...)...)
	return &server{Process: built.Start(t, cmd), t: t}
}

// health is the answer of /healthz.
type health struct {
	Status   string
	Aircraft int
	Sources  []struct {
		Name, State, Error string
		NewestAge          *float64 `json:"newest_age_seconds"`
		Records            uint64
		Bad                map[string]uint64
	}
	code int
}

func (s *server) health() health {
	s.t.Helper()
	var h health
	h.code = s.get("/healthz", &h)
	return h
}

func (s *server) get(path string, into any) (status int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		s.t.Fatalf("%s: %v", path, err)
	}
	return resp.StatusCode
}
