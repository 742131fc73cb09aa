package engineio

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// refusal is the answer to a request that is not served. The codes and texts are
// those of the reference server.
type refusal struct {
	status  int
	code    int
	message string
	name    string // in Stats
}

var (
	refuseTransport = &refusal{http.StatusBadRequest, 0, "Transport unknown", RefusedTransport}
	refuseSession   = &refusal{http.StatusBadRequest, 1, "Session ID unknown", RefusedSession}
	refuseMethod    = &refusal{http.StatusBadRequest, 2, "Bad handshake method", RefusedMethod}
	refuseRequest   = &refusal{http.StatusBadRequest, 3, "Bad request", RefusedRequest}
	refuseForbidden = &refusal{http.StatusForbidden, 4, "Forbidden", RefusedForbidden}
	refuseOrigin    = &refusal{http.StatusForbidden, 4, "Forbidden", RefusedOrigin}
	refuseVersion   = &refusal{http.StatusBadRequest, 5, "Unsupported protocol version", RefusedVersion}

	// What the reference server does not know.
	refuseTooLarge = &refusal{http.StatusRequestEntityTooLarge, 3, "Payload too large", RefusedRequest}
	refuseSlow     = &refusal{http.StatusRequestTimeout, 3, "Request timeout", RefusedRequest}
	refuseFull     = &refusal{http.StatusServiceUnavailable, 3, "Too many connections", RefusedFull}
	refuseShutdown = &refusal{http.StatusServiceUnavailable, 3, "Server shutting down", RefusedShutdown}
)

func (r refusal) because(message string) *refusal {
	r.message = message
	return &r
}

func (r *refusal) body() []byte {
	b, err := json.Marshal(struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}{r.code, r.message})
	if err != nil {
		panic(err) // a number and a string
	}
	return b
}

func (s *Server) refuse(w http.ResponseWriter, r *refusal) {
	s.counters.refuse(r.name)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body())))
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body()) // the client may have gone: nothing depends on it
}

// respond writes the answer of a polling request.
func respond(w http.ResponseWriter, status int, body []byte) {
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=UTF-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // see Conn.answerPoll for where that matters
}
