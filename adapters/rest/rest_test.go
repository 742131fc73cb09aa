package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/rest"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
)

type anyone map[string]bool

func (a anyone) ID() string                 { return "anna" }
func (a anyone) May(permission string) bool { return permission == "" || a[permission] }

// serve gives a handler whose requests answer with who asked, and the params.
func serve(t *testing.T, limit gateway.Limit) *httptest.Server {
	t.Helper()
	h := hub.New(feedlog.NewMemory(), nil, batch.DefaultConfig(), zerolog.Nop())
	auth := func(_ context.Context, auth json.RawMessage) (gateway.Identity, error) {
		switch string(auth) {
		case ``:
			return anyone{}, nil
		case `{"token":"sk_anna"}`:
			return anyone{"safety.view": true}, nil
		}
		return nil, gateway.Errorf(gateway.CodeInvalidToken, "The key is nobody's")
	}
	main := gateway.New("/", h, auth, zerolog.Nop(), nil)
	audio := gateway.New("/audio", h, auth, zerolog.Nop(), nil)
	echo := func(_ context.Context, _ *gateway.Session, params json.RawMessage) (any, error) {
		return map[string]json.RawMessage{"params": params}, nil
	}
	for _, p := range rest.Paths {
		switch {
		case p.Namespace == "/audio":
			gateway.Handle(audio, p.Request, "", echo)
		case strings.HasPrefix(p.Request, "safety"):
			gateway.Handle(main, p.Request, "safety.view", echo)
		case p.Request == "aircraft-info":
			gateway.Handle(main, p.Request, "", func(context.Context, *gateway.Session, struct{}) (any, error) { return nil, nil })
		case p.Request == "system-info":
			gateway.Handle(main, p.Request, "", func(context.Context, *gateway.Session, struct{}) (any, error) { return nil, errors.New("secret") })
		case p.Request == "system-health":
			gateway.Handle(main, p.Request, "", func(context.Context, *gateway.Session, struct{}) (any, error) { panic("secret") })
		case p.Request != "tafs":
			gateway.Handle(main, p.Request, "", echo)
		}
	}
	s := httptest.NewServer(rest.New(limit, main, audio))
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, method, url, key string) (status int, header http.Header, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var raw json.RawMessage
	if resp.Header.Get("Content-Type") == "application/json" {
		if err := json.NewDecoder(resp.Body).Decode(&raw); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	return resp.StatusCode, resp.Header, string(raw)
}

func TestPaths(t *testing.T) {
	s := serve(t, gateway.Limit{})
	for name, tc := range map[string]struct {
		method, path, key string
		status            int
		body              string
	}{
		"a query":                {"GET", "/api/v1/acars?hours=24&limit=100&icao_hex=484100&callsign=", "", 200, `{"params":{"hours":24,"icao_hex":"484100","limit":100}}`},
		"a slash at the end":     {"GET", "/api/v1/acars/?limit=1&limit=2", "", 200, `{"params":{"limit":1}}`},
		"a flag":                 {"GET", "/api/v1/notams/?active_only=true", "", 200, `{"params":{"active_only":true}}`},
		"another namespace":      {"GET", "/api/v1/audio?hours=24&limit=100", "", 200, `{"params":{"hours":24,"limit":100}}`},
		"a list":                 {"GET", "/api/v1/airframes/bulk?icao=A1,b2,,C3", "", 200, `{"params":{"icao":"A1,b2,,C3","icaos":["A1","b2","C3"]}}`},
		"in the path":            {"GET", "/api/v1/notams/airport/LSZH/?icao=EDDF", "", 200, `{"params":{"icao":"LSZH"}}`},
		"with a key":             {"GET", "/api/v1/safety/events/squawk%3A1?hours=1", "sk_anna", 200, `{"params":{"hours":1,"id":"squawk:1"}}`},
		"beside that":            {"GET", "/api/v1/safety/events/stats", "sk_anna", 200, `{"params":{}}`},
		"without a key":          {"GET", "/api/v1/safety/events", "", 403, `{"type":"error","code":"permission_denied","message":"Permission denied: safety.view is needed"}`},
		"a key that is nobody's": {"GET", "/api/v1/acars", "sk_bert", 401, `{"type":"error","code":"invalid_token","message":"The key is nobody's"}`},
		"no number":              {"GET", "/api/v1/acars?limit=many", "", 400, `{"type":"error","code":"invalid_params","message":"limit: \"many\" is not a number"}`},
		"no finite number":       {"GET", "/api/v1/acars?limit=Inf", "", 400, `{"type":"error","code":"invalid_params","message":"limit: \"Inf\" is not a number"}`},
		"no flag":                {"GET", "/api/v1/notams?active_only=2", "", 400, `{"type":"error","code":"invalid_params","message":"active_only: \"2\" is neither true nor false"}`},
		"nothing known":          {"GET", "/api/v1/airframes/A1", "", 404, `{"type":"error","code":"not_found","message":"Nothing is known of it"}`},
		"a fault":                {"GET", "/api/v1/system/info", "", 500, `{"type":"error","code":"internal","message":"Internal server error"}`},
		"a worse one":            {"GET", "/api/v1/system/health", "", 500, `{"type":"error","code":"internal","message":"Internal server error"}`},
		"no such path":           {"GET", "/api/v1/weather", "", 404, ""},
		"what changes something": {"POST", "/api/v1/acars", "", 405, ""},
	} {
		t.Run(name, func(t *testing.T) {
			status, header, body := get(t, tc.method, s.URL+tc.path, tc.key)
			if status != tc.status || body != tc.body {
				t.Errorf("%d %s, want %d %s", status, body, tc.status, tc.body)
			}
			if status == 200 && header.Get("Cache-Control") != "no-store" {
				t.Errorf("the headers are %v", header)
			}
		})
	}
	if status, _, body := get(t, "GET", s.URL+"/api/v1/aviation/tafs", ""); status != 404 || !strings.Contains(body, `"code":"unknown_request"`) {
		t.Errorf("a request that there is not: %d %s", status, body)
	}
}

func TestWhoAsksForTooMuch(t *testing.T) {
	s := serve(t, gateway.Limit{Rate: 0.01, Burst: 3})
	for i := range 5 {
		status, header, body := get(t, "GET", s.URL+"/api/v1/acars", "")
		if i < 3 && status != 200 || i >= 3 && (status != 429 || header.Get("Retry-After") == "" || !strings.Contains(body, `"code":"rate_limited"`)) {
			t.Errorf("%d: %d %v %s", i, status, header, body)
		}
	}
}

// The scheme is in any case, and a key of one's own header counts whatever the other says.
func TestHeadersOfKeys(t *testing.T) {
	s := serve(t, gateway.Limit{})
	for name, tc := range map[string]struct {
		headers map[string]string
		status  int
	}{
		"lower case":              {map[string]string{"Authorization": "bearer sk_anna"}, 200},
		"upper case, more spaces": {map[string]string{"Authorization": "BEARER   sk_anna "}, 200},
		"its own header":          {map[string]string{"X-API-Key": " sk_anna "}, 200},
		"another's Bearer":        {map[string]string{"Authorization": "Bearer sk_bert", "X-API-Key": "sk_anna"}, 200},
		"another scheme":          {map[string]string{"Authorization": "Basic sk_anna"}, 403},
		"another's header":        {map[string]string{"Authorization": "Bearer sk_anna", "X-API-Key": "sk_bert"}, 401},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/v1/safety/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		for header, value := range tc.headers {
			req.Header.Set(header, value)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != tc.status {
			t.Errorf("%s: %d, want %d", name, resp.StatusCode, tc.status)
		}
	}
}
