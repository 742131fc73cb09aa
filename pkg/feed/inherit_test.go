package feed_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// keys are those of the records in the log.
func keys(t *testing.T, log feedlog.Log) (all []string) {
	t.Helper()
	state, err := log.Load(t.Context(), policy.Name)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range state.Records {
		all = append(all, r.Key)
	}
	return all
}

// Processes that hear nothing take over from each other: a record lives as long as it
// would have with the one that heard it, and no longer.
func TestNoRecordLivesLongerByTakeOvers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, leases := feedlog.NewMemory(), newOneLease()
		p := start(t, log, leases)
		p.hear(rec("A", "gs", "1"))
		heard := time.Now().Add(-100 * time.Millisecond)
		for range 5 {
			time.Sleep(11 * time.Second)
			next := start(t, log, leases)
			p.end(t)
			if !next.Leads() {
				t.Fatal("it does not take over")
			}
			p = next
			if d := cmp.Diff([]string{"A"}, keys(t, log)); d != "" {
				t.Fatalf("after %v (-want +got):\n%s", time.Since(heard), d)
			}
		}
		time.Sleep(policy.TTL - time.Since(heard) + 2*time.Second)
		synctest.Wait()
		if got := keys(t, log); got != nil {
			t.Errorf("%v after it was heard there is still %v", time.Since(heard), got)
		}
		p.end(t)
	})
}

// Who takes over again after a while does not tell what it has heard long ago of a record
// that the other has heard since.
func TestWhatOthersHeardLaterIsInherited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dated := policy
		dated.Dated = map[string][]string{"seen_pos": {"lat", "lon"}}
		for name, sources := range map[string][]string{"one source": {"roof"}, "two": {"roof", "mast"}} {
			log, leases := feedlog.NewMemory(), newOneLease()
			begin := func() (*process, feed.Sink) {
				f := feed.New(dated, log, zerolog.Nop())
				for _, source := range sources {
					f.From(source)
				}
				p := &process{Feed: f, watcher: &silent{}}
				p.run(t, leases)
				return p, f
			}
			first, _ := begin()
			second, _ := begin()
			position := func(key, lat string) record.Record {
				return rec(key, "lat", lat, "lon", "8", "seen_pos", record.Time(time.Now().UnixMilli()))
			}
			first.hear(position("LEFT", "1"))
			first.hear(position("BOTH", "1"))
			leases.takeAway()
			synctest.Wait()
			time.Sleep(10 * time.Second)
			second.hear(position("LEFT", "2"))
			second.hear(position("BOTH", "2"))
			time.Sleep(10 * time.Second)
			first.hear(position("BOTH", "3"))
			leases.takeAway()
			synctest.Wait()
			state, err := log.Load(t.Context(), policy.Name)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			for _, r := range state.Records {
				got[r.Key] = r.Fields.Get("lat")
			}
			if d := cmp.Diff(map[string]string{"LEFT": "2", "BOTH": "3"}, got); d != "" || !first.Leads() {
				t.Errorf("%s: it leads: %v (-want +got):\n%s", name, first.Leads(), d)
			}
			first.end(t)
			second.end(t)
		}
	})
}

// A process that begins when all is long over begins with nothing.
func TestWhatIsTooOldIsNotInherited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, leases := feedlog.NewMemory(), newOneLease()
		p := start(t, log, leases)
		p.hear(rec("A", "gs", "1"))
		p.end(t)
		time.Sleep(policy.TTL)
		p = start(t, log, leases)
		if got := keys(t, log); got != nil {
			t.Errorf("it begins with %v", got)
		}
		p.end(t)
	})
}

// With a lease that does not know when others have heard, what they have told lives on
// for the time to live, as it may have been heard just now.
func TestWhatIsOfUnknownAgeIsInherited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, leases := feedlog.NewMemory(), newOneLease()
		if _, err := log.BeginWith(t.Context(), policy.Name, []record.Record{rec("A", "gs", "1")}); err != nil {
			t.Fatal(err)
		}
		p := start(t, log, leases)
		time.Sleep(policy.TTL - time.Second)
		synctest.Wait()
		if d := cmp.Diff([]string{"A"}, keys(t, log)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := keys(t, log); got != nil {
			t.Errorf("there is still %v", got)
		}
		p.end(t)
	})
}

// Whoever decides on leases is told when a source last reported, also that there is
// nothing; of a topic whose records have no time to live it is not.
func TestTheLeaseIsToldWhenSourcesReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leases := newOneLease()
		p := start(t, feedlog.NewMemory(), leases)
		if at := leases.heard(); !at.IsZero() {
			t.Errorf("before the first report: %v", at)
		}
		p.hear(rec("A", "gs", "1"))
		if ago := time.Since(leases.heard()); ago != 100*time.Millisecond {
			t.Errorf("it has heard %v ago", ago)
		}
		time.Sleep(time.Minute)
		p.Put(nil)
		if ago := time.Since(leases.heard()); ago != 0 {
			t.Errorf("an empty report was %v ago", ago)
		}
		p.end(t)

		lasting := policy
		lasting.TTL = 0
		leases = newOneLease()
		f := feed.New(lasting, feedlog.NewMemory(), zerolog.Nop())
		p = &process{Feed: f, watcher: &silent{}}
		p.run(t, leases)
		if leases.heard != nil {
			t.Error("a topic without a time to live can be deaf")
		}
		p.end(t)
	})
}

// A holder that is told that its lease is lost, because another hears, waits for its
// turn; what both tell is one picture.
func TestOneGivesWayToAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, leases := feedlog.NewMemory(), newOneLease()
		first := start(t, log, leases)
		first.hear(rec("A", "gs", "1"))
		second := start(t, log, leases)
		second.hear(rec("A", "gs", "2"))
		epochs := map[string]bool{}
		note := func() {
			state, err := log.Load(t.Context(), policy.Name)
			if err != nil {
				t.Fatal(err)
			}
			epochs[state.At.Epoch] = true
		}
		note()
		leases.takeAway()
		synctest.Wait()
		note()
		if first.Leads() || !second.Leads() || len(epochs) != 2 {
			t.Errorf("the first leads: %v, the second: %v, of %d epochs", first.Leads(), second.Leads(), len(epochs))
		}
		time.Sleep(time.Minute / 2)
		second.hear(rec("A", "gs", "3"))
		first.hear(rec("B", "gs", "1")) // tells nobody
		note()
		if d := cmp.Diff([]string{"A"}, keys(t, log)); d != "" || len(epochs) != 2 {
			t.Errorf("of %d epochs (-want +got):\n%s", len(epochs), d)
		}
		leases.takeAway()
		synctest.Wait()
		note()
		if d := cmp.Diff([]string{"A", "B"}, keys(t, log)); d != "" || !first.Leads() || second.Leads() || len(epochs) != 3 {
			t.Errorf("of %d epochs (-want +got):\n%s", len(epochs), d)
		}
		first.end(t)
		second.end(t)
	})
}
