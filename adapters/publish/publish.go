// Package publish takes events over HTTP, and puts them into topics of events.
//
// A request is POST, with a key (Authorization: Bearer sk_…, or X-API-Key) and a
// JSON object:
//
//	{"topic": "ops", "event": "ops:closed", "data": {…}, "key": "7f3a"}
//	{"topic": "ops", "events": [{"event": …, "data": {…}}, …], "key": "7f3a"}
//
// event is "<prefix>:…", and may be left out; of a topic that tells certain events
// (Tells of its policy) it is one of those, and may not. data is an object, told as it
// is; its "id" (the key of the topic's policy), a text or a whole number, is made when
// there is none. Nothing is published of a request in which anything is wrong.
//
// Who sends a request again, because no answer came, says the same key both times
// (or the same Idempotency-Key header): then no event of it is told twice.
//
// The answer is {published, duplicates, ids}, with "duplicate": true when all of it
// was published before. Status 202 says that events were taken, and will be told in
// the order in which they were taken; 200 that there was nothing left to do. An
// error is {code, message}.
package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// Publisher takes the events of one topic; see [feed.Publisher].
type Publisher interface {
	Publish(ctx context.Context, e record.Event, observed int64) error
	PublishOnce(ctx context.Context, key string, e record.Event, observed int64) (first bool, err error)
}

var _ Publisher = (*feed.Publisher)(nil)

// Topic is a topic of events that may be published to.
type Topic struct {
	Policy topic.Policy
	// Event is the name of an event that has none; by default that of one entry of
	// the policy's List: "acars:message". A topic with Tells has no default.
	Event     string
	Publisher Publisher
}

// Keys are the keys that are known: [*keys.Ring].
type Keys interface {
	// Find gives who has a key.
	Find(key string) (who gateway.Identity, ok bool)
	// Len is how many keys there are.
	Len() int
}

// Handler answers requests. It is safe for concurrent use.
type Handler struct {
	cfg    Config
	topics map[string]Topic
	keys   Keys

	mu     sync.Mutex // guards limits
	limits map[string]*rate.Limiter
}

// Permission is what a key needs for all topics; for one it is Permission.<topic>.
const Permission = "publish"

// New gives a handler for some topics.
func New(cfg Config, topics []Topic, keys Keys) *Handler {
	h := &Handler{cfg: cfg, topics: map[string]Topic{}, keys: keys, limits: map[string]*rate.Limiter{}}
	for _, t := range topics {
		if t.Event == "" && t.Policy.Tells == nil {
			t.Event = t.Policy.Prefix + ":" + strings.TrimSuffix(t.Policy.List, "s")
		}
		h.topics[t.Policy.Name] = t
	}
	return h
}

var _ http.Handler = (*Handler)(nil)

// result is the answer to a request.
type result struct {
	Published  int      `json:"published"`
	Duplicates int      `json:"duplicates"`
	Duplicate  bool     `json:"duplicate,omitempty"`
	IDs        []string `json:"ids"`
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	done, err := h.serve(w, r)
	if err != nil {
		refuse(w, err)
		return
	}
	status := http.StatusAccepted
	if done.Duplicate {
		status = http.StatusOK
	}
	write(w, status, done)
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) (result, error) {
	who, err := h.admit(r)
	if err != nil {
		return result{}, err
	}
	if err := h.take(who, 1); err != nil {
		return result{}, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.cfg.MaxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return result{}, refusal(codeTooLarge, "The body is larger than %d bytes", h.cfg.MaxBody)
	case err != nil:
		return result{}, refusal(gateway.CodeInvalidPayload, "The body could not be read")
	}
	once, err := onceOf(r.Header)
	if err != nil {
		return result{}, err
	}
	ask, err := parse(body, once)
	if err != nil {
		return result{}, err
	}
	t, ok := h.topics[ask.Topic]
	switch {
	case !ok:
		return result{}, refusal(codeUnknownTopic, "There is no topic of events %q", shorten(ask.Topic))
	case !who.May(Permission) && !who.May(Permission+"."+ask.Topic):
		return result{}, refusal(gateway.CodePermissionDenied, "The key lacks the permission %s.%s", Permission, ask.Topic)
	case len(ask.Events) > h.cfg.Burst:
		return result{}, refusal(gateway.CodeInvalidPayload, "events: %d are too many for a request: %d are allowed", len(ask.Events), h.cfg.Burst)
	}
	events, err := t.events(ask, who.ID())
	if err != nil {
		return result{}, err
	}
	if err := h.take(who, len(events)-1); err != nil {
		return result{}, err
	}
	return t.publish(r.Context(), events)
}

// admit looks at everything but the body.
func (h *Handler) admit(r *http.Request) (gateway.Identity, error) {
	if r.Method != http.MethodPost {
		return nil, refusal(codeMethod, "Use POST")
	}
	if h.keys.Len() == 0 {
		return nil, refusal(gateway.CodeAuthRequired, "This server has no keys, so nobody can publish: whoever runs it sets auth.keys, one with the permission %s", Permission)
	}
	key := keyOf(r.Header)
	if key == "" {
		return nil, refusal(gateway.CodeAuthRequired, "A key is required: the header Authorization: Bearer sk_..., or X-API-Key")
	}
	who, ok := h.keys.Find(key)
	switch {
	case !ok:
		return nil, refusal(gateway.CodeInvalidToken, "The server does not know this key")
	case !isJSON(r.Header):
		return nil, refusal(codeMediaType, "Content-Type must be application/json (in UTF-8), without a Content-Encoding")
	}
	return who, nil
}

// take takes events from what a key may publish.
func (h *Handler) take(who gateway.Identity, n int) error {
	if n <= 0 {
		return nil
	}
	h.mu.Lock()
	limit := h.limits[who.ID()]
	if limit == nil {
		limit = rate.NewLimiter(rate.Limit(h.cfg.Rate), h.cfg.Burst)
		h.limits[who.ID()] = limit
	}
	h.mu.Unlock()
	now := time.Now()
	reserved := limit.ReserveN(now, n)
	if wait := reserved.DelayFrom(now); wait > 0 {
		reserved.CancelAt(now)
		err := refusal(codeRate, "Too many events: this key may publish %v a second", h.cfg.Rate)
		err.after = wait
		return err
	}
	return nil
}

// publish hands over events, in order.
func (t Topic) publish(ctx context.Context, events []event) (result, error) {
	done := result{IDs: make([]string, 0, len(events))}
	now := time.Now().UnixMilli()
	for _, e := range events {
		first, err := true, error(nil)
		if e.once == "" {
			err = t.Publisher.Publish(ctx, e.Event, now)
		} else {
			first, err = t.Publisher.PublishOnce(ctx, e.once, e.Event, now)
		}
		if err != nil {
			// Of what was taken before, a request with the same key takes nothing again.
			e := refusal(codeUnavailable, "Events cannot be taken now; %d of %d were", len(done.IDs), len(events))
			e.cause, e.after = err, retryAfter
			return result{}, e
		}
		if first {
			done.Published++
		} else {
			done.Duplicates++
		}
		done.IDs = append(done.IDs, e.Key)
	}
	done.Duplicate = done.Published == 0
	return done, nil
}

func write(w http.ResponseWriter, status int, answer any) {
	raw, err := json.Marshal(answer)
	if err != nil {
		raw, status = fmt.Appendf(nil, `{"code":%q,"message":"Internal server error"}`, gateway.CodeInternal), http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(raw, '\n')) // a client that went away
}
