package uat_test

import (
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/uat"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/lines"
	"github.com/skygate-io/skygate/pkg/lines/linestest"
)

// TestConfig: the customary port is this kind's own. (What else may be wrong is package
// lines' business.)
func TestConfig(t *testing.T) {
	if c, err := uat.ParseAddress("[::1]"); err != nil || c.Name != "uat" || c.Validate() != nil {
		t.Errorf("%+v: %v, %v", c, err, c.Validate())
	}
	const want = "connect: is missing: the HOST:PORT of the decoder, such as 192.168.1.10:30979"
	if err := uat.DefaultConfig().Validate(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
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
