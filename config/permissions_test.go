package config

import (
	"strings"
	"testing"
)

func TestPermissionsThatPermitNothing(t *testing.T) {
	const own = "event_topics: {ops: {permission: tower.view}}\n"
	for name, c := range map[string]struct{ permission, want string }{
		"one of a topic":                {"safety.view", ""},
		"one of a request":              {"safety.acknowledge", ""},
		"of others' rules":              {"alerts.manage_all", ""},
		"one that is only described":    {"history.view", ""},
		"of another namespace":          {"audio.view", ""},
		"of one's own topic":            {"tower.view", ""},
		"all of it":                     {"tower.*", ""},
		"all of a feature":              {"safety.*", ""},
		"publishing to all":             {"publish", ""},
		"publishing to each":            {"publish.*", ""},
		"publishing to one's own":       {"publish.ops", ""},
		"publishing notices":            {"publish.notices", ""},
		"everything":                    {"*", ""},
		"misspelt":                      {"saftey.view", "there is no such permission; did you mean safety.view?"},
		"another verb":                  {"safety.manage", "there is no such permission; there are: acars.manage, acars.view, "},
		"a feature alone":               {"tower", "there is no such permission; there are: "},
		"a misspelt feature":            {"alert.*", "no permission begins with alert.; did you mean alerts.*?"},
		"a misspelt feature, and all":   {"alert.manage_all", "no permission begins with alert.; did you mean alerts.manage_all?"},
		"a topic that is not there":     {"publish.opps", "there is no topic of events opps; did you mean publish.ops?"},
		"a topic that has no events":    {"publish.aircraft", "there is no topic of events aircraft"},
		"a topic that is another's way": {"publish.transmissions", "there is no topic of events transmissions"},
	} {
		for place, text := range map[string]string{
			"auth.anonymous":           own + `auth: {mode: hybrid, anonymous: ["` + c.permission + `"]}`,
			"auth.keys[0].permissions": own + `auth: {keys: [{name: a, key: sk_0123456789abcdef, permissions: ["` + c.permission + `"]}]}`,
		} {
			_, err := load(t, text, nil)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%s: %v", name, err)
			case c.want != "" && (err == nil || !strings.HasPrefix(hideFile(err.Error()), "FILE: "+place+": \""+c.permission+"\" permits nothing: "+c.want)):
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
