package beat

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestPlay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done []string
		beats := func(names string) (list []Beat) {
			for i, name := range strings.Split(names, "") {
				list = append(list, Beat{Hz: float64(10 * (i + 1)), Count: name == "b", Do: func() error {
					done = append(done, name)
					return nil
				}})
			}
			return list
		}
		list, begun := beats("ab"), time.Now()
		if err := Play(200*time.Millisecond, list...); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took != 200*time.Millisecond {
			t.Errorf("a window of 200 ms took %v", took)
		}
		if got := strings.Join(done, ""); got != "abbabb" {
			t.Errorf("10 and 20 times a second are %s", got)
		}
		if a, b := list[0].Counted(200*time.Millisecond), list[1].Counted(200*time.Millisecond); a != 0 || b != 4 {
			t.Errorf("%d and %d are counted", a, b)
		}
		list[0].Do = func() error { return context.Canceled }
		if err := Play(time.Hour, list...); err == nil {
			t.Error("an order that fails is no error")
		}
	})
}
