package feedlog_test

import (
	"testing"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/topic"
)

func TestSince(t *testing.T) {
	at := func(epoch string, seq uint64) topic.Position { return topic.Position{Epoch: epoch, Seq: seq} }
	var state feedlog.State
	for _, p := range []topic.Position{at("a", 8), at("a", 9), at("b", 0), at("b", 1), at("b", 2), at("c", 0), at("c", 1)} {
		state.Entries = append(state.Entries, &feedlog.Entry{At: p})
	}
	for name, c := range map[string]struct {
		at   topic.Position
		left int
	}{
		"the newest":                    {at("c", 1), 0},
		"one of them":                   {at("b", 1), 3},
		"the end of an epoch":           {at("a", 9), 5},
		"ahead of what is left of one":  {at("b", 7), 2},
		"older than what is kept":       {at("a", 3), 7},
		"of an epoch that is not there": {at("x", 1), 7},
		"before anything":               {topic.Position{}, 7},
	} {
		t.Run(name, func(t *testing.T) {
			if got := len(state.Since(c.at)); got != c.left {
				t.Errorf("%d entries are after %v, want %d", got, c.at, c.left)
			}
		})
	}
}
