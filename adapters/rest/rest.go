// Package rest answers by GET what clients also ask for by requests over Socket.IO:
// pages of the reference fetch some of it that way. A path stands for a type of
// request of a namespace, its query for the params, and the answer is the data of the
// response; which path is which is in [Paths]. It is read only.
//
// Who has a key sends it as Authorization: Bearer sk_… (or X-API-Key); others may
// what the anonymous may. An error is {code, message, ..}, as over Socket.IO, with a
// status that fits. A slash at the end of a path does not matter.
package rest

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/ratelimit"
	"github.com/skygate-io/skygate/pkg/wire"
)

// Prefix is what all paths begin with.
const Prefix = "/api/v1/"

// Namespace answers requests: [*gateway.Namespace].
type Namespace interface {
	Name() string
	Authorise(ctx context.Context, auth json.RawMessage) (gateway.Identity, error)
	Ask(ctx context.Context, who gateway.Identity, requestType string, params json.RawMessage) (json.RawMessage, error)
}

var _ Namespace = (*gateway.Namespace)(nil)

// DefaultLimit is what each address may ask for when nothing is set: many pages may
// stand behind one.
func DefaultLimit() gateway.Limit { return gateway.Limit{Rate: 100, Burst: 500} }

// mostAddresses is of how many addresses it is known how much they have asked for;
// beyond that it begins anew with all of them.
const mostAddresses = 10_000

// Handler answers. It is safe for concurrent use.
type Handler struct {
	// Static.
	mux   *http.ServeMux
	limit gateway.Limit

	mu      sync.Mutex // guards buckets
	buckets map[string]*ratelimit.Bucket
}

var _ http.Handler = (*Handler)(nil)

// New gives a handler of the paths of some namespaces. Of each address it answers no
// more than the limit.
func New(limit gateway.Limit, namespaces ...Namespace) *Handler {
	h := &Handler{mux: http.NewServeMux(), limit: limit, buckets: map[string]*ratelimit.Bucket{}}
	for _, n := range namespaces {
		for _, p := range Paths {
			if p.Namespace != n.Name() {
				continue
			}
			answer := func(w http.ResponseWriter, r *http.Request) { h.answer(w, r, n, p) }
			h.mux.HandleFunc("GET "+Prefix+p.Path, answer)
			h.mux.HandleFunc("GET "+Prefix+p.Path+"/{$}", answer)
		}
	}
	return h
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

func (h *Handler) answer(w http.ResponseWriter, r *http.Request, n Namespace, p Path) {
	if wait := h.bucket(r).Take(time.Now()); wait > 0 {
		refuse(w, &gateway.Error{Code: gateway.CodeRateLimited, Message: "Rate limit exceeded, please slow down", RetryAfter: math.Ceil(wait.Seconds()*1000) / 1000})
		return
	}
	who, err := n.Authorise(r.Context(), auth(r))
	if err != nil {
		refuse(w, err)
		return
	}
	params, err := p.params(r)
	if err == nil {
		var data json.RawMessage
		if data, err = n.Ask(r.Context(), who, p.Request, params); err == nil && string(data) != "null" {
			write(w, http.StatusOK, data)
			return
		}
	}
	if err == nil {
		err = &gateway.Error{Code: gateway.CodeNotFound, Message: "Nothing is known of it"}
	}
	refuse(w, err)
}

// bucket is that of the address that a request comes from.
func (h *Handler) bucket(r *http.Request) *ratelimit.Bucket {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	b, ok := h.buckets[address]
	if !ok {
		if len(h.buckets) >= mostAddresses {
			clear(h.buckets)
		}
		b = ratelimit.NewBucket(h.limit.Rate, h.limit.Burst)
		h.buckets[address] = b
	}
	return b
}

// auth is what a client of Socket.IO would send with its CONNECT.
func auth(r *http.Request) json.RawMessage {
	// Who says a key by its own header means that: Authorization may be a proxy's.
	key := strings.TrimSpace(r.Header.Get("X-API-Key"))
	if scheme, bearer, ok := strings.Cut(r.Header.Get("Authorization"), " "); key == "" && ok && strings.EqualFold(scheme, "Bearer") {
		key = strings.TrimSpace(bearer)
	}
	if key == "" {
		return nil
	}
	raw, err := json.Marshal(map[string]string{"token": key})
	if err != nil {
		return nil
	}
	return raw
}

// statuses are what is not 500.
var statuses = map[string]int{
	gateway.CodeInvalidParams:    http.StatusBadRequest,
	gateway.CodeAuthRequired:     http.StatusUnauthorized,
	gateway.CodeInvalidToken:     http.StatusUnauthorized,
	gateway.CodePermissionDenied: http.StatusForbidden,
	gateway.CodeNotFound:         http.StatusNotFound,
	gateway.CodeUnknownRequest:   http.StatusNotFound,
	gateway.CodeRateLimited:      http.StatusTooManyRequests,
}

func refuse(w http.ResponseWriter, err error) {
	var e *gateway.Error
	if !errors.As(err, &e) {
		e = &gateway.Error{Code: gateway.CodeInternal, Message: "Internal server error"}
	}
	status, ok := statuses[e.Code]
	if !ok {
		status = http.StatusInternalServerError
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter))))
	}
	raw, err := wire.Marshal(wire.Error{Type: "error", Code: e.Code, Message: e.Message, Hint: e.Hint, RetryAfter: e.RetryAfter})
	if err != nil {
		status, raw = http.StatusInternalServerError, []byte("{}")
	}
	write(w, status, raw)
}

func write(w http.ResponseWriter, status int, raw []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // a client that went away
}
