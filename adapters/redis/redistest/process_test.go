package redistest

import (
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestAPortThatIsHeldForAMoment: the server starts once whoever has its port lets it go.
func TestAPortThatIsHeldForAMoment(t *testing.T) {
	port := freePort(t)
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	s := prepare(t, "redis", port, &goredis.Options{}, common(port)...)
	var letsGo sync.WaitGroup
	defer letsGo.Wait()
	letsGo.Go(func() {
		defer l.Close()
		for end := time.Now().Add(patience); time.Now().Before(end) && !strings.Contains(s.log(), "in use"); {
			time.Sleep(5 * time.Millisecond)
		}
	})
	s.Start()
	if err := s.Client().Ping(t.Context()).Err(); err != nil {
		t.Error(err)
	}
}
