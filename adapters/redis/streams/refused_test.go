package streams_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/streams"
)

// paper is what is logged. It is safe for concurrent use.
type paper struct {
	mu  sync.Mutex
	all bytes.Buffer // guarded by mu
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all.Write(b)
}

// counts is how many errors there are, and how many other lines.
func (p *paper) counts() (errs, others int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	errs = strings.Count(p.all.String(), `"level":"error"`)
	return errs, strings.Count(p.all.String(), "\n") - errs
}

var rejected = regexp.MustCompile(`cmdstat_xread:.*rejected_calls=(\d+)`)

// TestReadsAreRefused: that a topic cannot be read is said once, though where it ends can
// still be asked for, and once that it can.
func TestReadsAreRefused(t *testing.T) {
	server, config := redistest.WithACL(t)
	var said paper
	log := streams.New(connect(t, config), streams.DefaultConfig(), nil, zerolog.New(&said).Level(zerolog.InfoLevel))
	t.Cleanup(func() { _ = log.Close() })
	follow(t, log, "safety").wantAt(t, publish(t, log, event(1)))
	permit := func(what string) {
		t.Helper()
		if err := server.Client().Do(t.Context(), "ACL", "SETUSER", redistest.User, what).Err(); err != nil {
			t.Fatal(err)
		}
	}
	permit("-xread")
	eventually(t, "reads are refused again and again", func() error {
		info, err := server.Client().Info(t.Context(), "commandstats").Result()
		if err != nil {
			return err
		}
		if found := rejected.FindStringSubmatch(info); found == nil {
			return errors.New("none is")
		} else if n, _ := strconv.Atoi(found[1]); n < 5 {
			return fmt.Errorf("%d are", n)
		}
		return nil
	})
	if errs, others := said.counts(); errs != 1 || others != 0 {
		t.Errorf("%d errors and %d other lines:\n%s", errs, others, said.all.String())
	}
	permit("+xread")
	eventually(t, "it is said that it is well", func() error {
		if _, others := said.counts(); others != 1 {
			return fmt.Errorf("%d lines", others)
		}
		return nil
	})
	if errs, _ := said.counts(); errs != 1 {
		t.Errorf("%d errors", errs)
	}
}
