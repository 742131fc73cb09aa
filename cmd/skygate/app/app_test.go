package app_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/cmd/skygate/app"
	"github.com/skygate-io/skygate/config"
)

func TestRunServesAndEnds(t *testing.T) {
	cfg := config.Default()
	cfg.Listen = "127.0.0.1:0"
	a, err := app.New(cfg, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()

	url := "http://" + a.Addr().String()
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/":                                   {200, "<!doctype html>"},
		"/nothing":                            {404, ""},
		"/readyz":                             {200, `"ready": true`},
		"/api/v1/system/status":               {200, `"celery_running":`},
		"/api/v1/safety/events/?hours=24":     {200, `{"events":[`},
		"/api/v1/audio?limit=1":               {200, `[]`},
		"/api/v1/auth/config":                 {200, `"auth_mode":"public"`},
		"/api/v1/nothing":                     {404, ""},
		"/api/v1/publish":                     {405, ""},
		"/socket.io/?EIO=4&transport=polling": {200, `"sid":`},
		"/socket.io/?EIO=4&transport=pigeon":  {400, "Transport unknown"},
	} {
		if status, body := get(t, url+path); status != want.status || !strings.Contains(strings.ToLower(body), strings.ToLower(want.text)) {
			t.Errorf("%s: %d %.80s", path, status, body)
		}
	}
	var health struct {
		Status  string
		Sources []struct{ Name, Kind, State string }
	}
	for health.Status != "ok" { // the source has just begun
		_, body := get(t, url+"/healthz")
		if err := json.Unmarshal([]byte(body), &health); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
	}
	if s := health.Sources; len(s) != 1 || s[0].Name != "demo" || s[0].Kind != "demo" || s[0].State != "delivering" {
		t.Errorf("sources %+v", s)
	}

	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run = %v", err)
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

// TestEveryKindOpens: each kind of source that can be configured is built in.
func TestEveryKindOpens(t *testing.T) {
	args := []string{"--listen=127.0.0.1:0"}
	for _, source := range []string{"demo", "readsb=http://pi", "sbs=pi", "jsonlines=pi", "uat=pi", "replay=x.jsonl", "acars", "awc=http://x", "tfr", "notams=http://x", "boundaries=file:///x"} {
		args = append(args, "--source="+source)
	}
	cfg, err := config.Load(args, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.New(*cfg, zerolog.Nop()); err != nil {
		t.Error(err)
	}
}
