package streams_test

import (
	"fmt"
	"testing"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/topic"
)

// setBack has a server lose what a topic of events has after a position, as a fail-over
// to a replica that lagged does. (It stays the same server, which is the harder case.)
func setBack(t *testing.T, server *redistest.Server, to, from topic.Position) {
	t.Helper()
	ms, _, _ := cutEpoch(to.Epoch)
	id := func(seq uint64) string { return fmt.Sprintf("%s-%d", ms, seq) }
	_, err := server.Client().TxPipelined(t.Context(), func(p redistest.Pipe) error {
		for seq := to.Seq + 1; seq <= from.Seq; seq++ {
			p.Do(t.Context(), "XDEL", safetyLog, id(seq))
		}
		p.Do(t.Context(), "XSETID", safetyLog, id(to.Seq))
		p.Do(t.Context(), "HSET", "{skygate:safety}:head", "seq", to.Seq)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEventsAreNotSetBack: a process that finds a log without its tail, before anybody
// has published there again, is not led back in the epoch that it has read further: it
// opens the next one, which says where the one before ended.
func TestEventsAreNotSetBack(t *testing.T) {
	loads := func(t *testing.T, log feedlog.Log, last topic.Position) {
		t.Helper()
		if state := load(t, log, "safety"); state.At != last {
			t.Fatalf("loaded to %v, want %v", state.At, last)
		}
	}
	for name, tc := range map[string]struct {
		early bool // it has published in an epoch before
		reads func(t *testing.T, log feedlog.Log, last topic.Position)
	}{
		"it has loaded all": {reads: loads},
		"it has read the last": {reads: func(t *testing.T, log feedlog.Log, last topic.Position) {
			t.Helper()
			if _, err := log.Read(t.Context(), "safety", topic.Position{Epoch: last.Epoch, Seq: last.Seq - 1}); err != nil {
				t.Fatal(err)
			}
		}},
		"it has published in an epoch before": {early: true, reads: loads},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Single(t)
			log, other := open(t, server.Config()), open(t, server.Config())
			if tc.early {
				publish(t, log, event(0))
				server.Restart(true)
				insist(t, other, event(1))
			}
			var last topic.Position
			for n := range 5 {
				last = publish(t, other, event(n))
			}
			tc.reads(t, log, last)
			kept := topic.Position{Epoch: last.Epoch, Seq: last.Seq - 2}
			setBack(t, server, kept, last)

			state := load(t, log, "safety")
			if state.At.Epoch == last.Epoch {
				t.Fatalf("who was at %v is led to %v", last, state.At)
			}
			if begins := state.Entries[len(state.Entries)-1]; begins.Continues != kept {
				t.Errorf("the epoch continues %v, want %v", begins.Continues, kept)
			}
			if at := publish(t, log, event(9)); at != (topic.Position{Epoch: state.At.Epoch, Seq: 1}) {
				t.Errorf("the next event is at %v, after %v", at, state.At)
			}
		})
	}
}

// TestEventsThatGoWhileTheyAreLoaded: the head is read where all is, and the log where its
// end is lost.
func TestEventsThatGoWhileTheyAreLoaded(t *testing.T) {
	server := redistest.Single(t)
	log := open(t, server.Config())
	var last topic.Position
	for n := range 5 {
		last = publish(t, log, event(n))
	}
	if moved, err := log.LoadTo(t.Context(), "safety", last); moved || err != nil {
		t.Errorf("nothing is lost, and loading says %v", err)
	}
	setBack(t, server, topic.Position{Epoch: last.Epoch, Seq: last.Seq - 2}, last)
	if moved, err := log.LoadTo(t.Context(), "safety", last); !moved {
		t.Errorf("the end is lost while it is loaded, and loading says %v", err)
	}
}
