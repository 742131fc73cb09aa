package uat_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/uat"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/lines"
	"github.com/skygate-io/skygate/pkg/lines/linestest"
)

func TestConfigValidate(t *testing.T) {
	valid, err := uat.ParseAddress("[::1]")
	if err != nil || valid.Validate() != nil {
		t.Errorf("%v, %v", err, valid.Validate())
	}
	for key, spoil := range map[string]func(*uat.Config){
		"connect":  func(c *uat.Config) { c.Connect = "pi:978:1" },
		"timeout":  func(c *uat.Config) { c.Timeout = time.Millisecond },
		"receiver": func(c *uat.Config) { c.Receiver = &geo.Point{Lat: 91} },
	} {
		c := valid
		spoil(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), key+": ") {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// TestSource: a decoder restarts in the middle of a line.
func TestSource(t *testing.T) {
	decoder := linestest.Listen(t)
	f := feedtest.Run(t, func(log zerolog.Logger) (*lines.Source, error) {
		cfg, err := uat.ParseAddress(decoder.Address())
		if err != nil {
			return nil, err
		}
		return uat.New(cfg, log)
	})
	conn := decoder.Accept()
	conn.Send(line(`"nic":9`) + "\n" + line(`"true_track":999`) + "\n-00a66ef135445d525a0c0519119021204800;\n" + line(`"nic":9`))
	f.WantKeys("A66EF1")
	_ = conn.Close()
	f.WantBad(lines.Truncated, 1)
	decoder.Accept().Send(line(`"metadata":{"received_at":12.5}`) + "\n")
	f.WantKeys("A66EF1 A66EF1")
	f.WantState(feed.Delivering)
	s := f.Status()
	if s.Records != 2 || s.Bad["track_out_of_range"] != 1 || s.Bad[uat.Malformed] != 1 {
		t.Errorf("status %+v", s)
	}
	if age := time.Since(s.Newest); age > time.Minute {
		t.Errorf("the newest message is %v old", age)
	}
}
