package config

import (
	"fmt"
	"strings"

	"github.com/skygate-io/skygate/adapters/acars"
	"github.com/skygate-io/skygate/adapters/awc"
	"github.com/skygate-io/skygate/adapters/boundaries"
	"github.com/skygate-io/skygate/adapters/demo"
	"github.com/skygate-io/skygate/adapters/jsonlines"
	"github.com/skygate-io/skygate/adapters/notams"
	"github.com/skygate-io/skygate/adapters/readsb"
	"github.com/skygate-io/skygate/adapters/replay"
	"github.com/skygate-io/skygate/adapters/sbs"
	"github.com/skygate-io/skygate/adapters/tfr"
	"github.com/skygate-io/skygate/adapters/uat"
)

// kinds are all kinds of sources.
var kinds = []kind{
	{"demo", demo.DefaultConfig(), parser(demo.ParseAddress)},
	{"readsb", readsb.DefaultConfig(), parser(func(address string) (readsb.Config, error) {
		c := readsb.DefaultConfig()
		c.URL = address
		return c, nil
	})},
	{"sbs", sbs.DefaultConfig(), parser(sbs.ParseAddress)},
	{"jsonlines", jsonlines.DefaultConfig(), parser(jsonlines.ParseAddress)},
	{"uat", uat.DefaultConfig(), parser(uat.ParseAddress)},
	{"replay", replay.DefaultConfig(), parser(replay.ParseAddress)},
	{"acars", acars.DefaultConfig(), parser(acars.ParseAddress)},
	{"awc", awc.DefaultConfig(), parser(awc.ParseAddress)},
	{"boundaries", boundaries.DefaultConfig(), parser(boundaries.ParseAddress)},
	{"tfr", tfr.DefaultConfig(), parser(tfr.ParseAddress)},
	{"notams", notams.DefaultConfig(), parser(notams.ParseAddress)},
}

// A kind is one kind of source.
type kind struct {
	name     string
	defaults SourceConfig
	// parse makes a config of an address: what a command line says in one text.
	parse func(address string) (SourceConfig, error)
}

func parser[C SourceConfig](parse func(string) (C, error)) func(string) (SourceConfig, error) {
	return func(address string) (SourceConfig, error) { return parse(address) }
}

// Source is one entry of the list of sources. In a file it has the keys kind,
// name and address, and beside them those of the kind's own Config. An address
// says in one text what some of these say, as it does on the command line.
type Source struct {
	// Kind is a name in the table of kinds.
	Kind string
	// Name is what the source is called in logs and in its status. No two have
	// the same. The default is the kind, with a number from the second on.
	Name string
	// Config is the kind's own: a demo.Config, a readsb.Config, ...
	Config SourceConfig
}

// SourceConfig is the Config of some kind of source.
type SourceConfig interface {
	// Validate names the first value that is out of range.
	Validate() error
}

func defaultSources() []Source {
	return []Source{{Kind: "demo", Name: "demo", Config: demo.DefaultConfig()}}
}

func sourceKey(i int) string { return fmt.Sprintf("sources[%d]", i) }

// textSources makes a list of what variables and flags say: KIND=ADDRESS, or
// KIND alone.
func textSources(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		kindName, address, given := strings.Cut(text, "=")
		if strings.ContainsAny(kindName, ":/") { // an address alone, whose query has the "="
			kindName, given = text, false
		}
		entry := map[string]any{"kind": kindName}
		if given {
			entry["address"] = address
		}
		list[i] = entry
	}
	return list
}
