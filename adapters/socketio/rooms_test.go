package socketio

import (
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/rs/zerolog"
	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io/v2/socket"
)

// TestRoomsAreNotLost: joins and leaves that race for rooms that empty and fill
// leave nobody out. (The library's adapter lost one in a thousand.)
func TestRoomsAreNotLost(t *testing.T) {
	r, seats := crowd(t, 8)
	for range 2000 {
		var racing sync.WaitGroup
		for i, id := range seats {
			racing.Go(func() {
				if i%2 == 0 {
					r.AddAll(id, types.NewSet[socket.Room]("room"))
				} else {
					r.AddAll(id, types.NewSet[socket.Room]("room"))
					r.Del(id, "room")
				}
			})
		}
		racing.Wait()
		if n := r.Sockets(types.NewSet[socket.Room]("room")).Len(); n != len(seats)/2 {
			t.Fatalf("%d are in the room, want %d", n, len(seats)/2)
		}
		for _, id := range seats {
			r.Del(id, "room")
		}
	}
	if r.rooms["room"] != nil {
		t.Error("a room without anybody is left")
	}
}

func TestRoomsEach(t *testing.T) {
	r, ids := crowd(t, 6)
	in := func(name socket.Room, members ...int) {
		for _, m := range members {
			r.AddAll(ids[m], types.NewSet(name))
		}
	}
	in("a", 0, 1, 2)
	in("b", 2, 3)
	for name, tc := range map[string]struct {
		rooms, except []socket.Room
		want          string
	}{
		"everybody":            {nil, nil, "[0 1 2 3 4 5]"},
		"a room":               {[]socket.Room{"a"}, nil, "[0 1 2]"},
		"two rooms, each once": {[]socket.Room{"a", "b"}, nil, "[0 1 2 3]"},
		"all but a room":       {nil, []socket.Room{"a"}, "[3 4 5]"},
		"a room but another":   {[]socket.Room{"a"}, []socket.Room{"b"}, "[0 1]"},
		"a room that is not":   {[]socket.Room{"c"}, nil, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			got := make([]int, 0)
			r.each(&socket.BroadcastOptions{Rooms: types.NewSet(tc.rooms...), Except: types.NewSet(tc.except...)}, func(s *seat) {
				for i, id := range ids {
					if id == s.id {
						got = append(got, i)
					}
				}
			})
			sorted := make([]int, 0)
			for i := range ids {
				for _, g := range got {
					if g == i {
						sorted = append(sorted, i)
					}
				}
			}
			if fmt.Sprint(sorted) != tc.want || len(got) != len(sorted) {
				t.Errorf("got %v, want %s", got, tc.want)
			}
		})
	}
	r.DelAll(ids[2])
	if got := r.Sockets(types.NewSet[socket.Room]("a", "b")).Len(); got != 3 {
		t.Errorf("after one left for good there are %d", got)
	}
	if r.SocketRooms(ids[2]) != nil {
		t.Error("one that left for good still has rooms")
	}
}

// crowd connects so many clients to a namespace, over the wire, and gives its
// rooms and their ids.
func crowd(t *testing.T, n int) (*rooms, []socket.SocketId) {
	t.Helper()
	s := New(DefaultConfig(), nil, zerolog.Nop())
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		s.Close()
		web.Close()
	})
	r, ok := s.IO().Of("/crowd", nil).Adapter().(*rooms)
	if !ok {
		t.Fatal("the namespace has another adapter")
	}
	for range n {
		connect(t, web.URL, "/crowd")
	}
	var ids []socket.SocketId
	s.IO().Of("/crowd", nil).Sockets().Range(func(id socket.SocketId, _ *socket.Socket) bool {
		ids = append(ids, id)
		return true
	})
	if len(ids) != n {
		t.Fatalf("%d of %d clients are there", len(ids), n)
	}
	return r, ids
}

// TestRoomsAreVacated: a room that is entered while the library has a client leave all
// is left, too, and nothing is entered after that.
func TestRoomsAreVacated(t *testing.T) {
	r, ids := crowd(t, 2)
	client, _ := r.Nsp().Sockets().Load(ids[0])
	c := &conn{client: client, seats: r}
	c.Rooms([]string{"a", "b"})
	c.Rooms([]string{"b", "c"})
	if got := fmt.Sprint(r.SocketRooms(ids[0]).Len(), r.Sockets(types.NewSet[socket.Room]("a")).Len()); got != "3 0" { // its own is one
		t.Errorf("%s", got)
	}
	r.DelAll(ids[0])
	c.Rooms([]string{"c", "d"})
	c.close()
	c.Rooms([]string{"d"})
	if r.SocketRooms(ids[0]) != nil || r.rooms["c"] != nil || r.rooms["d"] != nil || len(r.seats) != 1 {
		t.Errorf("rooms %v and %d seats are left", r.rooms, len(r.seats))
	}
}
