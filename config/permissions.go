package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skygate-io/skygate/adapters/keys"
	"github.com/skygate-io/skygate/adapters/publish"
	"github.com/skygate-io/skygate/namespaces/audio"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/topic"
)

// permissions are all names that permit something here: those of topics, the
// operator's own included, of requests, and of publishing.
func (c *Config) permissions() []string {
	names := append(root.Permissions(), keys.Features()...)
	names = append(names, publish.Permission)
	for _, p := range slices.Concat(root.Topics(root.Aircraft()), audio.Topics(), c.OwnTopics()) {
		if p.Permission != "" {
			names = append(names, p.Permission)
		}
		if p.Kind == topic.Event && p.Of == "" {
			names = append(names, publish.Permission+"."+p.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// validatePermissions finds those that permit nothing: one that is misspelt would be
// noticed only by who is refused.
func (c *Config) validatePermissions() (problems []error) {
	if c.Auth.Validate() != nil {
		return nil // it is said already what is wrong
	}
	known := c.permissions()
	check := func(key string, patterns []string) {
		for _, pattern := range patterns {
			if err := knownPermission(pattern, known); err != nil {
				problems = append(problems, &Error{Key: key, Err: err})
			}
		}
	}
	check("auth.anonymous", c.Auth.Anonymous)
	for i, k := range c.Auth.Keys {
		check(fmt.Sprintf("auth.keys[%d].permissions", i), k.Permissions)
	}
	return problems
}

func knownPermission(pattern string, known []string) error {
	if pattern == "*" || slices.Contains(known, pattern) {
		return nil
	}
	if name, isPublish := strings.CutPrefix(pattern, publish.Permission+"."); isPublish && name != "*" {
		return fmt.Errorf("%q permits nothing: there is no topic of events %s%s", pattern, name, nearest(pattern, known))
	}
	for _, whole := range []string{".*", ".manage_all"} {
		feature, ok := strings.CutSuffix(pattern, whole)
		if !ok {
			continue
		}
		var all []string
		for _, name := range known {
			of, _, _ := strings.Cut(name, ".")
			if strings.HasPrefix(name, feature+".") {
				return nil
			}
			all = append(all, of+whole)
		}
		return fmt.Errorf("%q permits nothing: no permission begins with %s.%s", pattern, feature, nearest(pattern, all))
	}
	if hint := nearest(pattern, known); hint != "" {
		return fmt.Errorf("%q permits nothing: there is no such permission%s", pattern, hint)
	}
	return fmt.Errorf("%q permits nothing: there is no such permission; there are: %s", pattern, strings.Join(known, ", "))
}
