package feedlog

import (
	"context"
	"sync"
	"time"
)

// Alone is the leases of a gateway that runs alone: whoever asks is the writer.
type Alone struct{}

var _ Leases = Alone{}

// Hold implements [Leases].
func (Alone) Hold(ctx context.Context, _ string, _ func() time.Time) (Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &granted{lost: make(chan struct{})}, nil
}

type granted struct {
	once sync.Once
	lost chan struct{}
}

func (g *granted) Lost() <-chan struct{} { return g.lost }

func (g *granted) Heard() time.Time { return time.Time{} }

func (g *granted) Release() { g.once.Do(func() { close(g.lost) }) }
