package hub_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/batch"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/topic"
)

// inParts is a scene in which three records are too much for a message.
func inParts(_ []topic.Policy, batches *batch.Config) { batches.MaxMessage = 1100 }

// longValue is a field of 200 bytes, which texts of messages leave out.
var longValue = `x="` + strings.Repeat("x", 200) + `"`

// A snapshot in parts that is given to the next one who joins, too, may be from
// before a record was forgotten whose slot is another's by now.
func TestASnapshotInPartsIsNotOlderThanWhatIsForgotten(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A "+longValue, "+B "+longValue, "+C "+longValue)
		anna, bert := s.enter("anna"), s.enter("bert")
		s.wait(100 * time.Millisecond)
		anna.subscribe("aircraft")
		s.change("-A")
		s.wait(time.Second) // A is forgotten
		s.change("+D")
		bert.subscribe("aircraft")
		s.wait(5 * time.Second)
		if holds := bert.holds("aircraft"); len(holds) != 3 || holds["A"] != nil {
			t.Errorf("bert holds %v", holds)
		}
	}, inParts, func(policies []topic.Policy, batches *batch.Config) {
		policies[0].RetainMost = 0
		batches.Window = 3 * time.Second
	})
}

// A large snapshot comes one part at a time, each when the one before it has left;
// what changes in the meantime waits for the last one.
func TestPartsComeOneAtATime(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A "+longValue, "+B "+longValue, "+C "+longValue, "+D "+longValue, "+E "+longValue)
		anna, bert := s.enter("anna"), s.enter("bert")
		bert.subscribe("aircraft", "legacy=false")
		bert.want("subscribed aircraft", "aircraft:snapshot part 1/3 A B", "aircraft:update part 2/3 +C +D", "aircraft:update part 3/3 0→1 +E")
		anna.stall(true)
		anna.subscribe("aircraft", "legacy=false")
		s.change("~A gs=2")
		s.wait(window)
		bert.want("aircraft:update 1→2 ~A{gs=2}")
		anna.readSome(2)
		anna.want("subscribed aircraft", "aircraft:snapshot part 1/3 A B")
		anna.tell()
		s.change("~B gs=3", "-C")
		s.wait(window)
		anna.readSome(10)
		anna.want("aircraft:update part 2/3 +C +D")
		anna.tell()
		s.wait(window)
		anna.readSome(1)
		anna.want("aircraft:update part 3/3 0→1 +E")
		anna.readSome(10)
		anna.want("aircraft:update 1→3 ~A{gs=2} ~B{gs=3} -C")
		anna.drain()
		s.change("~A gs=4")
		anna.want("aircraft:update 3→4 ~A{gs=4}")
	}, inParts)
}

// An update that is too much for a message is several, at once.
func TestAnUpdateInParts(t *testing.T) {
	play(t, func(s *scene) {
		anna, batched := s.enter("anna"), s.enter("batched")
		anna.subscribe("aircraft", "legacy=false")
		batched.subscribe("aircraft", "batch=true")
		anna.forget()
		batched.forget()
		s.change("+A "+longValue, "+B "+longValue, "+C "+longValue)
		anna.want("aircraft:update part 1/2 +A +B", "aircraft:update part 2/2 0→1 +C")
		batched.want("aircraft:update part 1/2 +A +B", "aircraft:update part 2/2 0→1 +C", "aircraft:new A B", "aircraft:new C")
		s.change("-A", "-B")
		s.wait(window)
		batched.want("batch[aircraft:update 1→2 -A -B, aircraft:remove -A -B]")
	}, inParts)
}

// Whoever asks for another view in the midst of the parts begins anew.
func TestAnotherViewInTheMidstOfParts(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A "+longValue, "+B "+longValue, "+C "+longValue)
		anna := s.enter("anna")
		anna.stall(true)
		anna.subscribe("aircraft")
		anna.readSome(2)
		anna.subscribe("aircraft", `aircraft.filter={"icao":["A","D"]}`)
		anna.drain()
		anna.want("subscribed aircraft", "aircraft:snapshot part 1/2 A B", "subscribed aircraft", "aircraft:snapshot @1 A")
		s.change("+D gs=1")
		anna.want("aircraft:update 1→2 +D{gs=1}", "aircraft:new D{gs=1}")
	}, inParts)
}

// Parts outlast what is remembered: the client would never get there.
func TestPartsThatTakeTooLong(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A "+longValue, "+B "+longValue, "+C "+longValue)
		anna := s.enter("anna")
		anna.stall(true)
		anna.subscribe("aircraft")
		s.change("-A")
		s.wait(retention)
		if closed, _ := anna.state(); closed != "" {
			t.Errorf("closed too soon: %s", closed)
		}
		s.wait(2 * time.Second)
		if closed, _ := anna.state(); closed != hub.ReasonTooSlow {
			t.Errorf("closed: %q", closed)
		}
	}, inParts)
}

// A state that is lost while its parts are on their way begins anew.
func TestPartsThatAreLost(t *testing.T) {
	play(t, func(s *scene) {
		s.change("+A "+longValue, "+B "+longValue, "+C "+longValue)
		anna := s.enter("anna")
		anna.subscribe("acars")
		anna.forget()
		anna.room.state = 1
		anna.stall(true)
		s.happen("acars", "X", "Y")
		s.wait(window)
		anna.subscribe("aircraft")
		anna.drain()
		anna.want("acars:event 0→1 X", "acars:event 1→2 Y", "subscribed aircraft", "stream:pace aircraft 2 slow",
			"aircraft:snapshot part 1/2 A B", "aircraft:update part 2/2 0→1 +C")
	}, inParts)
}
