package cluster

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
)

// TestReady: who is asked for its readiness knows what Redis does, without asking it:
// the answer comes at once also when Redis is frozen. It is ready again by itself.
func TestReady(t *testing.T) {
	s := &stage{t: t, redis: redistest.Single(t)}
	urls := []string{s.program(), s.program()}
	want := func(ready bool, parts ...string) {
		t.Helper()
		for _, url := range urls {
			s.eventually("it says so: "+strings.Join(parts, ", "), func() bool {
				asked := time.Now()
				is, problems := readinessOf(t, url)
				if took := time.Since(asked); took > 2*time.Second {
					t.Errorf("the answer took %v", took)
				}
				all := strings.Join(problems, "\n")
				return is == ready && !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(all, part) })
			})
		}
	}
	want(true)
	s.redis.Freeze()
	want(false, "redis pub/sub: ", "redis streams: ", "topic aircraft: it cannot be read")
	s.redis.Thaw()
	want(true)
	s.redis.Kill()
	want(false, "redis pub/sub: ", "redis streams: ")
	s.redis.Start()
	want(true)
}

// TestWrites: of two processes one writes the aircraft, and says so.
func TestWrites(t *testing.T) {
	s := &stage{t: t, redis: redistest.Single(t)}
	urls := []string{s.program(), s.program()}
	s.eventually("one writes the aircraft", func() bool {
		var writers int
		for _, url := range urls {
			var h struct{ Writes []string }
			getJSON(t, url+"/healthz", &h)
			if slices.Equal(h.Writes, []string{"aircraft"}) {
				writers++
			} else if h.Writes == nil || len(h.Writes) > 0 {
				t.Errorf("%s writes %q", url, h.Writes)
			}
		}
		return writers == 1
	})
}

// readinessOf is what a process says of itself.
func readinessOf(t *testing.T, url string) (ready bool, problems []string) {
	t.Helper()
	var r struct {
		Ready    bool
		Problems []string
	}
	status := getJSON(t, url+"/readyz", &r)
	if (status == http.StatusOK) != r.Ready || !r.Ready && status != http.StatusServiceUnavailable || r.Ready != (len(r.Problems) == 0) {
		t.Errorf("status %d, and %+v", status, r)
	}
	return r.Ready, r.Problems
}

// getJSON reads a page of a process.
func getJSON(t *testing.T, url string, into any) (status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return resp.StatusCode
}
