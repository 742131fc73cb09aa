package feed

import (
	"errors"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/pkg/feedlog"
)

// trouble logs when the log does not take what is written to a topic, and when it does
// again. It is quiet about what the log says itself.
type trouble struct {
	logger zerolog.Logger
	failed bool          // the last time
	level  zerolog.Level // at which the end is logged
}

// note takes what became of an attempt.
func (t *trouble) note(err error) {
	switch {
	case err == nil && t.failed:
		t.logger.WithLevel(t.level).Msg("the log takes what is written again")
	case errors.Is(err, feedlog.ErrUnreachable):
		if !t.failed {
			t.level = zerolog.DebugLevel
			t.logger.Debug().Err(err).Msg("the log cannot be written; trying until it can")
		}
	case err != nil && (!t.failed || t.level == zerolog.DebugLevel):
		t.level = zerolog.InfoLevel
		t.logger.Warn().Err(err).Msg("the log does not take what is written; trying until it does")
	}
	t.failed = err != nil
}
