package stockbugs

import (
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/skygate-io/skygate/test/interop/server"
)

// burstArrives: of a broadcast burst nothing is lost, nor what lies between.
func burstArrives(s *server.Server) error {
	w, err := join(s, "40/custom,")
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.say(`42/custom,["bburst",300,100]`, `42/custom,7["message-with-ack","x"]`); err != nil {
		return err
	}
	for i := range 300 {
		got, err := w.want(`42/custom,["b",`)
		if err != nil {
			return err
		}
		if want := fmt.Sprintf(`42/custom,["b",%d,`, i); !strings.HasPrefix(got, want) {
			return fmt.Errorf("got %.30s, want %s", got, want)
		}
	}
	_, err = w.want(`43/custom,7["x"]`)
	return err
}

// emptyEvent: the packet 42 is passed over.
func emptyEvent(s *server.Server) error {
	w, err := join(s, "40")
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.say("42", "43", "431", `42["message","on"]`); err != nil {
		return err
	}
	_, err = w.want(`42["message-back","on"]`)
	return err
}

func inOrder(s *server.Server) error {
	w, err := join(s, "40")
	if err != nil {
		return err
	}
	defer w.Close()
	for i := range 1000 {
		if err := w.say(fmt.Sprintf(`42["seq",%d]`, i)); err != nil {
			return err
		}
	}
	for i := range 1000 {
		got, err := w.want(`42["seq-back"`)
		if err != nil {
			return err
		}
		if want := fmt.Sprintf(`42["seq-back",%d]`, i); got != want {
			return fmt.Errorf("got %s, want %s", got, want)
		}
	}
	return nil
}

// rightAfterConnect: the server's handler takes its time, and misses nothing.
func rightAfterConnect(s *server.Server) error {
	w, err := dial(s, "")
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.say("40"); err != nil { // before the handshake has been read
		return err
	}
	if _, err := w.want("40"); err != nil {
		return err
	}
	if err := w.say(`42["message",1]`, `421["message-with-ack",2]`); err != nil {
		return err
	}
	if _, err := w.want(`42["message-back",1]`); err != nil {
		return err
	}
	_, err = w.want(`431[2]`)
	return err
}

// joinWhileEmptying: one leaves a room, of which it was the last, while another joins.
func joinWhileEmptying(s *server.Server) error {
	var pairs errgroup.Group
	for i := range 4 {
		pairs.Go(func() error { return swap(s, fmt.Sprintf("room-%d", i), 50) })
	}
	return pairs.Wait()
}

func swap(s *server.Server, room string, rounds int) error {
	in, err := join(s, "40")
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := join(s, "40")
	if err != nil {
		return err
	}
	defer out.Close()
	if err := acked(in, "join", room); err != nil {
		return err
	}
	for range rounds {
		var both errgroup.Group
		both.Go(func() error { return acked(in, "leave", room) })
		both.Go(func() error { return acked(out, "join", room) })
		if err := both.Wait(); err != nil {
			return err
		}
		if err := out.say(`42["to-room","` + room + `","hello"]`); err != nil {
			return err
		}
		if _, err := out.want(`42["room-msg","hello"]`); err != nil {
			return fmt.Errorf("one that has joined gets nothing: %w", err)
		}
		in, out = out, in
	}
	return nil
}

func acked(w *wire, event, room string) error {
	if err := w.say(`429["` + event + `","` + room + `"]`); err != nil {
		return err
	}
	_, err := w.want(`439[`)
	return err
}

// dynamicNamespace: all that come at once to a namespace that was not there are
// in one and the same.
func dynamicNamespace(s *server.Server) error {
	const clients = 6
	name := nextNamespace()
	var group errgroup.Group
	var mu sync.Mutex
	var all []*wire
	for range clients {
		group.Go(func() error {
			w, err := join(s, "40"+name+",")
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, w)
			_, err = w.want("42" + name + `,["auth"`)
			return err
		})
	}
	err := group.Wait()
	for _, w := range all {
		defer w.Close()
	}
	if err != nil {
		return err
	}
	if err := all[0].say("42" + name + `,["bburst",1,1]`); err != nil {
		return err
	}
	for _, w := range all {
		if _, err := w.want("42" + name + `,["b",0,"x"]`); err != nil {
			return fmt.Errorf("not all clients are in one namespace: %w", err)
		}
	}
	return nil
}
