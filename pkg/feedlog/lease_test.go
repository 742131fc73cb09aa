package feedlog_test

import (
	"context"
	"errors"
	"testing"

	"github.com/skygate-io/skygate/pkg/feedlog"
)

func TestAlone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	lease, err := feedlog.Alone{}.Hold(ctx, "aircraft", nil)
	if err != nil {
		t.Fatal(err)
	}
	if at := lease.Heard(); !at.IsZero() {
		t.Errorf("somebody heard before, at %v", at)
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
	if _, err := (feedlog.Alone{}).Hold(ctx, "aircraft", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Hold = %v, want the context's error", err)
	}
}
