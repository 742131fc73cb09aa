package app

import "testing"

func TestHealthOfSources(t *testing.T) {
	for name, c := range map[string]struct {
		all, delivering, partly int
		want                    string
	}{
		"all deliver":       {all: 2, delivering: 2, want: "ok"},
		"one is silent":     {all: 2, delivering: 1, want: "degraded"},
		"one does in part":  {all: 1, partly: 1, want: "degraded"},
		"none of them does": {all: 2, want: "failing"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := healthOfSources(c.all, c.delivering, c.partly); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// A process of a cluster that has no source of its own is well when it holds what
// others write.
func TestHealthOfTopics(t *testing.T) {
	for name, c := range map[string]struct {
		all, unready, aircraft int
		want                   string
	}{
		"all are read":         {all: 3, aircraft: 150, want: "ok"},
		"one cannot be read":   {all: 3, unready: 1, aircraft: 150, want: "degraded"},
		"there is no aircraft": {all: 3, want: "degraded"},
		"none can be read":     {all: 3, unready: 3, aircraft: 150, want: "failing"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := healthOfTopics(c.all, c.unready, c.aircraft); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
