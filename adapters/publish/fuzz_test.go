package publish_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/skygate-io/skygate/adapters/publish"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// teller tells what is published, as clients get it.
type teller struct {
	policy topic.Policy
	told   []string
}

func (p *teller) Publish(_ context.Context, e record.Event, _ int64) error {
	m := wire.Event(&p.policy, wire.Span{At: topic.Position{Epoch: "e", Seq: 1}}, &e, time.UnixMilli(0))
	p.told = append(p.told, string(m.Data))
	return nil
}

func (p *teller) PublishOnce(ctx context.Context, _ string, e record.Event, at int64) (bool, error) {
	return true, p.Publish(ctx, e, at)
}

// FuzzBody takes any body: what is accepted is told as an object in JSON whose
// position is the server's, and what is not is refused by an error with a code.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"topic":"ops","data":{"id":"a","x":1,"x":2}}`, `{"topic":"ops","events":[{"event":"ops:a","data":{"b":[{}]}}],"key":"k"}`,
		`{"Topic":"ops","DATA":{"Seq":1,"\u0073eq":2}}`, `{"topic":"ops","data":{"":"\ud800","@":"@1"}}`, `{"topic":"ops","data":null}`, `[]`, ``,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p := &teller{policy: topic.DefaultOwn().Policy("ops")}
		h := publish.New(publish.DefaultConfig(), []publish.Topic{{Policy: p.policy, Publisher: p}}, ring{})
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("X-API-Key", "sk_all")
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var answer struct {
			Code, Message string
			Published     int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%s: %v", w.Body, err)
		}
		if w.Code != http.StatusAccepted && (w.Code >= 500 || answer.Code == "" || answer.Message == "" || len(p.told) > 0) {
			t.Fatalf("refused by %d %s, told %v", w.Code, w.Body, p.told)
		}
		for _, told := range p.told {
			var event map[string]any
			if err := json.Unmarshal([]byte(told), &event); err != nil || event["id"] == "" || event["epoch"] != "e" || event["seq"] != 1.0 || !utf8.ValidString(told) {
				t.Fatalf("told %q: %v", told, err)
			}
		}
	})
}
