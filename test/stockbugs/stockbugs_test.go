// Package stockbugs keeps, as black-box scenarios, what is wrong with the
// Socket.IO library as released. Each must fail at a server built on it as it
// is (folder stock), and hold at the project's own. Where Node's server is the
// measure, it must hold there, too: that proves the scenario.
package stockbugs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/test/interop/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scenario is one way to meet a bug. Run returns what is wrong, nil if nothing.
type scenario struct {
	bug, name string
	run       func(s *server.Server) error
	env       []string
	// tries is how often it is run, where it takes luck to meet the bug; 0 is 1.
	tries int
	// met is what the error says at the library as released.
	met string
	// node says that Node's server holds it, too.
	node bool
}

// TestStock: every scenario meets its bug in the library as released.
func TestStock(t *testing.T) {
	if os.Getenv("SKYGATE_STOCK") == "" {
		t.Skip("SKYGATE_STOCK is not set: this tries the library as released, for minutes")
	}
	stock := []string{server.BuildIn(t, "stock")}
	for _, sc := range scenarios {
		t.Run(sc.bug+"/"+sc.name, func(t *testing.T) {
			for range 5 { // another bug may come in between
				err := meet(t, sc, stock)
				if err != nil && strings.Contains(err.Error(), sc.met) {
					t.Logf("as known: %v", err)
					return
				}
				t.Logf("not this bug, but: %v", err)
			}
			t.Error("the bug was not met")
		})
	}
}

// TestReference: what Node's server is the measure of holds there.
func TestReference(t *testing.T) {
	if os.Getenv("SKYGATE_STOCK") == "" {
		t.Skip("SKYGATE_STOCK is not set: this tries Node's server, for minutes")
	}
	node := []string{"node", filepath.Join("..", "interop", "reference", "server.mjs")}
	for _, sc := range scenarios {
		if sc.node {
			t.Run(sc.bug+"/"+sc.name, func(t *testing.T) {
				if err := meet(t, sc, node); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestSkygate: none of the bugs is met in the project's own server.
func TestSkygate(t *testing.T) {
	if !server.Mended {
		t.Skip("not mended yet")
	}
	if testing.Short() {
		t.Skip("takes a minute: not with -short")
	}
	skygate := server.Skygate(t)
	for _, sc := range scenarios {
		t.Run(sc.bug+"/"+sc.name, func(t *testing.T) {
			if err := meet(t, sc, skygate); err != nil {
				t.Error(err)
			}
		})
	}
}

// meet runs the scenario as often as it takes to meet the bug, at most as often
// as it says. A server that dies has it.
func meet(t *testing.T, sc scenario, command []string) error {
	s := server.Start(t, command, append([]string{"PING_INTERVAL=5000", "PING_TIMEOUT=5000"}, sc.env...)...)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for try := range max(1, sc.tries) {
		err := sc.run(s)
		if err == nil {
			err = alive(s)
		}
		if err != nil && dies(s) {
			return fmt.Errorf("try %d: the server has died: %.300s", try+1, s.Stderr())
		}
		if err != nil {
			return fmt.Errorf("try %d: %w", try+1, err)
		}
		if ctx.Err() != nil {
			t.Logf("stopped after %d tries", try+1)
			return nil
		}
	}
	return nil
}

// dies says whether the server has ended, or is about to.
func dies(s *server.Server) bool {
	select {
	case <-s.Ended():
		return true
	case <-time.After(time.Second):
		return false
	}
}

// alive says whether the server still serves.
func alive(s *server.Server) error {
	w, err := join(s, "40/custom,")
	if err != nil {
		return errors.Join(errors.New("the server serves no more"), err)
	}
	return w.Close()
}
