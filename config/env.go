package config

import (
	"regexp"
	"slices"
	"strings"
)

// The variables that are not keys.
const (
	envPrefix = "SKYGATE_"
	envConfig = "SKYGATE_CONFIG"
	envSource = "SKYGATE_SOURCE"
)

// envName gives the variable of a key.
func envName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// foreign are the variables that begin like ours but are not: those of the
// tests, and those that Kubernetes gives every container about a service called
// skygate, or one whose name begins so.
var foreign = regexp.MustCompile(`^SKYGATE_(TESTDATA|PYTHON|PORT|(PORT|SERVICE)_.*|.*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?))$`)

// readEnv reads variables, given as NAME=VALUE. One that is set to nothing is
// as good as not set.
func readEnv(environ []string, known schema) (place, []error) {
	env := newPlace()
	keys := map[string]string{}
	for _, l := range known.leaves {
		keys[envName(l.key)] = l.key
	}
	var found problems
	for _, entry := range slices.Sorted(slices.Values(environ)) {
		name, text, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, envPrefix) || text == "" {
			continue
		}
		found.origin = "env " + name
		key, isKey := keys[name]
		if !isKey {
			key, isKey = known.openKey(name)
		}
		switch {
		case name == envConfig:
			env.file = text
		case name == envSource:
			env.setSources(textSources(strings.Fields(text)), &found)
		case isKey:
			env.setText(key, text, known, &found)
		case foreign.MatchString(name), strings.HasSuffix(name, "_PORT") && strings.Contains(text, "://"):
		default:
			found.add("", "unknown variable%s", nearest(name, variables(known)))
		}
	}
	return env, found.errs
}

// openKey gives the key of a variable that stands for a name in an open section,
// which is then in lower case.
func (s schema) openKey(variable string) (key string, ok bool) {
	for section := range s.open {
		if name, inside := strings.CutPrefix(variable, envName(section)+"_"); inside {
			key = join(section, strings.ToLower(name))
			_, ok = s.leaf(key)
			return key, ok
		}
	}
	return "", false
}

// variables are the names of all that are read, in order.
func variables(known schema) []string {
	out := []string{envConfig, envSource}
	for _, l := range known.leaves {
		out = append(out, envName(l.key))
	}
	slices.Sort(out)
	return out
}
