package hub_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/topic"
)

// What lasts is in all that is told of a key from then on: live, in a snapshot, in a
// resume, and to who asks; whoever tells of the key need not know of it.
func TestLasting(t *testing.T) {
	play(t, func(s *scene) {
		anna := s.enter("anna")
		anna.subscribe("safety")
		anna.forget()
		s.happen("safety", "A seen=false", "B seen=false", "A seen=true at=7", "A seen=false speed=1", "B seen=null", "A seen=false at=null", "A at=8")
		anna.want(
			"safety:event 0→1 A{seen=false}", "safety:event 1→2 B{seen=false}", "safety:event 2→3 A{at=7 seen=true}",
			"safety:event 3→4 A{at=7 seen=true speed=1}", "safety:event 4→5 B{seen=null}", "safety:event 5→6 A{at=7 seen=true}",
			"safety:event 6→7 A{at=8 seen=true}",
		)
		bert := s.enter("bert")
		bert.subscribe("safety")
		bert.want("subscribed safety", "safety:snapshot @7 A{at=8 seen=true} B{seen=null}")
		entries, err := s.hub.Events("safety")
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		for _, e := range entries {
			seen = append(seen, e.Change.Event.Key+e.Change.Event.Fields.Get("seen"))
		}
		if d := cmp.Diff([]string{"Afalse", "Bfalse", "Atrue", "Atrue", "Bnull", "Atrue", "Atrue"}, seen); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		log, err := s.log.Load(s.Context(), "safety")
		if err != nil || log.Entries[3].Change.Event.Fields.Get("seen") != "false" {
			t.Errorf("the log itself is changed: %v, %v", log.Entries[3].Change.Event, err)
		}
	}, func(policies []topic.Policy, _ *batch.Config) {
		for i := range policies {
			policies[i].Lasting = []string{"at", "seen"}
		}
	})
}
