package sbs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/sbs"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/lines"
	"github.com/skygate-io/skygate/pkg/lines/linestest"
)

func TestConfigValidate(t *testing.T) {
	valid, err := sbs.ParseAddress("192.168.1.10")
	if err != nil || valid.Validate() != nil {
		t.Errorf("%v, %v", err, valid.Validate())
	}
	for key, spoil := range map[string]func(*sbs.Config){
		"connect":  func(c *sbs.Config) { c.Connect = "" },
		"timeout":  func(c *sbs.Config) { c.Timeout = 0 },
		"receiver": func(c *sbs.Config) { c.Receiver = &geo.Point{Lat: -91} },
	} {
		c := valid
		spoil(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), key+": ") {
			t.Errorf("%s: %v", key, err)
		}
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
