package socketio

import (
	"slices"

	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io/v2/socket"
)

// Sessions of the gateway are in rooms for what other processes, and programs that
// only send, have to say to those who hold a topic. A process that is alone saves them:
// nobody would send anything there.

// Rooms implements [gateway.Roomer].
func (c *conn) Rooms(names []string) {
	if c.seats == nil {
		return
	}
	c.rooming.Lock()
	defer c.rooming.Unlock()
	if c.gone {
		return
	}
	for _, name := range c.rooms {
		if !slices.Contains(names, name) {
			c.seats.Del(c.client.Id(), socket.Room(name))
		}
	}
	for _, name := range names {
		if !slices.Contains(c.rooms, name) {
			c.seats.AddAll(c.client.Id(), types.NewSet(socket.Room(name)))
		}
	}
	c.rooms = slices.Clone(names)
}

// vacate ends that. The library has had the client leave all rooms by now; one that
// was entered meanwhile is left, too.
func (c *conn) vacate() {
	if c.seats == nil {
		return
	}
	c.rooming.Lock()
	defer c.rooming.Unlock()
	c.gone, c.rooms = true, nil
	c.seats.DelAll(c.client.Id())
}
