package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/skygate-io/skygate/pkg/gateway"
)

// Who has no connection is answered as who has one; nothing but an Error comes back.
func TestAsk(t *testing.T) {
	n := newNamespace(func(*gateway.Session, json.RawMessage) error {
		t.Error("who only asks is connected")
		return nil
	})
	var asked context.Context
	gateway.Handle(n, "name", "", func(ctx context.Context, s *gateway.Session, p struct{ Of string }) (any, error) {
		asked = ctx
		return map[string]string{"of": p.Of, "who": s.Identity().ID()}, s.Reply("shout", "nobody hears it", nil)
	})
	gateway.Handle(n, "raw", "", func(context.Context, *gateway.Session, struct{}) (json.RawMessage, error) {
		return json.RawMessage(`{"as": "it is"}`), nil
	})
	gateway.Handle(n, "fails", "", func(context.Context, *gateway.Session, struct{}) (any, error) { return nil, errors.New("secret") })
	gateway.Handle(n, "panics", "", func(context.Context, *gateway.Session, struct{}) (any, error) { panic("secret") })
	gateway.Handle(n, "unsayable", "", func(context.Context, *gateway.Session, struct{}) (any, error) { return func() {}, nil })
	gateway.Handle(n, "secret", "secrets.view", func(context.Context, *gateway.Session, struct{}) (any, error) { return 1, nil })
	for name, tc := range map[string]struct{ request, params, data, code string }{
		"an answer":    {"name", `{"of":"x"}`, `{"of":"x","who":"anna"}`, ""},
		"no params":    {"name", ``, `{"of":"","who":"anna"}`, ""},
		"as it is":     {"raw", `{}`, `{"as": "it is"}`, ""},
		"wrong params": {"name", `{"of":7}`, "", gateway.CodeInvalidParams},
		"unknown":      {"nothing", `{}`, "", gateway.CodeUnknownRequest},
		"not allowed":  {"secret", `{}`, "", gateway.CodePermissionDenied},
		"a fault":      {"fails", `{}`, "", gateway.CodeInternal},
		"a panic":      {"panics", `{}`, "", gateway.CodeInternal},
		"no JSON":      {"unsayable", `{}`, "", gateway.CodeInternal},
	} {
		data, err := n.Ask(t.Context(), visitor{}, tc.request, json.RawMessage(tc.params))
		var told *gateway.Error
		code := ""
		if errors.As(err, &told) {
			code = told.Code
		}
		if string(data) != tc.data || code != tc.code || (err == nil) != (tc.code == "") {
			t.Errorf("%s: %s, %v", name, data, err)
		}
		if err != nil && err.Error() != "" && code == gateway.CodeInternal && err.Error() != "Internal server error" {
			t.Errorf("%s: %v tells too much", name, err)
		}
	}
	if asked.Err() == nil {
		t.Error("the context of a request outlives it")
	}
}

// visitor may what everybody may.
type visitor struct{}

func (visitor) ID() string                 { return "anna" }
func (visitor) May(permission string) bool { return permission == "" }
