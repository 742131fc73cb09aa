package engineio_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/skygate-io/skygate/pkg/engineio"
)

// echo sends every message back as it came.
type echo struct{ conn *engineio.Conn }

func (e echo) Message(data []byte, binary bool) {
	e.conn.Send(engineio.Event, engineio.NewFrame(data, binary))
}
func (e echo) Drained()               {}
func (e echo) Closed(engineio.Reason) {}

// An echo server, and a client that speaks to it in polling.
func Example() {
	server := engineio.NewServer(engineio.DefaultConfig(), func(c *engineio.Conn) engineio.Handler {
		return echo{c}
	})
	defer server.Close()
	mux := http.NewServeMux()
	mux.Handle("/engine.io/", server)
	web := httptest.NewServer(mux)
	defer web.Close()

	url := web.URL + "/engine.io/?EIO=4&transport=polling"
	body := func(resp *http.Response, err error) string {
		if err != nil {
			return err.Error()
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return string(b)
	}
	_, rest, _ := strings.Cut(body(http.Get(url)), `"sid":"`)
	sid, _, _ := strings.Cut(rest, `"`)
	url += "&sid=" + sid

	fmt.Println(body(http.Post(url, "text/plain", strings.NewReader("4hello"))))
	fmt.Println(body(http.Get(url)))
	// Output:
	// ok
	// 4hello
}
