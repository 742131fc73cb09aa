package stockbugs

import (
	"fmt"

	"github.com/skygate-io/skygate/test/interop/server"
)

// stats is what /stats tells.
type stats struct{ Clients, Goroutines, Heap, RSS int }

func look(s *server.Server) (now stats, err error) {
	for range 2 { // what the first collection finalises, the second frees
		if err = s.Control("gc", nil); err != nil {
			return now, err
		}
	}
	return now, s.Control("stats", &now)
}

// stalled: what is written for clients that read nothing is not kept without bound.
func stalled(s *server.Server) error {
	const clients, messages, size = 4, 5000, 10_000
	for range clients {
		w, err := join(s, "40")
		if err != nil {
			return err
		}
		defer w.Close()
	}
	before, err := look(s)
	if err != nil {
		return err
	}
	if err := s.Control(fmt.Sprintf("burst?n=%d&size=%d", messages, size), nil); err != nil {
		return err
	}
	after, err := look(s)
	if err != nil {
		return err
	}
	if grown := after.Heap - before.Heap; grown > clients*messages*size/5 {
		return fmt.Errorf("%d clients that do not read: the heap has grown by %d MB", clients, grown>>20)
	}
	return nil
}

// idlePrice: an idle connection costs one goroutine, and a heap of less than 15 KB.
func idlePrice(s *server.Server) error {
	const clients = 300
	if err := alive(s); err != nil { // what is allocated once, has been
		return err
	}
	before, err := look(s)
	if err != nil {
		return err
	}
	for range clients {
		w, err := join(s, "40")
		if err != nil {
			return err
		}
		defer w.Close()
		if _, err := w.want(`42["auth"`); err != nil {
			return err
		}
	}
	after, err := look(s)
	if err != nil {
		return err
	}
	goroutines := float64(after.Goroutines-before.Goroutines) / clients
	heap, rss := (after.Heap-before.Heap)/clients, (after.RSS-before.RSS)/clients
	if goroutines > 1.2 || heap > 15_000 {
		return fmt.Errorf("an idle connection costs %.1f goroutines, %d bytes of heap, %d of RSS", goroutines, heap, rss)
	}
	return nil
}
