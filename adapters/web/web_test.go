package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/adapters/web"
)

func get(t *testing.T, method, path string, header http.Header) (*http.Response, string) {
	t.Helper()
	server := httptest.NewServer(web.Handler())
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name := range header {
		request.Header.Set(name, header.Get(name))
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestServesThePageAndItsAssets(t *testing.T) {
	for path, want := range map[string]struct{ contentType, text string }{
		"/":                    {"text/html; charset=utf-8", "<title>Skygate</title>"},
		"/style.css":           {"text/css; charset=utf-8", "prefers-color-scheme"},
		"/icon.svg":            {"image/svg+xml", "<svg"},
		"/app.js":              {"text/javascript; charset=utf-8", "aircraft:update"},
		"/app.js.LICENSES.txt": {"text/plain; charset=utf-8", "socket.io-client 4.8.4 (MIT)"},
	} {
		t.Run(path, func(t *testing.T) {
			response, body := get(t, http.MethodGet, path, nil)
			if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != want.contentType {
				t.Errorf("got %s, %s", response.Status, response.Header.Get("Content-Type"))
			}
			if !strings.Contains(body, want.text) {
				t.Errorf("the body has no %q", want.text)
			}
			if got := response.Header.Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("X-Content-Type-Options: %q", got)
			}
			head, nothing := get(t, http.MethodHead, path, nil)
			if head.StatusCode != http.StatusOK || nothing != "" || head.ContentLength != int64(len(body)) {
				t.Errorf("HEAD: %s, %d bytes announced, %d sent", head.Status, head.ContentLength, len(nothing))
			}
		})
	}
}

func TestNothingElseIsThere(t *testing.T) {
	for _, path := range []string{"/index.html", "/src/app.js", "/dist/app.js", "/favicon.ico", "/app.js/", "/socket.io/", "//", "/../web.go"} {
		if response, _ := get(t, http.MethodGet, path, nil); response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s, want 404", path, response.Status)
		}
	}
}

func TestOnlyGetAndHead(t *testing.T) {
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		response, _ := get(t, method, "/", nil)
		if response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %s, Allow: %q", method, response.Status, response.Header.Get("Allow"))
		}
	}
}

func TestAnUnchangedAssetIsNotSentAgain(t *testing.T) {
	first, _ := get(t, http.MethodGet, "/app.js", nil)
	etag := first.Header.Get("Etag")
	if etag == "" || first.Header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("Etag %q, Cache-Control %q", etag, first.Header.Get("Cache-Control"))
	}
	again, body := get(t, http.MethodGet, "/app.js", http.Header{"If-None-Match": {etag}})
	if again.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("with its Etag: %s, %d bytes", again.Status, len(body))
	}
	other, _ := get(t, http.MethodGet, "/app.js", http.Header{"If-None-Match": {`"another"`}})
	if other.StatusCode != http.StatusOK {
		t.Errorf("with another Etag: %s", other.Status)
	}
}

// The policy forbids what the page has not: so it must not have it.
func TestThePageKeepsItsPolicy(t *testing.T) {
	response, body := get(t, http.MethodGet, "/", nil)
	policy := response.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self' ws: wss:"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy lacks %q: %s", part, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is not strict: %s", policy)
	}
	for what, pattern := range map[string]string{
		"inline script":      `<script(?:[^>]*)>[^<]+</script>`,
		"inline style":       `<style|\sstyle=`,
		"event handler":      `\son[a-z]+=`,
		"foreign host":       `(?:src|href)="(?:https?:)?//`,
		"path from the root": `(?:src|href)="/`,
	} {
		if found := regexp.MustCompile(pattern).FindString(body); found != "" {
			t.Errorf("%s: %s", what, found)
		}
	}
}
