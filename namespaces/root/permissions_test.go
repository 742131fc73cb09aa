package root_test

import (
	"slices"
	"testing"

	"github.com/skygate-io/skygate/namespaces/root"
)

// What requests need is all in the list, or a permission of somebody's would be
// taken for misspelt.
func TestPermissionsAreListed(t *testing.T) {
	atDesk(t, nil, func(d *desk) {
		root.AddRules(d.namespace, nil)
		for _, name := range d.namespace.Permissions() {
			if !slices.Contains(root.Permissions(), name) {
				d.Errorf("%s is missing", name)
			}
		}
		// The one that is looked at inside of requests for rules.
		if got, want := len(d.namespace.Permissions())+1, len(root.Permissions()); got != want {
			d.Errorf("requests need %d permissions, the list has %d: %v", got, want, d.namespace.Permissions())
		}
	})
}
