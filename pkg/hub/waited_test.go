package hub

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// notes is a connection that notes what the hub does to it.
type notes struct {
	sink
	did []string
}

func (n *notes) Hold()    { n.did = append(n.did, "hold") }
func (n *notes) Release() { n.did = append(n.did, "release") }
func (n *notes) Send(messages ...*wire.Message) {
	for _, m := range messages {
		n.did = append(n.did, fmt.Sprint(m.Topic, " ", m.Seq))
	}
}

// want compares what was done since the last time.
func (n *notes) want(t *testing.T, when string, did ...string) {
	t.Helper()
	if d := cmp.Diff(did, n.did); d != "" {
		t.Errorf("%s (-want +got):\n%s", when, d)
	}
	n.did = nil
}

// What has waited for the end of a window is left to the sender: what comes between that
// end and the sender's turn does not have one topic leave before the others. (The test is
// the sender, so that it is late whenever it should be.)
func TestWhatHasWaitedIsLeftToTheSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		batches, policies := batch.DefaultConfig(), []topic.Policy{}
		for _, name := range []string{"safety", "acars"} {
			policies = append(policies, topic.Policy{Name: name, Prefix: name, Kind: topic.Event, Key: "id", List: "events", Retention: time.Hour, RetainMost: 100, RetainBytes: 1 << 20})
		}
		h := New(feedlog.NewMemory(), policies, batches, zerolog.Nop())
		happens := func(name string) {
			t.Helper()
			s := h.byName[name]
			at := topic.Position{Seq: s.at.Seq + 1}
			e := &feedlog.Entry{Base: s.at.Seq, At: at, Change: &record.Change{Event: &record.Event{Name: name, Record: record.Record{Key: fmt.Sprint(at.Seq)}}}}
			if err := s.apply([]*feedlog.Entry{e}, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		client := &notes{}
		m := h.Enter(client, func(string) bool { return true })
		if _, err := m.Subscribe(Subscribe{Topics: []string{"safety", "acars"}}); err != nil {
			t.Fatal(err)
		}
		client.did = nil

		happens("safety")
		happens("acars")
		client.want(t, "what finds no open window", "safety 1", "acars 1")
		happens("safety")
		happens("acars")
		client.want(t, "what finds one")
		time.Sleep(batches.Window + time.Millisecond)
		happens("safety")
		happens("acars")
		client.want(t, "what comes just after its end")
		h.sendDue(time.Now())
		client.want(t, "the sender's turn", "hold", "safety 2", "safety 3", "acars 2", "acars 3", "release")

		// So it is only with what has waited: else nobody comes to fetch it.
		time.Sleep(batches.Window + time.Millisecond)
		happens("safety")
		client.want(t, "what finds no open window again", "safety 4")
		// What fills a batch does not wait for the sender, either.
		happens("safety")
		time.Sleep(batches.Window + time.Millisecond)
		client.want(t, "what finds one again")
		for range batches.Messages - 1 {
			happens("safety")
		}
		if n := len(client.did); n != batches.Messages {
			t.Errorf("a full batch: %d are told, want %d", n, batches.Messages)
		}
		m.Leave()
	})
}
