package replica

import (
	"iter"
	"math/bits"
)

// Set is a set of slots, one bit each. What lies beyond its end is not in it.
type Set []uint64

// Has says whether a slot is in the set.
func (s Set) Has(slot int32) bool {
	w := int(slot >> 6)
	return w < len(s) && s[w]&(1<<(slot&63)) != 0
}

func (s Set) put(slot int32)  { s[slot>>6] |= 1 << (slot & 63) }
func (s Set) drop(slot int32) { s[slot>>6] &^= 1 << (slot & 63) }

// grown gives the set with room for as many slots.
func (s Set) grown(slots int) Set {
	words := (slots + 63) / 64
	if len(s) >= words {
		return s
	}
	if cap(s) >= words {
		clear(s[len(s):words])
		return s[:words]
	}
	return append(make(Set, 0, words+words/4), append(s, make(Set, words-len(s))...)...)
}

// all yields the slots in their order.
func (s Set) all() iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for w, word := range s {
			for ; word != 0; word &= word - 1 {
				if !yield(int32(w<<6 + bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}

// Len is the number of slots in the set.
func (s Set) Len() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}
