package jsonlines_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/jsonlines"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/lines"
	"github.com/skygate-io/skygate/pkg/lines/linestest"
)

func TestConfigValidate(t *testing.T) {
	valid, err := jsonlines.ParseAddress("pi")
	if err != nil || valid.Validate() != nil {
		t.Errorf("%v, %v", err, valid.Validate())
	}
	for key, spoil := range map[string]func(*jsonlines.Config){
		"connect":  func(c *jsonlines.Config) { c.Connect = "tcp://pi" },
		"timeout":  func(c *jsonlines.Config) { c.Timeout = 2 * time.Hour },
		"receiver": func(c *jsonlines.Config) { c.Receiver = &geo.Point{Lon: 181} },
	} {
		c := valid
		spoil(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), key+": ") {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// TestSource: a receiver restarts in the middle of a line, with its clock set back.
func TestSource(t *testing.T) {
	receiver := linestest.Listen(t)
	f := feedtest.Run(t, func(log zerolog.Logger) (*lines.Source, error) {
		cfg, err := jsonlines.ParseAddress(receiver.Address())
		if err != nil {
			return nil, err
		}
		cfg.Receiver = &geo.Point{Lat: 50, Lon: 8}
		return jsonlines.New(cfg, log)
	})
	conn := receiver.Accept()
	conn.Send("{\"now\" : 1675610064.166,\"hex\":\"a9ef5c\",\"lat\":50,\"lon\":9}\n\n{\"hex\":\"bad\"}\nnoise\n{\"hex\":\"a9ef")
	f.WantKeys("A9EF5C")
	_ = conn.Close()
	f.WantBad(lines.Truncated, 1)
	receiver.Accept().Send("{\"now\" : 12.5,\"hex\":\"a9ef5d\",\"seen\":0.5}\r\n")
	f.WantKeys("A9EF5C A9EF5D")
	f.WantState(feed.Delivering)
	s := f.Status()
	if s.Records != 2 || s.Bad["hex"] != 1 || s.Bad[jsonlines.Malformed] != 1 || s.Receiver == nil {
		t.Errorf("status %+v", s)
	}
	if age := time.Since(s.Newest); age < 400*time.Millisecond || age > time.Minute {
		t.Errorf("the newest message is %v old", age)
	}
	if got := f.Sink.Updates()[0].Fields.Get("distance_nm"); got != "38.6" {
		t.Errorf("distance_nm %s", got)
	}
}
