package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// quietTime is how long nothing may come over a subscription before the server is asked
// whether it lives; if nothing comes for as long again it is given up.
const quietTime = 3 * time.Second

// Hear takes what comes over a subscription until that fails, take does, or ctx ends. It
// never ends without an error. (The library's own way subscribes again by itself, ten times
// a second, in all processes at once.)
func Hear(ctx context.Context, pubsub *goredis.PubSub, take func(any) error) error {
	asked := false
	for {
		got, err := pubsub.ReceiveTimeout(ctx, quietTime)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded) || isTimeout(err):
			if asked {
				return fmt.Errorf("nothing comes: %w", err)
			}
			asked, err = true, pubsub.Ping(ctx)
		case err == nil:
			asked, err = false, take(got)
		}
		if err != nil {
			return err
		}
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
