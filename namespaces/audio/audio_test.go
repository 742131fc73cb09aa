package audio_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/namespaces/audio"
	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/gateway/gatewaytest"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script runs in a bubble; tell publishes an event of a transmission.
func script(t *testing.T, body func(t *testing.T, n *gateway.Namespace, tell func(event, id string, parts ...string))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		log := feedlog.NewMemory()
		h := hub.New(log, audio.Topics(), batch.DefaultConfig(), zerolog.Nop())
		tell := func(event, id string, parts ...string) {
			r := record.Record{Key: id}
			for _, part := range parts {
				name, raw, _ := strings.Cut(part, ":")
				r.Fields = append(r.Fields, record.Field{Name: name, Raw: raw})
			}
			r.Fields.Sort()
			if _, err := log.Publish(t.Context(), "audio", &record.Change{Event: &record.Event{Name: "audio:" + event, Record: r}}); err != nil {
				t.Error(err)
			}
			synctest.Wait()
		}
		tell("transmission", "1", `filename:"one.mp3"`, `duration_seconds:2.5`, `frequency_mhz:118.7`, `channel_name:"Tower"`, `transcription_status:"pending"`)
		gatewaytest.Run(t, h.Run)
		body(t, audio.New(audio.Config{Hub: h, Auth: gateway.Everyone, Logger: zerolog.Nop()}), tell)
	})
}

func enter(t *testing.T, n *gateway.Namespace) *gatewaytest.Client {
	c := gatewaytest.Enter(t, n)
	c.Within = time.Second
	return c
}

func TestAllFromTheStart(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, tell func(event, id string, parts ...string)) {
		c := enter(t, n)
		c.Want("on connect", c.Take(), `audio:snapshot {"epoch" … "seq":1 … "count":1 … "pending_transcriptions":1,"recent_transmissions":[{"channel_name":"Tower","created_at":"2000-01-01T00:00:00.000Z" … "id":"1" … "s3_url":null … "transcription_status":"pending" … "transmissions":[{"channel_name":"Tower"`)
		tell("transmission", "2", `filename:"two.mp3"`)
		tell("transcription_completed", "1", `status:"completed"`, `transcript:"hello"`, `audio_url:"http://x/1"`, `timestamp:"2000-01-01T00:00:09Z"`)
		c.Want("live", c.Take(), `audio:transmission … "base":1,"seq":2,"id":"2","filename":"two.mp3"`, `audio:transcription_completed … "base":2,"seq":3,"id":"1"`)
		sent, acked := c.Say("subscribe", `{"topics":"all"}`)
		c.Want("once more", sent, `subscribed {"topics":["all"],"joined":["all"],"denied":null,"unknown":null`,
			`"count":2 … "pending_transcriptions":0,"recent_transmissions":[{ … "id":"2" … "s3_url":"http://x/1" … "transcript":"hello" … "transcription_completed_at":"2000-01-01T00:00:09Z" … "transcription_status":"completed"`)
		if !strings.HasSuffix(sent[0], acked) {
			t.Errorf("acknowledged %s", acked)
		}
	})
}

// TestWishes: each gets what it subscribed to, in a sequence without holes.
func TestWishes(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, tell func(event, id string, parts ...string)) {
		recordings, texts, both := enter(t, n), enter(t, n), enter(t, n)
		for c, topics := range map[*gatewaytest.Client]string{recordings: `"transmissions"`, texts: `["transcriptions"]`, both: `["transmissions","transcriptions"]`} {
			c.Take()
			sent, _ := c.Say("subscribe", `{"topics":`+topics+`}`)
			c.Want("subscribe to "+topics, sent, `subscribed {"topics":`+"["+strings.Trim(topics, "[]")+`]`+` … "positions":{"audio":{`, `audio:snapshot … "count":1`)
		}
		tell("transmission", "2", `filename:"two.mp3"`)
		tell("transcription_started", "2")
		tell("transmission", "3")
		tell("transcription_failed", "2", `error:"noise"`)
		recordings.Want("recordings", recordings.Take(), `audio:transmission … "base":1,"seq":2`, `audio:transmission … "base":2,"seq":4`)
		texts.Want("texts", texts.Take(), `audio:transcription_started … "base":1,"seq":3`, `audio:transcription_failed … "base":3,"seq":5`)
		both.Want("both", both.Take(), `"base":1,"seq":2`, `"base":2,"seq":3`, `"base":3,"seq":4`, `"base":4,"seq":5`)

		sent, acked := both.Say("unsubscribe", `{"topics":["transmissions","all"]}`)
		both.Want("without recordings", sent, `unsubscribed {"topics":["transmissions"],"remaining":["transcriptions"]}`, `audio:snapshot … "count":3`)
		if acked != `{"topics":["transmissions"],"remaining":["transcriptions"]}` {
			t.Errorf("acknowledged %s", acked)
		}
		sent, _ = both.Say("unsubscribe", `{"topics":"all"}`)
		both.Want("what it is not subscribed to", sent, `unsubscribed {"topics":[],"remaining":["transcriptions"]}`)
		sent, _ = both.Say("unsubscribe", `{"topics":"transcriptions"}`)
		both.Want("nothing", sent, `unsubscribed {"topics":["transcriptions"],"remaining":[]}`)
		tell("transcription_started", "3")
		both.Want("nothing comes", both.Take())
		sent, _ = both.Say("subscribe", `{"topics":["video"]}`)
		both.Want("what there is not", sent, `subscribed {"topics":[],"joined":[],"denied":null,"unknown":["video"]`)
		sent, _ = both.Say("subscribe", `{"topics":"transcriptions","since":{"audio":`+position(t, texts, n)+`}}`)
		both.Want("since", sent, `"resumed":{"audio":true}`, `audio:transcription_started … "base":5,"seq":6`)
		sent, _ = both.Say("ping", `null`)
		both.Want("ping", sent, `pong {"timestamp":`)
	})
}

// position is where a session that saw everything but the last event is.
func position(t *testing.T, c *gatewaytest.Client, _ *gateway.Namespace) string {
	t.Helper()
	sent := c.Take()
	_, data, _ := strings.Cut(sent[0], " ")
	var at struct {
		Epoch string `json:"epoch"`
		Base  uint64 `json:"base"`
	}
	if err := json.Unmarshal([]byte(data), &at); err != nil || len(sent) != 1 {
		t.Fatal(sent)
	}
	out, _ := json.Marshal(wire.Position{Epoch: at.Epoch, Seq: at.Base, View: "all"})
	return string(out)
}

func TestRequests(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, tell func(event, id string, parts ...string)) {
		tell("transmission", "2", `duration_seconds:4`, `frequency_mhz:121.5`, `channel_name:"Guard"`)
		tell("transcription_started", "2")
		tell("transmission", "3", `duration_seconds:1`, `frequency_mhz:118.7`, `channel_name:"Tower North"`, `created_at:"1999-12-01T00:00:00Z"`)
		c := enter(t, n)
		c.Take()
		for name, tc := range map[string]struct{ payload, want, not string }{
			"all":          {`{"type":"transmissions"}`, `"data":[{"channel_name":"Tower North" … "id":"2" … "transcription_status":"processing" … "id":"1"`, ""},
			"one":          {`{"type":"transmissions","params":{"limit":"1"}}`, `"id":"3"`, `"id":"2"`},
			"a frequency":  {`{"type":"transmissions","params":{"frequency":"121.5"}}`, `"id":"2"`, `"id":"1"`},
			"a channel":    {`{"type":"transmissions","params":{"channel_name":"tower"}}`, `"id":"3" … "id":"1"`, `"id":"2"`},
			"a status":     {`{"type":"transmissions","params":{"transcription_status":"pending"}}`, `"id":"1"`, `"id":"2"`},
			"none":         {`{"type":"transmissions","params":{"frequency":99}}`, `"data":[]`, ""},
			"wrong":        {`{"type":"transmissions","params":{"frequency":"tower"}}`, `"message":"frequency: expected a number (MHz)"`, ""},
			"by id":        {`{"type":"transmission","params":{"id":2}}`, `"data":{"channel_name":"Guard"`, ""},
			"by its text":  {`{"type":"transmission","params":{"id":"2"}}`, `"data":{"channel_name":"Guard"`, ""},
			"no such":      {`{"type":"transmission","params":{"id":9}}`, `"data":null`, ""},
			"without id":   {`{"type":"transmission","params":{}}`, `"message":"Missing id parameter"`, ""},
			"unknown type": {`{"type":"recordings"}`, `"message":"Unknown request type: recordings"`, ""},
			"stats": {`{"type":"stats"}`, `"data":{"total_transmissions":3,"last_24h":2,"total_duration_seconds":7.5,"status_counts":{"pending":1,"processing":1},` +
				`"top_frequencies":[{"frequency_mhz":118.7,"count":2},{"frequency_mhz":121.5,"count":1}],"timestamp":`, ""},
		} {
			sent, _ := c.Say("request", tc.payload)
			c.Want(name, sent, tc.want)
			if tc.not != "" && strings.Contains(sent[0], tc.not) {
				t.Errorf("%s: %q has %s", name, sent, tc.not)
			}
		}
	})
}

// An id that is a number stays one, and is the same as that in text.
func TestNumberAsID(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, tell func(event, id string, parts ...string)) {
		tell("transmission", "7", `id:7`, `filename:"seven.mp3"`)
		c := enter(t, n)
		c.Want("on connect", c.Take(), `audio:snapshot … "count":2 … "recent_transmissions":[{ … "id":7, … "id":"1"`)
		tell("transcription_completed", "7", `id:7`, `transcript:"hello"`)
		c.Want("live", c.Take(), `audio:transcription_completed … "id":7,"transcript":"hello"`)
		sent, _ := c.Say("request", `{"type":"transmission","params":{"id":7}}`)
		c.Want("by id", sent, `"filename":"seven.mp3" … "id":7, … "transcript":"hello"`)
		sent, _ = c.Say("subscribe", `{"topics":"all"}`)
		c.Want("again", sent, `subscribed`, `"count":2 … "id":7, … "transcript":"hello"`)
	})
}

func TestWrongNamesAndPermission(t *testing.T) {
	script(t, func(t *testing.T, n *gateway.Namespace, _ func(event, id string, parts ...string)) {
		c := enter(t, n)
		c.Take()
		for _, payload := range []string{`null`, `{}`, `{"topics":7}`, `{"topics":["` + strings.Repeat(`a","`, 200) + `"]}`, `{"topics":"` + strings.Repeat("a", 101) + `"}`} {
			for _, event := range []string{"subscribe", "unsubscribe"} {
				sent, _ := c.Say(event, payload)
				c.Want(event, sent, `error … "code":"invalid_payload" … 'topics'`)
			}
		}
		for permission, in := range map[string]bool{"audio.view": true, "aircraft.view": false} {
			guarded := audio.New(audio.Config{Logger: zerolog.Nop(), Auth: func(context.Context, json.RawMessage) (gateway.Identity, error) {
				return gatewaytest.Permissions{permission: true}, nil
			}})
			if _, err := guarded.Authorise(t.Context(), nil); (err == nil) != in {
				t.Errorf("with %s: %v", permission, err)
			}
		}
	})
}
