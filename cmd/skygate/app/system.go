package app

import (
	"cmp"
	"runtime/debug"
	"time"

	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/presence"
)

// system tells clients how the program is.
type system struct{ *App }

var _ root.System = system{}

// Clients implements root.System.
func (s system) Clients() presence.Total { return s.presence.Total() }

// Health implements root.System: as /healthz.
func (s system) Health() string { return s.health(time.Now()).Status }

// Messages implements root.System: of all sources together.
func (s system) Messages() (heard uint64) {
	for _, source := range s.sources {
		heard += source.status().Messages
	}
	return heard
}

// Version implements root.System: that of the build.
func (s system) Version() string {
	const unknown = "(devel)"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return unknown
	}
	return cmp.Or(info.Main.Version, unknown)
}
