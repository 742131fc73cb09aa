package streams_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/streams"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
)

// The figures are of a shared machine of two cores on which client and server run both;
// cpu-ms is what the server takes of a core for each.

// serverTime gives what the server has taken of a core, in milliseconds.
func serverTime(b *testing.B, server *redistest.Server) float64 {
	b.Helper()
	info, err := server.Client().InfoMap(b.Context(), "cpu").Result()
	if err != nil {
		b.Fatal(err)
	}
	var user, system float64
	fmt.Sscan(info["CPU"]["used_cpu_user"], &user)
	fmt.Sscan(info["CPU"]["used_cpu_sys"], &system)
	return 1000 * (user + system)
}

// BenchmarkAppend appends changes of 10,000 aircraft, snapshots included.
func BenchmarkAppend(b *testing.B) {
	server := redistest.Single(b)
	log := open(b, server.Config())
	w, err := log.BeginWith(b.Context(), "aircraft", streams.Known(10_000, 1))
	if err != nil {
		b.Fatal(err)
	}
	changes := [2]*record.Change{{Updated: streams.Moved(10_000, 1)}, {Updated: streams.Moved(10_000, 2)}}
	before, i := serverTime(b, server), 0
	for b.Loop() {
		push(b, w, changes[i%2])
		i++
	}
	b.ReportMetric((serverTime(b, server)-before)/float64(i), "cpu-ms/op")
}

// BenchmarkFollow is from an append of 10,000 changes to a reader that has them.
func BenchmarkFollow(b *testing.B) {
	server := redistest.Single(b)
	log, other := open(b, server.Config()), open(b, server.Config())
	w := begin(b, log, "aircraft")
	changes := [2]*record.Change{{Updated: streams.Moved(10_000, 1)}, {Updated: streams.Moved(10_000, 2)}}
	at, i := push(b, w, changes[0]), 0
	for b.Loop() {
		i++
		push(b, w, changes[i%2])
		entries, err := other.Read(b.Context(), "aircraft", at)
		if err != nil {
			b.Fatal(err)
		}
		at = entries[len(entries)-1].At
	}
}

// BenchmarkLoad loads a snapshot of 10,000 aircraft and 20 changes of all of them.
func BenchmarkLoad(b *testing.B) {
	server := redistest.Single(b)
	log := open(b, server.Config())
	w, err := log.BeginWith(b.Context(), "aircraft", streams.Known(10_000, 1))
	if err != nil {
		b.Fatal(err)
	}
	for n := range 20 {
		push(b, w, &record.Change{Updated: streams.Moved(10_000, uint64(n))})
	}
	for b.Loop() {
		load(b, log, "aircraft")
	}
}

// BenchmarkPublish publishes events of half a kilobyte.
func BenchmarkPublish(b *testing.B) {
	server := redistest.Single(b)
	log := open(b, server.Config())
	before, i := serverTime(b, server), 0
	for b.Loop() {
		i++
		if _, err := log.Publish(b.Context(), "safety", streams.EventOf(i)); err != nil && !errors.Is(err, feedlog.ErrClosed) {
			b.Fatal(err)
		}
	}
	b.ReportMetric((serverTime(b, server)-before)/float64(i), "cpu-ms/op")
}
