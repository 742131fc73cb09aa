package socketio

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// connect opens a session over polling, enters a namespace and gives the address
// to go on with.
func connect(t *testing.T, base, namespace string) (url string) {
	t.Helper()
	url = base + "/socket.io/?EIO=4&transport=polling"
	var handshake struct{ SID string }
	if err := json.Unmarshal([]byte(strings.TrimPrefix(do(t, http.MethodGet, url, ""), "0")), &handshake); err != nil {
		t.Fatal(err)
	}
	url += "&sid=" + handshake.SID
	do(t, http.MethodPost, url, "40"+namespace+",")
	if got := do(t, http.MethodGet, url, ""); !strings.HasPrefix(got, "40"+namespace+",{") {
		t.Fatalf("the answer to CONNECT is %s", got)
	}
	return url
}

func do(t *testing.T, method, url, body string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", method, resp.StatusCode, raw, err)
	}
	return string(raw)
}
