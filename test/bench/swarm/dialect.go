//go:build linux

package swarm

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Dialect is what a server speaks over a websocket.
type Dialect string

// The dialects of the contenders.
const (
	Raw        Dialect = "raw"        // messages, and nothing else
	SocketIO   Dialect = "socketio"   // Engine.IO 4, Socket.IO 5, namespace "/"
	Centrifuge Dialect = "centrifuge" // Centrifugal's JSON protocol
	Streams    Dialect = "streams"    // SocketIO, and a client follows its streams' positions
)

// script is how a client behaves in a dialect.
type script struct {
	path string
	// steps lead from the upgrade to the moment when broadcasts come.
	steps []step
	// ping is the text by which a server asks whether the client lives, pong the answer.
	ping, pong string
	follows    bool // what comes are streams, not messages of the harness
}

// connect is what a Socket.IO client says first; who it is may follow.
const connect = `40`

// saying gives the script with what a client says about itself.
func (s script) saying(auth json.RawMessage) script {
	s.steps = slices.Clone(s.steps)
	for i := range s.steps {
		if s.steps[i].say == connect {
			s.steps[i].say += string(auth)
		}
	}
	return s
}

// step waits for a text that begins so, when there is one, then says something,
// when there is something to say.
type step struct{ want, say string }

var scripts = map[Dialect]script{
	Raw: {path: "/"},
	SocketIO: {
		path:  "/socket.io/?EIO=4&transport=websocket",
		steps: []step{{`0{`, connect}, {`40{`, ``}},
		ping:  "2", pong: "3",
	},
	Streams: {
		path:  "/socket.io/?EIO=4&transport=websocket",
		steps: []step{{`0{`, connect}, {`40{`, ``}},
		ping:  "2", pong: "3",
		follows: true,
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
