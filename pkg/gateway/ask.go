package gateway

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/skygate-io/skygate/pkg/wire"
)

// Ask answers a request of somebody who has no connection: the data of the response,
// or an [*Error]. Nothing else reaches them, so it is for requests that only tell.
func (n *Namespace) Ask(ctx context.Context, who Identity, requestType string, params json.RawMessage) (data json.RawMessage, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
		if err == nil {
			return
		}
		e, internal := told(err)
		if internal {
			n.logger.Error().Str("request", requestType).Err(err).Msg("a request could not be answered")
		}
		data, err = nil, e
	}()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &Session{ctx: ctx, cancel: cancel, namespace: n, conn: nowhere{}, who: who, logger: n.logger}
	s.Member = n.hub.Enter(s.conn, who.May)
	s.Own(who.ID())
	answer, err := n.answer(s, requestType, params)
	if err != nil {
		return nil, err
	}
	if raw, ok := answer.(json.RawMessage); ok {
		return raw, nil
	}
	return wire.Marshal(answer)
}

// nowhere is the connection of who has none.
type nowhere struct{}

var _ Conn = nowhere{}

func (nowhere) ID() string            { return "" }
func (nowhere) Send(...*wire.Message) {}
func (nowhere) Hold()                 {}
func (nowhere) Release()              {}
func (nowhere) Close(string)          {}
func (nowhere) Purge(string)          {}
