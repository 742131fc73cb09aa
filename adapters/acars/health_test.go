package acars

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
)

func TestHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHealth(zerolog.Nop(), time.Minute, 2)
		a, b := endpoint{"udp", ":1", true}, endpoint{"tcp", "router:1", false}
		want := func(state feed.State, err string) {
			t.Helper()
			if s := h.status(time.Now()); s.State != state || s.Err != err {
				t.Errorf("%s, %q; want %s, %q", s.State, s.Err, state, err)
			}
		}
		time.Sleep(time.Hour)
		want(feed.Starting, "")
		h.begin(time.Now())
		want(feed.Starting, "")
		time.Sleep(61 * time.Second)
		want(feed.Stale, "nothing was heard for 1m1s")
		h.heard(1, time.Now())
		want(feed.Delivering, "")
		h.fails(b, errors.New("refused"), time.Now())
		want(feed.Degraded, "1 of 2 endpoints cannot be used: tcp://router:1: refused")
		h.fails(a, errors.New("in use"), time.Now())
		want(feed.Failing, "2 of 2 endpoints cannot be used: tcp://router:1: refused; udp://:1: in use")
		h.works(b, time.Now())
		want(feed.Degraded, "1 of 2 endpoints cannot be used: udp://:1: in use")
		time.Sleep(61 * time.Second)
		want(feed.Stale, "nothing was heard for 1m1s; 1 of 2 endpoints cannot be used: udp://:1: in use")
		h.heard(0, time.Now())
		want(feed.Degraded, "1 of 2 endpoints cannot be used: udp://:1: in use")
		h.works(a, time.Now())
		want(feed.Delivering, "")
		time.Sleep(time.Minute)
		want(feed.Delivering, "")
		time.Sleep(time.Second)
		want(feed.Stale, "nothing was heard for 1m1s")
		h.heard(0, time.Now()) // a duplicate is a sign of life
		want(feed.Delivering, "")
		if s := h.status(time.Now()); s.Records != 1 || s.Bad[Unreachable] != 2 {
			t.Errorf("status %+v", s)
		}
	})
}
