package root

import "github.com/skygate-io/skygate/pkg/topic"

// Topics are all topics of the namespace: a line for each. aircraft is the policy
// of that topic, as the operator has set it.
func Topics(aircraft topic.Policy) []topic.Policy {
	return []topic.Policy{
		aircraft,
		Safety(),
		Alerts(),
		ACARS(),
		Positions(aircraft),
		Airspace(),
		NOTAMs(),
		Notices(aircraft),
		Stats(),
		ACARSFigures(),
	}
}
