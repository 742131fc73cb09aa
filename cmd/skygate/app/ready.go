package app

import (
	"net/http"
	"strings"
)

// readiness is the answer of /readyz: whether clients that are sent here get what
// there is. (Whether there is anything, /healthz says.)
type readiness struct {
	Ready bool `json:"ready"`
	// Problems say why not.
	Problems []string `json:"problems,omitempty"`
}

// readiness is of now. Redis is not asked for it: the canary does that all the time.
func (a *App) readiness() (r readiness) {
	if a.cluster != nil {
		if err := a.cluster.canary.Err(); err != nil {
			r.Problems = strings.Split(err.Error(), "\n") // an error for each way through Redis
		}
	}
	for _, name := range a.hub.Unready() {
		r.Problems = append(r.Problems, "topic "+name+": it cannot be read")
	}
	r.Ready = len(r.Problems) == 0
	return r
}

func (a *App) readyz(w http.ResponseWriter, _ *http.Request) {
	r := a.readiness()
	status := http.StatusOK
	if !r.Ready {
		status = http.StatusServiceUnavailable
	}
	tell(w, status, r)
}
