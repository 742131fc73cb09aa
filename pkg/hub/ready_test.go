package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/hub"
)

func TestUnready(t *testing.T) {
	h := hub.New(feedlog.NewMemory(), scenePolicies(), batch.DefaultConfig(), zerolog.Nop())
	if got := fmt.Sprint(h.Unready()); got != "[aircraft vessels acars safety]" {
		t.Errorf("before anything is loaded %s are not ready", got)
	}
	if err := h.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := h.Unready(); len(got) > 0 {
		t.Errorf("%q are not ready", got)
	}
}

func TestUnreadyWhileTheLogIsAway(t *testing.T) {
	play(t, func(s *scene) {
		want := func(want string) {
			s.Helper()
			if got := strings.Join(s.hub.Unready(), " "); got != want {
				s.Errorf("%q are not ready, want %q", got, want)
			}
		}
		want("")
		s.log.down.Store(true)
		s.change("+A gs=1") // that it cannot be read is found out now
		s.wait(500 * time.Millisecond)
		want("")
		s.wait(5 * time.Second)
		want("aircraft")
		s.log.down.Store(false)
		s.wait(10 * time.Second)
		want("")
	})
}

func TestSubscribers(t *testing.T) {
	play(t, func(s *scene) {
		want := func(want string) {
			s.Helper()
			if got := fmt.Sprint(s.hub.Subscribers()); got != want {
				s.Errorf("%s, want %s", got, want)
			}
		}
		want("map[acars:0 aircraft:0 safety:0 vessels:0]")
		s.change("+A gs=1")
		anna, ben := s.enter("anna"), s.enter("ben")
		anna.subscribe("aircraft", "safety")
		ben.subscribe("aircraft", "legacy=false")
		want("map[acars:0 aircraft:2 safety:1 vessels:0]")
		s.begin() // now everyone is owed a snapshot
		want("map[acars:0 aircraft:2 safety:1 vessels:0]")
		if _, err := anna.Unsubscribe([]string{"aircraft"}); err != nil {
			s.Error(err)
		}
		want("map[acars:0 aircraft:1 safety:1 vessels:0]")
		ben.Leave()
		want("map[acars:0 aircraft:0 safety:1 vessels:0]")
		anna.Leave()
	})
}
