package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/skygate-io/skygate/namespaces/audio"
	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/topic"
)

// maxOwn is how many topics of its own an operator may have.
const maxOwn = 100

// reserved are names that clients know for something else.
var reserved = []string{"all", "batch", "stream"}

// OwnTopics are the policies of the operator's own topics of events, in the order of
// their names.
func (c *Config) OwnTopics() []topic.Policy {
	var out []topic.Policy
	for _, name := range slices.Sorted(maps.Keys(c.EventTopics)) {
		out = append(out, c.EventTopics[name].Policy(name))
	}
	return out
}

func (c *Config) validateOwnTopics() []error {
	const section = "event_topics"
	if len(c.EventTopics) > maxOwn {
		return []error{&Error{Key: section, Err: fmt.Errorf("there are %d; %d are allowed", len(c.EventTopics), maxOwn)}}
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(c.EventTopics)) {
		if err := validateOwnName(name); err != nil {
			problems = append(problems, &Error{Key: section, Err: err})
			continue
		}
		problems = append(problems, at(join(section, name), c.EventTopics[name].Validate()))
	}
	return problems
}

func validateOwnName(name string) error {
	if err := topic.ValidateOwnName(name); err != nil {
		return err
	}
	taken := slices.Contains(reserved, name)
	for _, p := range slices.Concat(root.Topics(root.Aircraft()), audio.Topics()) {
		taken = taken || name == p.Name || name == p.Prefix || slices.ContainsFunc(p.Tells, func(event string) bool {
			return strings.HasPrefix(event, name+":")
		})
	}
	if taken {
		return fmt.Errorf("%q is a name that is built in", name)
	}
	return nil
}
