// Package conformance is a table of all events of the reference, the SkySpy realtime
// API: what brings each about, what it looks like, and, where Skygate differs, why.
// Its test has the built program and the official JavaScript client go through it.
// The table as text is in TABLE.md.
package conformance

import (
	"fmt"
	"strings"
	"time"

	"github.com/skygate-io/skygate/test/conformance/shape"
)

// Row is one event, in one of its forms.
type Row struct {
	// Name is the event's, or, of one that a client sends, what it sends; Form says
	// which form of it this is, when there are several.
	Name, Form string
	// On is the namespace that the client connects to; "" is "/".
	On string
	// Server is the program that it connects to: "" lets in everybody, "hybrid" and
	// "private" know keys. Auth is what the client says then, as JSON.
	Server, Auth string
	// Do are the steps that bring it about, once the client is connected.
	Do []Step
	// Want are the messages that the client gets, in this order; others may come
	// between. Never are events of which none may come before the last of them.
	Want  []Message
	Never []string
	// Ack is what the last step is acknowledged with; "" when that is not asked for.
	Ack string
	// Differs says which weakness of the reference it is that makes Skygate differ
	// from it here; "" where it does not.
	Differs string
}

// The keys that the programs know: who publishes, and another.
const (
	outsideKey = "sk_conformance-outside"
	otherKey   = "sk_conformance-other"
)

// Message is an event and what its payload looks like, in the words of package shape.
type Message struct{ Event, Shape string }

// Step is something that happens. One field is set.
type Step struct {
	Emit    *Emission
	Publish *Publication
	// Hear has the receiver hear an aircraft from now on, until the row is over.
	Hear *Aircraft
	// Lose has it hear that one no more.
	Lose string
	// Decode is a line that a decoder of ACARS sends.
	Decode string
	// List has a publisher of advisories or NOTAMs list something, until the row is over;
	// Unlist has it do so no more.
	List, Unlist *Listing
	// Until waits for a message; beside Emit, after that.
	Until *Message
}

// Listing are entries of the list under a path.
type Listing struct {
	Path    string
	Entries []Entry
}

// Entry is one of a list: its name in the row, and what is listed, as JSON.
type Entry struct{ Name, Text string }

// Emission is what a client sends; an argument is JSON.
type Emission struct {
	Event string
	Args  []string
	Times int // how often; 0 is once
}

// Publication is what is published over HTTP.
type Publication struct{ Topic, Event, Data string }

// Aircraft is one that a receiver hears: its fields as a receiver writes them (JSON
// members), of which those change that follow from how it moves.
type Aircraft struct {
	Hex    string
	Fields string
	// Lat and Lon are where it is at first; NorthKt and EastKt how fast it moves from
	// there, ClimbFpm how fast from AltFt. Without Moves it stays.
	Lat, Lon, NorthKt, EastKt float64
	AltFt, ClimbFpm           float64
	Moves                     bool

	since time.Time
}

// String tells the step.
func (s Step) String() string {
	switch {
	case s.Emit != nil && s.Emit.Times > 1:
		return fmt.Sprintf("%s, %d times", s.Emit, s.Emit.Times)
	case s.Emit != nil:
		return s.Emit.String()
	case s.Publish != nil:
		return "publish " + s.Publish.Event + " in " + s.Publish.Topic
	case s.Hear != nil:
		return s.Hear.String()
	case s.Lose != "":
		return s.Lose + " is heard no more"
	case s.List != nil:
		return fmt.Sprintf("%s lists %d more", s.List.Path, len(s.List.Entries))
	case s.Unlist != nil:
		return s.Unlist.Path + " lists one less"
	case s.Decode != "":
		return "a decoder sends an ACARS message"
	}
	return "until " + s.Until.Event
}

func (e *Emission) String() string {
	return strings.TrimSpace(e.Event + " " + strings.Join(e.Args, ", "))
}

func (a *Aircraft) String() string {
	what := "the receiver hears " + a.Hex
	if a.Fields != "" {
		what += " {" + a.Fields + "}"
	}
	if a.ClimbFpm != 0 {
		what += fmt.Sprintf(", %+.0f fpm", a.ClimbFpm)
	}
	if a.NorthKt != 0 || a.EastKt != 0 {
		what += fmt.Sprintf(", %+.0f kt northwards, %+.0f eastwards", a.NorthKt, a.EastKt)
	}
	return what
}

// Trigger tells what brings the row about.
func (r *Row) Trigger() string {
	var out []string
	if r.On != "" {
		out = append(out, "in "+r.On)
	}
	if r.Server != "" {
		out = append(out, "where keys are known ("+r.Server+")")
	}
	if r.Auth != "" {
		out = append(out, "auth "+r.Auth)
	}
	for _, s := range r.Do {
		out = append(out, s.String())
	}
	if len(r.Do) == 0 {
		out = append(out, "connect")
	}
	return strings.Join(out, "; ")
}

// Asserted tells what is asserted.
func (r *Row) Asserted() string {
	var out []string
	for _, m := range r.Want {
		out = append(out, m.Event+" "+m.Shape)
	}
	if len(r.Never) > 0 {
		out = append(out, "no "+strings.Join(r.Never, ", no "))
	}
	if r.Ack != "" {
		out = append(out, "acknowledged "+r.Ack)
	}
	return strings.Join(out, "; ")
}

// Check says what is wrong with the row itself.
func (r *Row) Check() error {
	for _, m := range r.Want {
		if _, err := shape.Parse(m.Shape); err != nil {
			return err
		}
	}
	if r.Ack != "" {
		if _, err := shape.Parse(r.Ack); err != nil {
			return err
		}
	}
	switch {
	case len(r.Want) == 0 && len(r.Never) == 0:
		return fmt.Errorf("%s asserts nothing", r.Name)
	case strings.Contains(r.Differs, "§"):
		return fmt.Errorf("%s differs by what is no public document: %s", r.Name, r.Differs)
	}
	return nil
}

// emit is a step: a client sends an event with arguments.
func emit(event string, args ...string) Step { return Step{Emit: &Emission{Event: event, Args: args}} }

// request is the step of a request, with the id 7.
func request(kind, params string) Step {
	return emit("request", `{"type":"`+kind+`","request_id":7,"params":`+params+`}`)
}

// often has it be sent several times.
func often(s Step, times int) Step {
	s.Emit.Times = times
	return s
}

func publish(topic, event, data string) Step {
	return Step{Publish: &Publication{topic, event, data}}
}

func hear(a Aircraft) Step { return Step{Hear: &a} }

func lose(hex string) Step { return Step{Lose: hex} }

func decode(line string) Step { return Step{Decode: line} }

func list(path, name, text string) Step {
	return Step{List: &Listing{path, []Entry{{name, text}}}}
}

func unlist(path, name string) Step {
	return Step{Unlist: &Listing{path, []Entry{{Name: name}}}}
}

// until waits, after a step, for an event.
func (s Step) until(event string) Step {
	s.Until = &Message{event, "any"}
	return s
}

func until(event, form string) Step { return Step{Until: &Message{event, form}} }

// response is an answer to request, whose data look so.
func response(kind, data string) Message {
	return Message{"response", `{type: "response", request_id: 7, request_type: "` + kind + `", data: ` + data + `}`}
}

// failed is an error of a request; its message begins as the reference's.
func failed(code, message string) Message {
	return Message{"error", `{type: "error", request_id: 7, code: "` + code + `", message: "` + message + `"~}`}
}

// wrong is an error of another event.
func wrong(code, message string) Message {
	return Message{"error", `{type: "error", code: "` + code + `", message: "` + message + `"~}`}
}
