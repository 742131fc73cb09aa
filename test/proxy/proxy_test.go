package proxy

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// fronts are the proxies of the examples.
func fronts() map[string]front {
	return map[string]front{
		"nginx": {
			example: "nginx.conf", program: "nginx",
			adapt: func(text string, port int) string {
				text = strings.Replace(text, "listen 8080;", fmt.Sprintf("listen 127.0.0.1:%d;", port), 1)
				// What it writes goes to a folder of the test.
				var paths strings.Builder
				for _, what := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
					_, _ = fmt.Fprintf(&paths, "  %s_temp_path %s_temp;\n", what, what)
				}
				return strings.Replace(text, "http {\n", "http {\n  access_log off;\n"+paths.String(), 1)
			},
			command: func(program, dir, file string) []string {
				global := "daemon off; pid nginx.pid; error_log stderr;"
				if os.Geteuid() == 0 {
					global += " user root;" // who may read that folder
				}
				return []string{program, "-p", dir, "-e", "stderr", "-c", file, "-g", global}
			},
		},
		"haproxy": {
			example: "haproxy.cfg", program: "haproxy",
			adapt: func(text string, port int) string {
				text = strings.Replace(text, "maxconn 50000", "maxconn 1000", 1) // it may not open so many here
				return strings.Replace(text, "bind :8080", fmt.Sprintf("bind 127.0.0.1:%d", port), 1)
			},
			command: func(program, _, file string) []string { return []string{program, "-f", file} },
		},
	}
}

// TestAProcessIsKilled: clients of every kind are spread over the processes and stay
// where they are; those of one that is killed go on at another, and miss nothing.
func TestAProcessIsKilled(t *testing.T) {
	for name, f := range fronts() {
		t.Run(name, func(t *testing.T) {
			behind := cluster(t)
			url := f.start(t, behind)
			c := gather(t, url, polling, upgraded, websocket)
			eventually.Works(t, "all have subscribed", func() error { return c.have("subscribed", 1) })
			eventually.Works(t, "who can has a websocket", func() error {
				for name, texts := range c.texts("upgrade") {
					if is := strings.HasPrefix(name, upgraded); is != (len(texts) > 0) {
						return fmt.Errorf("%s: %q", name, texts)
					}
				}
				return nil
			})
			var ids []string
			tell := func(most int) {
				for len(ids) < most {
					id := fmt.Sprint("e", len(ids))
					eventually.Works(t, "an event is taken", func() error { return publish(url, id) })
					ids = append(ids, id)
				}
			}
			all := func() { eventually.Works(t, "all have all events", func() error { return c.have("ops", len(ids)) }) }
			tell(20)
			all()
			if cut := c.cut(); len(cut) > 0 {
				t.Errorf("connections were cut before anything happened: %q", cut)
			}
			t.Cleanup(func() {
				if t.Failed() {
					c.dump(t)
				}
			})
			var cut []string
			eventually.Works(t, "all are counted", func() error { return counts(url, processes, 3*addresses) })
			left := processes
			for _, victim := range behind[1:] { // another one, when by chance nobody is at the first
				killed := time.Now()
				victim.Kill()
				left--
				tell(len(ids) + 20)
				all()
				if cut = c.cut(); len(cut) > 0 {
					t.Logf("of %d clients %d came back elsewhere; all had all events after %v", 3*addresses, len(cut), time.Since(killed).Round(time.Millisecond))
					break
				}
			}
			if len(cut) == 0 || len(cut) == 3*addresses {
				t.Errorf("%d of %d clients were at the process that was killed: they are not spread", len(cut), 3*addresses)
			}
			eventually.Works(t, "who was killed is not counted", func() error { return counts(url, left, 3*addresses) })
			for name, transports := range c.texts("connect") {
				if kind, _, _ := strings.Cut(name, " "); kind != upgraded && slices.ContainsFunc(transports, func(by string) bool { return by != kind }) {
					t.Errorf("%s connects by %q", name, transports)
				}
			}
			c.judge(t, ids)
		})
	}
}

// TestWithoutStickySessions: WebSockets need none; polling does not work without.
func TestWithoutStickySessions(t *testing.T) {
	f := fronts()["nginx"]
	behind := cluster(t)
	url := f.start(t, behind, "hash $remote_addr consistent;", "")
	c := gather(t, url, websocket)
	eventually.Works(t, "all have subscribed", func() error { return c.have("subscribed", 1) })
	if cut := c.cut(); len(cut) > 0 {
		t.Errorf("connections were cut: %q", cut)
	}
	poor := gather(t, url, polling)
	eventually.Works(t, "some that poll fail", func() error {
		for _, texts := range poor.texts("connect_error") {
			if len(texts) > 0 {
				return nil
			}
		}
		return fmt.Errorf("connections: %v", poor.texts("connect"))
	})
}

// publish has an event told, once however often it is sent.
func publish(url, id string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	body := fmt.Sprintf(`{"topic": "ops", "event": "ops:test", "data": {"id": %q}}`, id)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/v1/publish", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", id)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("publish: %s", resp.Status)
	}
	return nil
}
