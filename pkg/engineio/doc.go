// Package engineio is an Engine.IO server, protocol version 4, usable by itself:
// HTTP long-polling, WebSocket and the upgrade from one to the other.
//
// It is made for fan-out. A [Frame] is encoded once, however many connections
// it goes to; a connection that is not behind gets it in one non-blocking
// vectored write from the goroutine that sends, so an idle connection needs no
// writer; what does not fit the kernel's buffer waits in a bounded outbox of
// two lanes (see [Conn.Send]) and an on-demand goroutine writes it with a
// deadline.
//
// # Ownership
//
// A [Server] owns its connections, one goroutine for all heartbeats, one reading
// goroutine for each WebSocket and the short-lived ones that write what waited
// and that tell a [Handler]; [Server.Close] waits for them. Polling requests run
// in the goroutines of net/http. What a connection keeps of its handshake is the
// stripped [Conn.Request].
//
// The calls to one Handler come one at a time. Sending never calls it, so a lock
// may be held over [Conn.Send] and taken in [Handler.Drained].
//
// Lock order: Conn.calls (held while the Handler runs), Conn.mu, Server.mu. No
// lock but Conn.calls is held while foreign code runs.
//
// The server around it sets http.Server.ReadHeaderTimeout against half-open
// requests; slow bodies and slow readers are bounded here. Read and write
// timeouts of the http.Server itself would cut long polls: leave them at 0.
//
// # The WebSocket library
//
// Compared were gorilla/websocket, coder/websocket and gobwas/ws. The first two
// own the connection: gorilla/websocket keeps a read buffer for each and writes
// its prepared messages one by one, coder/websocket ties each call to a context
// and prepares none. gobwas/ws gives the parts (handshake, headers, masking, the
// rules of RFC 6455) and leaves buffers, descriptor and writes to the caller,
// which frames encoded once and written together need.
package engineio
