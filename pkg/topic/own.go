package topic

import (
	"fmt"
	"regexp"
	"time"
)

// Own declares a topic of events of an operator's own: what is told in it comes from
// outside.
type Own struct {
	// Permission is what a client needs to see the topic; "" (the default) is none.
	Permission string `koanf:"permission"`
	// Bypass has its events go out at once, ahead of what is waiting. Default false.
	Bypass bool `koanf:"bypass"`
	// Retention is how long events are remembered for clients that resume: 0s to
	// 24h, default 1h.
	Retention time.Duration `koanf:"retention"`
	// Recent is how many events a snapshot has at most: 0 to 1000, default 50.
	Recent int `koanf:"recent"`
}

// DefaultOwn gives what is not declared.
func DefaultOwn() Own { return Own{Retention: time.Hour, Recent: 50} }

// The bounds of what such a topic remembers, whatever its retention.
const (
	ownEvents = 10_000
	ownBytes  = 16 << 20
)

// Policy gives the topic its policy. Its events are "<name>:…", each with an "id".
func (o Own) Policy(name string) Policy {
	return Policy{
		Name:        name,
		Prefix:      name,
		Kind:        Event,
		Key:         "id",
		List:        "events",
		Permission:  o.Permission,
		Bypass:      o.Bypass,
		Retention:   o.Retention,
		RetainMost:  ownEvents,
		RetainBytes: ownBytes,
		Recent:      o.Recent,
	}
}

var (
	ownName       = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	ownPermission = regexp.MustCompile(`^([a-z][a-z0-9_]*(\.[a-z0-9_]+)*)?$`)
)

// ValidateOwnName says what is wrong with a name for a topic of an operator's own.
// That it is another topic's is not known here.
func ValidateOwnName(name string) error {
	if !ownName.MatchString(name) {
		return fmt.Errorf("%q is no name for a topic: 1 to 40 of a to z, digits and _, a letter first", name)
	}
	return nil
}

// Validate names the first value that is out of range.
func (o Own) Validate() error {
	switch {
	case !ownPermission.MatchString(o.Permission):
		return fmt.Errorf("permission: %q is no permission: such as ops.view, or nothing", o.Permission)
	case o.Retention < 0 || o.Retention > 24*time.Hour:
		return fmt.Errorf("retention: %v is out of range: from 0s to 24h", o.Retention)
	case o.Recent < 0 || o.Recent > 1000:
		return fmt.Errorf("recent: %d is out of range: from 0 to 1000", o.Recent)
	}
	return nil
}
