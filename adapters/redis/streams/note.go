package streams

import (
	"errors"

	"github.com/skygate-io/skygate/pkg/feedlog"
)

// note says how it went to read a topic, each of which is a part of what is asked of
// Redis. Writing is none: who writes tells by itself what is not an outage.
func (l *Log) note(name string, err error) {
	part := l.client.Part("the topic "+name, l.logger)
	switch {
	case err == nil || errors.Is(err, feedlog.ErrUnreachable):
		part.Note(err)
	case errors.Is(err, errDamaged):
		part.Fails(err, "what redis has of the topic is damaged; whoever writes it begins it anew. If this stays, delete the keys of the topic: {prefix:topic}:log, :head and :snap")
	default:
		part.Fails(err, "the topic cannot be read; trying until it can")
	}
}
