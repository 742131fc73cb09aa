package feedlog_test

import (
	"context"
	"errors"
	"testing"

	"github.com/skygate-io/skygate/pkg/feedlog"
)

func TestAlone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	lease, err := feedlog.Alone{}.Hold(ctx, "aircraft")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-lease.Lost():
		t.Error("it is lost at once")
	default:
	}
	lease.Release()
	lease.Release()
	<-lease.Lost()
	cancel()
	if _, err := (feedlog.Alone{}).Hold(ctx, "aircraft"); !errors.Is(err, context.Canceled) {
		t.Errorf("Hold = %v, want the context's error", err)
	}
}
