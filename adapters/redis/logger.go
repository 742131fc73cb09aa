package redis

import (
	"context"

	goredis "github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// LogTo has the library log to logger, for all clients, at level debug: what matters
// of it comes back as the error of a call. Until then it writes to standard error. It
// is called before the first client is opened.
func LogTo(logger zerolog.Logger) { goredis.SetLogger(libraryLogger{logger}) }

type libraryLogger struct{ logger zerolog.Logger }

// Printf implements the library's interface.
func (l libraryLogger) Printf(_ context.Context, format string, v ...any) {
	l.logger.Debug().Msgf(format, v...)
}
