package root_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/presence"
	"github.com/skygate-io/skygate/pkg/record"
)

// desk is where a client asks for all there is, in a bubble.
type desk struct {
	*testing.T
	log       *feedlog.Memory
	namespace *gateway.Namespace
	*conn
	session *gateway.Session
}

// program stands in for the program around.
type program struct{}

func (program) Clients() presence.Total {
	return presence.Sum(
		presence.Counts{Connections: 4, Sessions: map[string]int{"/": 3, "/acars": 1}, Subscribers: map[string]int{"aircraft": 3}},
		presence.Counts{Connections: 3, Sessions: map[string]int{"/": 2}, Subscribers: map[string]int{"aircraft": 1, "stats": 2}},
	)
}
func (program) Health() string   { return "degraded" }
func (program) Messages() uint64 { return 12345 }
func (program) Version() string  { return "v1.2.3" }

// atDesk runs a script in which aircraft are known, with every topic there is. It
// begins on 1 January 2000 at midnight.
func atDesk(t *testing.T, known []record.Record, script func(d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		log := feedlog.NewMemory()
		if _, err := begin(t, log, "aircraft").Append(t.Context(), &record.Change{Added: known}); err != nil {
			t.Fatal(err)
		}
		acknowledged := feed.NewPublisher("safety", log, feed.Remember{}, zerolog.Nop())
		h := serve(t, log, root.Topics(root.Aircraft()), acknowledged.Run)
		cfg := around(h)
		cfg.System = program{}
		n := root.New(cfg)
		root.AddAcknowledge(n, h, acknowledged)
		d := &desk{T: t, log: log, namespace: n}
		d.conn, d.session = connect(n, `{"subscribe":{"topics":[]}}`)
		d.take()
		t.Cleanup(d.session.Close)
		script(d)
	})
}

// happens puts an event into a topic, of `name=raw` parts.
func (d *desk) happens(topicName, event, key string, parts ...string) {
	d.Helper()
	e := &record.Event{Name: event, Record: record.Record{Key: key}}
	for _, part := range parts {
		name, raw, _ := strings.Cut(part, "=")
		e.Fields = append(e.Fields, record.Field{Name: name, Raw: raw})
	}
	e.Fields.Sort()
	if _, err := d.log.Publish(d.Context(), topicName, &record.Change{Event: e}); err != nil {
		d.Fatal(err)
	}
	synctest.Wait()
}

// ask gives the data of the answer to a request, or the error as its code and message.
func (d *desk) ask(requestType, params string) string {
	d.Helper()
	return askOf(d.T, d.conn, d.session, requestType, params)
}

func askOf(t *testing.T, c *conn, s *gateway.Session, requestType, params string) string {
	t.Helper()
	c.take()
	s.Receive("request", []json.RawMessage{json.RawMessage(fmt.Sprintf(`{"type":%q,"request_id":1,"params":%s}`, requestType, params))}, nil)
	sent := c.take()
	if len(sent) != 1 {
		t.Fatalf("%s is answered by %q", requestType, sent)
	}
	_, payload, _ := strings.Cut(sent[0], " ")
	var answer struct {
		Data          json.RawMessage
		Code, Message string
	}
	if err := json.Unmarshal([]byte(payload), &answer); err != nil {
		t.Fatalf("%v: %s", err, payload)
	}
	if answer.Code != "" {
		return answer.Code + ": " + answer.Message
	}
	return string(answer.Data)
}

// wants asks, and compares the answer; a time in it that is now stands as NOW.
func (d *desk) wants(requestType, params, want string) {
	d.Helper()
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	if got := strings.ReplaceAll(d.ask(requestType, params), now, "NOW"); got != want {
		d.Errorf("%s %s\n got %s\nwant %s", requestType, params, got, want)
	}
}
