package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/topic"
)

// inParts is a scene in which three records are too much for a message.
func inParts(_ []topic.Policy, batches *batch.Config) { batches.MaxMessage = 1100 }

// long is a record of 200 bytes.
func long(key string) string { return fmt.Sprintf(`+%s x="%s"`, key, strings.Repeat("x", 200)) }

// A snapshot in parts that is given to the next one who joins, too, may be from
// before a record was forgotten whose slot is another's by now.
func TestASnapshotInPartsIsNotOlderThanWhatIsForgotten(t *testing.T) {
	play(t, func(s *scene) {
		s.change(long("A"), long("B"), long("C"))
		anna, bert := s.enter("anna"), s.enter("bert")
		s.wait(100 * time.Millisecond)
		anna.subscribe("aircraft")
		s.change("-A")
		s.wait(time.Second) // A is forgotten
		s.change("+D")
		bert.subscribe("aircraft")
		s.wait(5 * time.Second)
		if holds := bert.view.topics["aircraft"].holds; len(holds) != 3 || holds["A"] != nil {
			t.Errorf("bert holds %v", holds)
		}
	}, inParts, func(policies []topic.Policy, batches *batch.Config) {
		policies[0].RetainMost = 0
		batches.Window = 3 * time.Second
	})
}
