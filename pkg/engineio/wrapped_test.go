package engineio

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/eventually"
)

// Over TLS there is no raw descriptor: everything else stays as it is.
func TestTLS(t *testing.T) {
	secure := func(change func(*Config)) (*wsClient, *peer) {
		f := startWith(t, change, echoBack, (*httptest.Server).StartTLS)
		return f.openWebSocket(), f.peer()
	}
	t.Run("echo", func(t *testing.T) {
		c, p := secure(nil)
		for i := range 100 {
			text := fmt.Sprint("4", i, strings.Repeat("x", 1000*i))
			c.send(text)
			c.want(text)
		}
		p.Close("enough")
		c.want("close:1000", "EOF")
		p.wantClosed(t, "enough")
	})
	t.Run("stalled", func(t *testing.T) {
		c, p := secure(func(c *Config) { c.StreamFrames, c.WriteTimeout = 4, time.Minute })
		jam(t, p)
		eventually.Holds(t, "the plug is being written", func() bool {
			p.Conn.mu.Lock()
			defer p.Conn.mu.Unlock()
			return p.out.empty()
		})
		for i := range 6 {
			if n := p.Send(State, text4(fmt.Sprint(i))); (n == 1) != (i < 4) {
				t.Errorf("frame %d: accepted %d", i, n)
			}
		}
		p.Send(Priority, text4("first"))
		for _, want := range []string{"4first", "40", "41", "42", "43"} {
			if got := c.nextShort(); got != want {
				t.Errorf("received %.40q, want %q", got, want)
			}
		}
		eventually.Get(t, "Drained", p.drained)
	})
	t.Run("write timeout", func(t *testing.T) {
		_, p := secure(func(c *Config) { c.WriteTimeout = 50 * time.Millisecond })
		jam(t, p)
		p.wantClosed(t, ReasonWriteTimeout)
	})
	t.Run("vanished", func(t *testing.T) {
		c, p := secure(nil)
		c.conn.Close()
		p.wantClosed(t, ReasonTransportClose)
	})
	t.Run("breach", func(t *testing.T) {
		c, p := secure(nil)
		c.send("abc")
		c.want("close:1002", "EOF")
		p.wantClosed(t, ReasonParseError)
	})
}
