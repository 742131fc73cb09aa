package histogram

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestBucketsFollowEachOther(t *testing.T) {
	next := time.Duration(0)
	for i := range buckets {
		if got := bucket(next); got != i {
			t.Fatalf("%d is in bucket %d, want %d", next, got, i)
		}
		last := longest(i)
		if got := bucket(last); got != i {
			t.Fatalf("%d, the longest of bucket %d, is in bucket %d", last, i, got)
		}
		if width := last - next; width > next/32 {
			t.Fatalf("bucket %d is %d wide at %d", i, width, next)
		}
		if last == math.MaxInt64 {
			return
		}
		next = last + 1
	}
	t.Fatalf("the buckets end at %d", next)
}

func TestQuantileIsCloseToTheSortedList(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h Histogram
	var all []time.Duration
	for range 10_000 {
		d := time.Duration(math.Exp(random.Float64() * 20))
		h.Record(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range []float64{0, 0.01, 0.5, 0.99, 1} {
		want := all[max(0, int(math.Ceil(q*float64(len(all))))-1)]
		if got := h.Quantile(q); got < want || got > want+want/32 {
			t.Errorf("quantile %v is %v, want %v or up to 1/32 more", q, got, want)
		}
	}
}

func TestMergeIsAsIfRecordedInOne(t *testing.T) {
	var a, b, both Histogram
	for i := range 1000 {
		part := &a
		if i%3 == 0 {
			part = &b
		}
		d := time.Duration(i*i) * time.Microsecond
		part.Record(d)
		both.Record(d)
	}
	text, err := json.Marshal(&b)
	if err != nil {
		t.Fatal(err)
	}
	var read Histogram
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	a.Merge(&read)
	if a != both {
		t.Error("the merged histogram differs from the one that counted all")
	}
}

func TestEdges(t *testing.T) {
	var h Histogram
	if got := h.Quantile(0.5); got != 0 {
		t.Errorf("the median of nothing is %v", got)
	}
	h.Record(-time.Second)
	if got := h.Quantile(1); got != 0 || h.Count() != 1 {
		t.Errorf("a negative duration counts as %v, %d times", got, h.Count())
	}
	if err := json.Unmarshal([]byte(`[[4000,1]]`), &h); err == nil {
		t.Error("a bucket that does not exist was accepted")
	}
}
