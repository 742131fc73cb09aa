package publish_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/adapters/publish"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

func TestEventsAreTold(t *testing.T) {
	s := serve(t, nil)
	one := s.post("sk_ops", `{"topic":"ops","data":{"id":"a","text":"Runway \u0032\u2028 closed","b":[1, {"c": null}],"a":1e3}}`)
	if one.status != 202 || one.Published != 1 || one.Duplicate || !slices.Equal(one.IDs, []string{"a"}) {
		t.Errorf("one: %+v", one)
	}
	several := s.post("", `{"topic":"ops","event":"ops:note","events":[{"data":{"n":1}},{"event":"ops:other","data":{}}]}`, "X-API-Key", "sk_all")
	if several.status != 202 || several.Published != 2 || len(several.IDs) != 2 || several.IDs[0] == several.IDs[1] || several.IDs[0] == "" {
		t.Fatalf("several: %+v", several)
	}
	want := []string{
		`ops:event {"id":"a","a":1e3,"b":[1,{"c":null}],"text":"Runway \u0032\u2028 closed"}`,
		`ops:note {"id":"` + several.IDs[0] + `","n":1}`,
		`ops:other {"id":"` + several.IDs[1] + `"}`,
	}
	if diff := cmp.Diff(want, s.told("ops", 3)); diff != "" {
		t.Error(diff)
	}
	s.post("sk_all", `{"topic":"notices","event":"geodata:refresh","data":{"id":"n"}}`)
	if diff := cmp.Diff([]string{`geodata:refresh {"id":"n"}`}, s.told("notices", 1)); diff != "" {
		t.Error(diff)
	}
	if a := s.post("sk_all", `{"topic":"acars","data":{"id":"m"}}`); a.status != 202 {
		t.Errorf("acars: %+v", a)
	}
	if diff := cmp.Diff([]string{`acars:message {"id":"m"}`}, s.told("acars", 1)); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsSentAgainIsToldOnce(t *testing.T) {
	s := serve(t, nil)
	const body = `{"topic":"ops","events":[{"data":{"n":1}},{"data":{"n":2}}],"key":"k1"}`
	first, again := s.post("sk_all", body), s.post("sk_all", body)
	if first.status != 202 || first.Published != 2 || first.Duplicate {
		t.Errorf("first: %+v", first)
	}
	if again.status != 200 || again.Published != 0 || again.Duplicates != 2 || !again.Duplicate || !slices.Equal(again.IDs, first.IDs) {
		t.Errorf("again: %+v", again)
	}
	// The header says the same as the member.
	if a := s.post("sk_all", strings.Replace(body, `,"key":"k1"`, "", 1), "Idempotency-Key", "k1"); !a.Duplicate {
		t.Errorf("by the header: %+v", a)
	}
	for name, a := range map[string]answer{
		"another key": s.post("sk_all", strings.Replace(body, "k1", "k2", 1)),
		"another's":   s.post("sk_ops", body),
	} {
		if a.Published != 2 || slices.Equal(a.IDs, first.IDs) {
			t.Errorf("%s: %+v", name, a)
		}
	}
	s.post("sk_all", `{"topic":"ops","data":{"id":"end"}}`)
	if got := s.told("ops", 7); len(got) != 7 || got[6] != `ops:event {"id":"end"}` {
		t.Errorf("told %v", got)
	}
}

// An id that is a number is told as one, and is the same as that in text.
func TestNumberAsID(t *testing.T) {
	s := serve(t, nil)
	if a := s.post("sk_ops", `{"topic":"ops","data":{"id":999999999999999,"n":1}}`); a.status != 202 || !slices.Equal(a.IDs, []string{"999999999999999"}) {
		t.Errorf("%+v", a)
	}
	if diff := cmp.Diff([]string{`ops:event {"id":999999999999999,"n":1}`}, s.told("ops", 1)); diff != "" {
		t.Error(diff)
	}
}

func TestRefusals(t *testing.T) {
	s := serve(t, func(c *publish.Config) { c.MaxBody, c.Burst = 100<<10, 100 })
	data := func(text string) string { return `{"topic":"ops","data":` + text + `}` }
	const good = `{"topic":"ops","data":{}}`
	for name, c := range map[string]struct {
		key, body string
		headers   []string
		status    int
		code      string
		says      string
	}{
		"no key":             {"", good, nil, 401, "auth_required", "Authorization"},
		"two keys, one good": {"sk_other", `{"topic":"moon","data":{}}`, []string{"X-API-Key", "sk_ops"}, 404, "unknown_topic", ""},
		"a bad header's key": {"sk_ops", good, []string{"X-API-Key", "sk_other"}, 401, "invalid_token", ""},
		"an unknown key":     {"sk_other", good, nil, 401, "invalid_token", ""},
		"no permission":      {"sk_reader", good, nil, 403, "permission_denied", "publish.ops"},
		"another topic's":    {"sk_ops", `{"topic":"acars","data":{}}`, nil, 403, "permission_denied", "publish.acars"},
		"unknown topic":      {"sk_ops", `{"topic":"aircraft","data":{}}`, nil, 404, "unknown_topic", `"aircraft"`},
		"too large":          {"sk_ops", data(`{"x":"` + strings.Repeat("x", 100<<10) + `"}`), nil, 413, "payload_too_large", "102400"},
		"another type":       {"sk_ops", good, []string{"Content-Type", "text/plain"}, 415, "unsupported_media_type", "application/json"},
		"another charset":    {"sk_ops", good, []string{"Content-Type", "application/json; charset=latin1"}, 415, "unsupported_media_type", ""},
		"compressed":         {"sk_ops", good, []string{"Content-Encoding", "gzip"}, 415, "unsupported_media_type", ""},
		"nothing":            {"sk_ops", ``, nil, 400, "invalid_payload", "empty"},
		"no JSON":            {"sk_ops", `{"topic":`, nil, 400, "invalid_payload", "Invalid body"},
		"more than JSON":     {"sk_ops", good + `1`, nil, 400, "invalid_payload", "more than one"},
		"no UTF-8":           {"sk_ops", data("{\"x\":\"\xff\"}"), nil, 400, "invalid_payload", "UTF-8"},
		"a list":             {"sk_ops", `[]`, nil, 400, "invalid_payload", "expected an object"},
		"null":               {"sk_ops", `null`, nil, 400, "invalid_payload", "topic"},
		"a typo":             {"sk_ops", `{"topic":"ops","evnet":"ops:a","data":{}}`, nil, 400, "invalid_payload", `"evnet"`},
		"no topic":           {"sk_ops", `{"data":{}}`, nil, 400, "invalid_payload", "topic: is missing"},
		"a number for it":    {"sk_ops", `{"topic":1}`, nil, 400, "invalid_payload", "topic: expected a string"},
		"no data":            {"sk_ops", `{"topic":"ops"}`, nil, 400, "invalid_payload", "data: is missing"},
		"no events":          {"sk_ops", `{"topic":"ops","events":[]}`, nil, 400, "invalid_payload", "data: is missing"},
		"both":               {"sk_ops", `{"topic":"ops","data":{},"events":[{}]}`, nil, 400, "invalid_payload", "data: is set, and so is events"},
		"data is text":       {"sk_ops", data(`"x"`), nil, 400, "invalid_payload", "data: expected an object"},
		"data is null":       {"sk_ops", data(`null`), nil, 400, "invalid_payload", "data: expected an object"},
		"large data":         {"sk_ops", data(`{"x":"` + strings.Repeat("x", 64<<10) + `"}`), nil, 400, "invalid_payload", "65536 are allowed"},
		"deep data":          {"sk_ops", data(strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33)), nil, 400, "invalid_payload", "nested"},
		"the server's name":  {"sk_ops", data(`{"seq":1}`), nil, 400, "invalid_payload", `data: "seq"`},
		"id is no whole":     {"sk_ops", data(`{"id":1.5}`), nil, 400, "invalid_payload", "data.id: expected text"},
		"id is below 0":      {"sk_ops", data(`{"id":-1}`), nil, 400, "invalid_payload", "whole number of up to 15 digits"},
		"id is too large":    {"sk_ops", data(`{"id":1000000000000000}`), nil, 400, "invalid_payload", "data.id: expected text"},
		"id is null":         {"sk_ops", data(`{"id":null}`), nil, 400, "invalid_payload", "data.id: expected text"},
		"id is empty":        {"sk_ops", data(`{"id":""}`), nil, 400, "invalid_payload", "data.id: expected text"},
		"second is wrong":    {"sk_ops", `{"topic":"ops","events":[{"data":{}},{"data":1}]}`, nil, 400, "invalid_payload", "events[1].data: expected an object"},
		"too many":           {"sk_ops", `{"topic":"ops","events":[{}` + strings.Repeat(",{}", 100) + `]}`, nil, 400, "invalid_payload", "101 are too many"},
		"another's event":    {"sk_ops", `{"topic":"ops","event":"safety:event","data":{}}`, nil, 400, "invalid_payload", "event: "},
		"prefix alone":       {"sk_ops", `{"topic":"ops","event":"ops:","data":{}}`, nil, 400, "invalid_payload", "event: "},
		"the server's event": {"sk_ops", `{"topic":"ops","event":"ops:snapshot","data":{}}`, nil, 400, "invalid_payload", "the server's own"},
		"not of the list":    {"sk_all", `{"topic":"notices","event":"notices:event","data":{}}`, nil, 400, "invalid_payload", "one of metar:update, geodata:refresh"},
		"of the list, none":  {"sk_all", `{"topic":"notices","data":{}}`, nil, 400, "invalid_payload", "one of metar:update"},
		"wrong key":          {"sk_ops", `{"topic":"ops","data":{},"key":"a b"}`, nil, 400, "invalid_payload", "key: "},
		"two keys":           {"sk_ops", `{"topic":"ops","data":{},"key":"a"}`, []string{"Idempotency-Key", "b"}, 400, "invalid_payload", "key: is another"},
		"a blank key":        {"sk_ops", good, []string{"Idempotency-Key", " \t "}, 400, "invalid_payload", "Idempotency-Key: is empty"},
		"a key of nothing":   {"sk_ops", good, []string{"Idempotency-Key", ""}, 400, "invalid_payload", "leave the header out"},
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			a := s.post(c.key, c.body, c.headers...)
			if a.status != c.status || a.Code != c.code || !strings.Contains(a.Message, c.says) {
				t.Errorf("%d %s %q, want %d %s …%q…", a.status, a.Code, a.Message, c.status, c.code, c.says)
			}
			if (a.status == 401) != (a.header.Get("WWW-Authenticate") == "Bearer") {
				t.Errorf("WWW-Authenticate: %q", a.header.Get("WWW-Authenticate"))
			}
		})
	}
	s.t = t
	state, err := s.log.Load(t.Context(), "ops")
	if err != nil || len(state.Entries) != 0 {
		t.Errorf("told %d events (%v)", len(state.Entries), err)
	}
	get, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := s.do(get); a.status != 405 || a.header.Get("Allow") != "POST" || a.Code != "method_not_allowed" {
		t.Errorf("GET: %+v", a)
	}
}

func TestRateIsEachKeysOwn(t *testing.T) {
	s := serve(t, func(c *publish.Config) { c.Rate, c.Burst = 0.001, 4 })
	const one, three = `{"topic":"ops","data":{}}`, `{"topic":"ops","events":[{"data":{}},{"data":{}},{"data":{}}]}`
	if a := s.post("sk_ops", three); a.status != 202 {
		t.Errorf("three: %+v", a)
	}
	if a := s.post("sk_ops", three); a.status != 429 || a.Code != "rate_limited" || a.header.Get("Retry-After") == "" {
		t.Errorf("three more: %+v %v", a, a.header)
	}
	if a := s.post("sk_ops", `nonsense`); a.status != 429 {
		t.Errorf("nonsense costs nothing: %+v", a)
	}
	if a := s.post("sk_all", one); a.status != 202 {
		t.Errorf("another key: %+v", a)
	}
}

// away is a publisher whose log is away: it takes a few and no more.
type away struct{ room int }

func (a *away) Publish(context.Context, record.Event, int64) error {
	if a.room--; a.room < 0 {
		return feed.ErrFull
	}
	return nil
}

func (a *away) PublishOnce(ctx context.Context, _ string, e record.Event, at int64) (bool, error) {
	return true, a.Publish(ctx, e, at)
}

func TestLogIsAway(t *testing.T) {
	h := publish.New(publish.DefaultConfig(), []publish.Topic{{Policy: topic.DefaultOwn().Policy("ops"), Publisher: &away{room: 1}}}, ring{})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(`{"topic":"ops","events":[{"data":{}},{"data":{}}],"key":"k"}`))
	r.Header.Set("Authorization", "bearer sk_all")
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if got := w.Body.String(); w.Code != 503 || !strings.Contains(got, `"unavailable"`) || !strings.Contains(got, "1 of 2 were") || w.Header().Get("Retry-After") != "5" {
		t.Errorf("%d %s %v", w.Code, got, w.Header())
	}
}

// Where there are no keys, nobody looks for a mistake in theirs.
func TestServerWithoutKeys(t *testing.T) {
	h := publish.New(publish.DefaultConfig(), nil, keyless{})
	for name, key := range map[string]string{"with a key": "sk_other", "without one": ""} {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/publish", strings.NewReader(`{}`))
		r.Header.Set("X-API-Key", key)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Body.String(); w.Code != 401 || !strings.Contains(got, `"auth_required"`) || !strings.Contains(got, "has no keys") || !strings.Contains(got, "auth.keys") {
			t.Errorf("%s: %d %s", name, w.Code, got)
		}
	}
}

type keyless struct{}

func (keyless) Len() int                             { return 0 }
func (keyless) Find(string) (gateway.Identity, bool) { return nil, false }
