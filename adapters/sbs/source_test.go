package sbs_test

import (
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/sbs"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/lines"
	"github.com/skygate-io/skygate/pkg/lines/linestest"
)

// TestConfig: the customary port is this kind's own. (What else may be wrong is package
// lines' business.)
func TestConfig(t *testing.T) {
	if c, err := sbs.ParseAddress("192.168.1.10"); err != nil || c.Name != "sbs" || c.Validate() != nil {
		t.Errorf("%+v: %v, %v", c, err, c.Validate())
	}
	const want = "connect: is missing: the HOST:PORT of the decoder, such as 192.168.1.10:30003"
	if err := sbs.DefaultConfig().Validate(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func follow(t *testing.T, address string) *feedtest.Fixture {
	t.Helper()
	return feedtest.Run(t, func(log zerolog.Logger) (*lines.Source, error) {
		cfg, err := sbs.ParseAddress(address)
		if err != nil {
			return nil, err
		}
		return sbs.New(cfg, log)
	})
}

// TestSource: a decoder restarts in the middle of a line.
func TestSource(t *testing.T) {
	decoder := linestest.Listen(t)
	f := follow(t, decoder.Address())
	conn := decoder.Accept()
	conn.Send("SEL,,496,2286,4CA4E5,27215,2010/02/19,18:06:07.710,2010/02/19,18:06:07.710,RYR1427\r\n\r\n")
	f.WantState(feed.Delivering)
	conn.Send(head(4, "34568B") + ",,482,35,,,0,,,,,0\r\n" + head(3, "34324F") + ",370250,,,,,,,0,,0,0\r\n" + head(3, "34324F") + ",3702")
	f.WantKeys("34568B")
	_ = conn.Close()
	f.WantBad(lines.Truncated, 1)
	before := time.Now().Truncate(time.Millisecond)
	decoder.Accept().Send(head(3, "34324F") + ",37025,,,50,8,,,0,,0,0\r\n")
	f.WantKeys("34568B 34324F")
	f.WantState(feed.Delivering)
	s := f.Status()
	if s.Records != 2 || s.Bad["altitude_out_of_range"] != 1 || s.Newest.Before(before) {
		t.Errorf("status %+v", s)
	}
	if got := f.Logs.States(); got != "delivering failing delivering" {
		t.Errorf("logged %q", got)
	}
}
