package jsonlines_test

import (
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

// TestConfig: the customary port is this kind's own. (What else may be wrong is package
// lines' business.)
func TestConfig(t *testing.T) {
	if c, err := jsonlines.ParseAddress("pi"); err != nil || c.Name != "jsonlines" || c.Validate() != nil {
		t.Errorf("%+v: %v, %v", c, err, c.Validate())
	}
	const want = "connect: is missing: the HOST:PORT of the decoder, such as 192.168.1.10:30047"
	if err := jsonlines.DefaultConfig().Validate(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
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
