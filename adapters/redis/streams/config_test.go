package streams_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/redis/streams"
)

func TestConfig(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*streams.Config)
		want string // how the error begins; "" for none
	}{
		"default":              {func(*streams.Config) {}, ""},
		"no time":              {func(c *streams.Config) { c.Timeout = 0 }, "timeout: 0s is out of range"},
		"snapshots too often":  {func(c *streams.Config) { c.SnapshotEvery = time.Millisecond }, "snapshot_every: "},
		"no changes":           {func(c *streams.Config) { c.SnapshotChanges = 0 }, "snapshot_changes: 0"},
		"nothing retained":     {func(c *streams.Config) { c.Retain = 0 }, "retain: "},
		"no bytes retained":    {func(c *streams.Config) { c.RetainBytes = 1 }, "retain_bytes: 1"},
		"replicas below 0":     {func(c *streams.Config) { c.WaitReplicas = -1 }, "wait_replicas: -1"},
		"too long for replica": {func(c *streams.Config) { c.WaitTimeout = time.Minute }, "wait_timeout: 1m0s"},
	} {
		t.Run(name, func(t *testing.T) {
			config := streams.DefaultConfig()
			c.set(&config)
			err := config.Validate()
			if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("Validate() = %v, want %q", err, c.want)
			}
		})
	}
}
