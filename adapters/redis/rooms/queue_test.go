package rooms

import (
	"fmt"
	"testing"
)

func TestQueue(t *testing.T) {
	for name, c := range map[string]struct {
		messages, bytes int
		sizes           []int
		left, gone      string
	}{
		"room for all":           {10, 1 << 20, []int{1, 2, 3}, "[1 2 3]", "[]"},
		"too many":               {3, 1 << 20, []int{1, 2, 3, 4, 5}, "[3 4 5]", "[1 2]"},
		"too large together":     {10, 2*jobCost + 100, []int{50, 50, 60, 1}, "[60 1]", "[50 50]"},
		"one that is too large":  {10, 1000, []int{1, 5000}, "[5000]", "[1]"},
		"and what comes after":   {10, 1000, []int{5000, 1}, "[1]", "[5000]"},
		"nothing, and then none": {10, 1000, nil, "[]", "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			gone := []int{}
			q := newQueue(c.messages, c.bytes, func(j *job) { gone = append(gone, j.size-jobCost) })
			for _, size := range c.sizes {
				q.put(&job{size: size})
			}
			if q.len() != len(c.sizes)-len(gone) {
				t.Errorf("%d wait", q.len())
			}
			left := []int{}
			for {
				taken := q.take(2)
				if len(taken) == 0 {
					break
				}
				for _, j := range taken {
					left = append(left, j.size-jobCost)
				}
			}
			if fmt.Sprint(left) != c.left || fmt.Sprint(gone) != c.gone || q.size != 0 {
				t.Errorf("left %v, gone %v, %d bytes; want %s, %s", left, gone, q.size, c.left, c.gone)
			}
		})
	}
}
