package swarm

import "fmt"

// Dialect is what a server speaks over a websocket.
type Dialect string

// The dialects of the contenders.
const (
	Raw        Dialect = "raw"        // messages, and nothing else
	SocketIO   Dialect = "socketio"   // Engine.IO 4, Socket.IO 5, namespace "/"
	Centrifuge Dialect = "centrifuge" // Centrifugal's JSON protocol
)

// script is how a client behaves in a dialect.
type script struct {
	path string
	// steps lead from the upgrade to the moment when broadcasts come.
	steps []step
	// ping is the text by which a server asks whether the client lives, pong the answer.
	ping, pong string
}

// step waits for a text that begins so, when there is one, then says something,
// when there is something to say.
type step struct{ want, say string }

var scripts = map[Dialect]script{
	Raw: {path: "/"},
	SocketIO: {
		path:  "/socket.io/?EIO=4&transport=websocket",
		steps: []step{{`0{`, `40`}, {`40{`, ``}},
		ping:  "2", pong: "3",
	},
	Centrifuge: {
		path:  "/connection/websocket",
		steps: []step{{``, `{"id":1,"connect":{}}`}, {`{"id":1,"connect":`, ``}},
		ping:  "{}", pong: "{}",
	},
}

func scriptOf(d Dialect) (script, error) {
	s, ok := scripts[d]
	if !ok {
		return script{}, fmt.Errorf("there is no dialect %q", d)
	}
	return s, nil
}
