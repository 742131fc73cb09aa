package feed

import (
	"fmt"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// The machine's clock is set back by an hour: who is heard no more goes after
// the time to live, and ages of who is heard are told on.
func TestAClockThatIsSetBack(t *testing.T) {
	m := newMerger(topic.Policy{TTL: time.Minute, Noise: []string{"seen"}, NoiseEvery: 30 * time.Second})
	const second, hour = 1000, 3_600_000
	now := int64(10 * hour)
	put := func(key, gs string) {
		m.put(&record.Update{
			Record: record.Record{Key: key, Fields: record.Fields{{Name: "gs", Raw: gs}, {Name: "seen", Raw: record.Time(now)}}},
			Whole:  true, Observed: now,
		}, 0, now)
	}
	put("GONE", "1")
	put("HERE", "1")
	m.flush(now)
	now -= hour
	for range 10 * 60 {
		now += second
		put("HERE", fmt.Sprint(now))
		m.expire(now)
		m.flush(now)
	}
	if m.rows["GONE"] != nil {
		t.Error("an aircraft with a minute to live is still there after ten")
	}
	if told, _ := record.ParseTime(m.rows["HERE"].told.Get("seen")); told > now || now-told > 60*second {
		t.Errorf("the age of one that is heard every second was last told as of %d s from now", (told-now)/second)
	}
}

// Each update goes to the record of its key, whatever came after which the last time,
// and also when that has expired and is back.
func TestUpdatesInAnyOrder(t *testing.T) {
	m := newMerger(topic.Policy{TTL: time.Minute})
	now := int64(3_600_000)
	put := func(keys ...string) {
		now++
		for _, key := range keys {
			m.put(&record.Update{Record: record.Record{Key: key, Fields: record.Fields{{Name: "is", Raw: key + fmt.Sprint(now)}}}, Whole: true, Observed: now}, 0, now)
		}
		for _, key := range keys {
			if r := m.rows[key]; r == nil || r.key != key || r.now.Get("is") != key+fmt.Sprint(now) {
				t.Fatalf("after %v the record of %s is %+v", keys, key, r)
			}
		}
	}
	put("A", "B", "C", "D")
	put("A", "B", "C", "D")
	put("A", "C", "B", "D")
	put("D", "C", "B", "A", "A")
	put("A", "B", "C", "D")
	now += 59_000
	put("C", "D", "A") // after A came B
	now += 30_000
	m.expire(now)
	if m.rows["B"] != nil {
		t.Fatal("B is not expired")
	}
	put("B", "A", "C", "D")
	put("D", "C", "B", "A")
	if len(m.rows) != 4 {
		t.Errorf("there are %d records", len(m.rows))
	}
}
