package config

import (
	"errors"

	"github.com/spf13/pflag"
)

// ErrHelp is what [Load] returns when the flags ask for help: print [Usage].
var ErrHelp = pflag.ErrHelp

// flagKeys are the keys that have a flag, by the flag's name.
var flagKeys = map[string]string{
	"listen":    "listen",
	"log-level": "log.level",
}

func newFlags() *pflag.FlagSet {
	flags := pflag.NewFlagSet("skygate", pflag.ContinueOnError)
	flags.SortFlags = false
	flags.Usage = func() {}
	flags.String("config", "", "read settings from this YAML `FILE`")
	flags.String("listen", "", "`HOST:PORT` that clients connect to (default :8080)")
	flags.StringArray("source", nil, "where aircraft come from, as `KIND=ADDRESS`; may be repeated, and\nreplaces the list of sources in the file (default demo)")
	flags.String("log-level", "", "trace, debug, info, warn or error: the least `LEVEL` that is logged (default info)")
	return flags
}

// Usage describes the flags and the other ways to set something.
func Usage() string {
	return newFlags().FlagUsages() + `
Every setting can stand in the file, or in an environment variable: that of
topics.aircraft.ttl is SKYGATE_TOPICS_AIRCRAFT_TTL. SKYGATE_CONFIG names the
file, SKYGATE_SOURCE the sources (KIND=ADDRESS, with spaces between them).
Flags win over the environment, the environment over the file.
`
}

func readFlags(args []string, known schema) (place, []error) {
	out := newPlace()
	flags := newFlags()
	if err := flags.Parse(args); err != nil {
		return out, []error{err}
	}
	if flags.NArg() > 0 {
		return out, []error{errors.New("unexpected argument: " + flags.Arg(0))}
	}
	var found problems
	flags.Visit(func(f *pflag.Flag) {
		found.origin = "flag --" + f.Name
		switch key, isKey := flagKeys[f.Name]; {
		case isKey:
			out.setText(key, f.Value.String(), known, &found)
		case f.Name == "config":
			if out.file = f.Value.String(); out.file == "" {
				found.add("", "want the name of a file")
			}
		case f.Name == "source":
			list, _ := f.Value.(pflag.SliceValue) // GetStringArray takes [""] for an empty list
			out.setSources(textSources(list.GetSlice()), &found)
		}
	})
	return out, found.errs
}
