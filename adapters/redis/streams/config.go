package streams

import (
	"fmt"
	"time"
)

// Config says what is kept in Redis, and how sure it has to be.
type Config struct {
	// Timeout is how long one call may take: 100ms to 1m, default 3s.
	Timeout time.Duration `koanf:"timeout"`
	// SnapshotEvery and SnapshotChanges are the time and the number of changes after
	// which a topic's snapshot is written anew: 1s to 10m, default 10s; 1 to 100000,
	// default 100.
	SnapshotEvery   time.Duration `koanf:"snapshot_every"`
	SnapshotChanges int           `koanf:"snapshot_changes"`
	// Retain and RetainBytes are how long changes of state are kept, and how much of
	// them, of each topic: 1s to 1h, default 30s; 1048576 to 17179869184, default
	// 268435456. What a new reader needs is kept in any case.
	Retain      time.Duration `koanf:"retain"`
	RetainBytes int64         `koanf:"retain_bytes"`
	// WaitReplicas is how many replicas must have an event before who published it is
	// told so: 0 (the default: none) to 10. WaitTimeout is how long they may take: 10ms
	// to 1s, and less than the connection's read_timeout; default 500ms.
	WaitReplicas int           `koanf:"wait_replicas"`
	WaitTimeout  time.Duration `koanf:"wait_timeout"`
}

// DefaultConfig is for 10,000 aircraft and one replica that is not waited for.
func DefaultConfig() Config {
	return Config{
		Timeout:         3 * time.Second,
		SnapshotEvery:   10 * time.Second,
		SnapshotChanges: 100,
		Retain:          30 * time.Second,
		RetainBytes:     256 << 20,
		WaitTimeout:     500 * time.Millisecond,
	}
}

// Validate names the first value that is out of range.
func (c Config) Validate() error {
	switch {
	case c.Timeout < 100*time.Millisecond || c.Timeout > time.Minute:
		return fmt.Errorf("timeout: %v is out of range: from 100ms to 1m", c.Timeout)
	case c.SnapshotEvery < time.Second || c.SnapshotEvery > 10*time.Minute:
		return fmt.Errorf("snapshot_every: %v is out of range: from 1s to 10m", c.SnapshotEvery)
	case c.SnapshotChanges < 1 || c.SnapshotChanges > 100_000:
		return fmt.Errorf("snapshot_changes: %d is out of range: from 1 to 100000", c.SnapshotChanges)
	case c.Retain < time.Second || c.Retain > time.Hour:
		return fmt.Errorf("retain: %v is out of range: from 1s to 1h", c.Retain)
	case c.RetainBytes < 1<<20 || c.RetainBytes > 16<<30:
		return fmt.Errorf("retain_bytes: %d is out of range: from 1048576 to 17179869184", c.RetainBytes)
	case c.WaitReplicas < 0 || c.WaitReplicas > 10:
		return fmt.Errorf("wait_replicas: %d is out of range: from 0 to 10", c.WaitReplicas)
	case c.WaitTimeout < 10*time.Millisecond || c.WaitTimeout > time.Second:
		return fmt.Errorf("wait_timeout: %v is out of range: from 10ms to 1s", c.WaitTimeout)
	}
	return nil
}

// Bounds say what is kept of a topic of events: so many, so many bytes, for so long.
type Bounds struct {
	Events int
	Bytes  int64
	For    time.Duration
}

// defaultBounds are those of a topic for which nobody says anything else.
var defaultBounds = Bounds{Events: 10_000, Bytes: 16 << 20, For: 24 * time.Hour}
