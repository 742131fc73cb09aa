package gateway

import (
	"context"
	"encoding/json"

	"github.com/skygate-io/skygate/pkg/wire"
)

// Reword has every message to a session of the namespace pass a function first,
// which gives the one to send instead, or nil for none: so a namespace tells what
// comes from the hub in words of its own. It is called while the hub is locked: it
// neither blocks nor calls the hub. Call Reword before clients connect.
func (n *Namespace) Reword(words func(s *Session, m *wire.Message) *wire.Message) { n.words = words }

// reworded is a connection whose messages are told in a namespace's own words.
type reworded struct {
	Conn
	session *Session
	words   func(s *Session, m *wire.Message) *wire.Message
}

// Send implements [Conn].
func (r *reworded) Send(messages ...*wire.Message) {
	var told []*wire.Message // nil as long as it is the same
	for i, m := range messages {
		words := r.words(r.session, m)
		if words != m && told == nil {
			told = append(make([]*wire.Message, 0, len(messages)), messages[:i]...)
		}
		if told != nil && words != nil {
			told = append(told, words)
		}
	}
	if told == nil {
		told = messages
	}
	if len(told) > 0 {
		r.Conn.Send(told...)
	}
}

// Requiring lets in those whom auth lets in, if they have a permission.
func Requiring(permission string, auth Auth) Auth {
	return func(ctx context.Context, raw json.RawMessage) (Identity, error) {
		who, err := auth(ctx, raw)
		if err == nil && !who.May(permission) {
			return nil, errorf(CodePermissionDenied, "Permission denied: %s is needed here", permission)
		}
		return who, err
	}
}
