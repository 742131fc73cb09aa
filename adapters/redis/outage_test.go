package redis_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
)

// reply is what a server answers.
type reply string

func (r reply) Error() string { return string(r) }
func (reply) RedisError()     {}

var errGone = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}

func TestIsAway(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"nothing":          {nil, false},
		"nobody is there":  {errGone, true},
		"the end":          {fmt.Errorf("read: %w", io.EOF), true},
		"time is over":     {context.DeadlineExceeded, true},
		"no connection":    {goredis.ErrPoolTimeout, true},
		"it loads":         {reply("LOADING Redis is loading the dataset in memory"), true},
		"a Cluster's node": {fmt.Errorf("run: %w", reply("CLUSTERDOWN The cluster is down")), true},
		"another password": {reply("WRONGPASS invalid username-password pair or user is disabled."), true},
		"too many clients": {reply("ERR max number of clients reached"), true},
		"not permitted":    {fmt.Errorf("run: %w", reply("NOPERM this user has no permissions")), false},
		"another type":     {reply("WRONGTYPE Operation against a key"), false},
		"full":             {reply("OOM command not allowed"), false},
		"only reads":       {reply("READONLY You can't write against a read only replica."), false},
		"too few replicas": {reply("NOREPLICAS Not enough good replicas to write."), false},
	} {
		if got := redis.IsAway(c.err); got != c.want {
			t.Errorf("%s: IsAway(%v) = %v", name, c.err, got)
		}
	}
}

// said is what parts log, as lines of level, message and some of the rest.
type said struct {
	*testing.T
	bytes.Buffer
}

func (s *said) want(lines ...string) {
	s.Helper()
	var got []string
	for line := range strings.Lines(s.String()) {
		var l map[string]any
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			s.Fatal(err)
		}
		text := fmt.Sprint(l["level"], ": ", l["message"])
		for _, name := range []string{"part", "parts", "after", "events"} {
			if l[name] != nil {
				text += fmt.Sprint(" ", name, "=", l[name])
			}
		}
		got = append(got, text)
	}
	s.Reset()
	if !slices.Equal(got, lines) {
		s.Errorf("it says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}

// parts gives some, that log without what is for debugging.
func parts(t *testing.T, names ...string) (c *redis.Client, s *said, all []*redis.Part) {
	t.Helper()
	c, s = redis.OfNothing(), &said{T: t}
	for _, name := range names {
		all = append(all, c.Part(name, zerolog.New(&s.Buffer).Level(zerolog.InfoLevel)))
	}
	return c, s, all
}

func TestAnOutageIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, all := parts(t, "a", "b", "c")
		lost := uint64(3)
		c.Loses("events", func() uint64 { return lost })
		for _, p := range all {
			p.Note(nil)
		}
		s.want()
		lost = 5 // before it is noticed
		for range 3 {
			for _, p := range all {
				p.Note(errGone)
			}
			time.Sleep(time.Second)
		}
		s.want("warn: redis is away; trying until it is back part=a")
		lost = 10
		all[0].Note(nil)
		all[1].Note(nil)
		time.Sleep(2 * time.Second)
		all[0].Note(nil)
		s.want() // c has yet to say so
		all[2].Note(nil)
		s.want() // and the others might fail
		time.Sleep(time.Second)
		all[2].Note(nil)
		s.want("info: redis is back after=5s events=7")

		time.Sleep(time.Minute)
		all[1].Note(io.EOF)
		all[1].Note(nil)
		all[2].Note(io.EOF) // the same outage
		time.Sleep(time.Second)
		all[2].Note(nil)
		time.Sleep(time.Second)
		all[0].Note(nil)
		s.want("warn: redis is away; trying until it is back part=b", "info: redis is back after=1s")
	})
}

// TestAPartFailsAlone: it is named, when it is a part that Redis is away for, and when
// Redis refuses what it asks.
func TestAPartFailsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, all := parts(t, "a", "b")
		for range 30 {
			all[0].Note(nil)
			all[1].Note(errGone)
			time.Sleep(time.Second)
		}
		s.want("warn: redis is away; trying until it is back part=b", "warn: redis is away for some parts, and there for others parts=[b]")
		all[1].Note(nil)
		time.Sleep(time.Second)
		all[0].Note(nil)
		s.want("info: redis is back after=30s")
		for range 2 {
			all[0].Note(reply("OOM command not allowed"))
			all[1].Note(reply("NOPERM XADD"))
			all[1].Note(reply("NOPERM XREAD"))
			time.Sleep(time.Second)
		}
		all[1].Note(reply("OOM command not allowed"))
		s.want(
			"error: redis refuses what is asked of it part=a",
			"error: redis refuses what is asked of it part=b",
			"error: redis refuses what is asked of it part=b",
		)
		all[0].Note(nil)
		all[0].Note(nil)
		all[1].Note(errGone)
		all[1].Fails(errors.New("odd"), "what is there is odd")
		time.Sleep(2 * time.Second)
		all[1].Note(nil)
		s.want(
			"info: redis does again what is asked of it part=a after=2s",
			"warn: redis is away; trying until it is back part=b",
			"error: what is there is odd part=b",
			"info: redis does again what is asked of it part=b after=2s",
			"info: redis is back after=0s",
		)
	})
}

// TestAnAnswerMendsNoRefusal: who hears from Redis, and wrote nothing, knows that it is
// there, and not that it does again what it refused.
func TestAnAnswerMendsNoRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, all := parts(t, "a")
		all[0].Note(reply("READONLY"))
		s.want("error: redis refuses what is asked of it part=a")
		all[0].Answers()
		s.want()
		time.Sleep(time.Second)
		all[0].Note(nil)
		s.want("info: redis does again what is asked of it part=a after=1s")
		all[0].Note(errGone)
		all[0].Answers()
		time.Sleep(time.Second)
		all[0].Answers()
		s.want("warn: redis is away; trying until it is back part=a", "info: redis is back after=0s")
	})
}

// TestAllAreAwayForLong: nobody is named when nobody is well, and the end of the caller
// is no outage.
func TestAllAreAwayForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, all := parts(t, "a", "b")
		all[0].Note(context.Canceled)
		all[0].Note(goredis.ErrClosed)
		s.want()
		for range 60 {
			all[0].Note(errGone)
			all[1].Note(context.DeadlineExceeded)
			time.Sleep(time.Second)
		}
		s.want("warn: redis is away; trying until it is back part=a")
	})
}

// TestIsAwayOfAServer: what the library says of a server that is gone, and of one that is
// frozen, forbids, or lets nobody in.
func TestIsAwayOfAServer(t *testing.T) {
	server, config := redistest.WithACL(t)
	config.ReadTimeout = 200 * time.Millisecond
	want := func(what string, away bool, config redis.Config) {
		t.Helper()
		if err := open(t, config).Set(t.Context(), "elsewhere", "x", 0).Err(); err == nil || redis.IsAway(err) != away {
			t.Errorf("%s: IsAway(%v) = %v", what, err, redis.IsAway(err))
		}
	}
	want("a key that is forbidden", false, config)
	stranger := config
	stranger.Password = "another"
	want("a stranger", true, stranger)
	server.Freeze()
	want("frozen", true, config)
	server.Kill()
	want("gone", true, config)
	config.Mode, config.Master = redis.Sentinel, "mymaster"
	want("no Sentinel", true, config)
	config.Mode = redis.Cluster
	want("no Cluster", true, config)
}
