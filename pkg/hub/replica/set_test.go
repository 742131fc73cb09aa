package replica

import (
	"fmt"
	"slices"
	"testing"
)

func setOf(slots ...int32) Set {
	s := Set(nil).grown(130)
	for _, slot := range slots {
		s.put(slot)
	}
	return s
}

func TestSet(t *testing.T) {
	for name, slots := range map[string][]int32{
		"none":             {},
		"the first":        {0},
		"ends of words":    {0, 63, 64, 127, 128},
		"one after others": {5, 6, 7, 129},
	} {
		t.Run(name, func(t *testing.T) {
			s := setOf(slots...)
			if got := slices.Collect(s.all()); !slices.Equal(got, slots) || s.Len() != len(slots) {
				t.Errorf("%v of %d, want %v", got, s.Len(), slots)
			}
			for slot := range int32(200) {
				if s.Has(slot) != slices.Contains(slots, slot) {
					t.Errorf("has %d: %v", slot, s.Has(slot))
				}
			}
			for _, slot := range slots {
				s.drop(slot)
			}
			if s.Len() != 0 || len(slices.Collect(s.all())) != 0 {
				t.Errorf("%v are left after all were dropped", slices.Collect(s.all()))
			}
		})
	}
}

func TestSetStopsWhenAsked(t *testing.T) {
	var got []int32
	for slot := range setOf(1, 64, 65).all() {
		got = append(got, slot)
		if slot == 64 {
			break
		}
	}
	if fmt.Sprint(got) != "[1 64]" {
		t.Errorf("%v", got)
	}
}

func TestSetGrows(t *testing.T) {
	for name, tc := range map[string]struct {
		words, slots, want int
	}{
		"nothing to none":     {0, 0, 0},
		"nothing to one slot": {0, 1, 1},
		"a full word":         {0, 64, 1},
		"a slot more":         {1, 65, 2},
		"never less":          {3, 1, 3},
		"many":                {1, 6400, 100},
	} {
		t.Run(name, func(t *testing.T) {
			s := make(Set, tc.words)
			for w := range s {
				s[w] = 1
			}
			got := s.grown(tc.slots)
			if len(got) != tc.want || got.Len() != tc.words {
				t.Errorf("%d words with %d slots, want %d with %d", len(got), got.Len(), tc.want, tc.words)
			}
		})
	}
}

// What was there before a set was cut short does not come back.
func TestSetGrowsIntoCleanMemory(t *testing.T) {
	s := setOf(1, 70, 129)
	if got := s[:0].grown(130); got.Len() != 0 || len(got) != 3 {
		t.Errorf("%v", slices.Collect(got.all()))
	}
	if s.word(3) != 0 || s[:1].word(1) != 0 {
		t.Error("beyond its end a set is empty")
	}
}
