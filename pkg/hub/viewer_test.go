package hub_test

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/skygate-io/skygate/pkg/hub/replica/replicatest"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/wire"
)

// viewer is a client that does what the contract tells clients to do, with any
// number of topics, and nothing else. It says what is not as the contract says.
type viewer struct {
	limit  int // bytes of a message that has several records in it
	topics map[string]*following
	wrong  []string
	paces  []wire.Pace
}

// following is what a viewer has of a topic.
type following struct {
	policy    *topic.Policy
	joined    bool
	batch     bool // it asked for batches
	legacy    bool // it did not ask for none of what older clients get
	at        wire.Position
	messages  int // that came, a change in parts being one
	snapshots int

	// Of state.
	begun   bool // a snapshot came
	parting bool // parts of one came, and more are to come
	partial bool // a part came, and not the last: what it holds is no state of a position
	holds   replicatest.State
	told    told

	// Of events.
	since   uint64 // where its list begins
	ids     []int
	recent  []int // as the last snapshot had them
	earlier []int // the list before that snapshot
}

// told is what the last change told, for the events that older clients get after it.
type told struct{ added, removed []string }

// payload is what messages carry, all kinds in one.
type payload struct {
	Epoch, View        string
	Base, Seq          uint64
	Count, Part, Parts int
	N                  int
	Aircraft, Events   []json.RawMessage
	Added, Updated     []json.RawMessage
	Positions          json.RawMessage // a list of records, or an object
	Removed, ICAOs     []string
	Topics             []string
	Resumed            map[string]bool
	Messages           []struct {
		Type string
		Data json.RawMessage
	}
}

// records are those of a topic that tells its records whole.
func (p *payload) records(list string) (records []json.RawMessage) {
	if list != "positions" {
		return p.Aircraft
	}
	_ = json.Unmarshal(p.Positions, &records)
	return records
}

func newViewer(policies []topic.Policy, limit int) *viewer {
	v := &viewer{limit: limit, topics: map[string]*following{}}
	for i := range policies {
		v.topics[policies[i].Name] = &following{policy: &policies[i], legacy: true, holds: replicatest.State{}}
	}
	return v
}

func (v *viewer) wrongf(format string, args ...any) {
	v.wrong = append(v.wrong, fmt.Sprintf(format, args...))
}

// read takes a message.
func (v *viewer) read(m *wire.Message) { v.take(m.Event, m.Data, false) }

func (v *viewer) take(event string, data []byte, inBatch bool) {
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		v.wrongf("%s is no JSON: %v: %s", event, err, data)
		return
	}
	switch event {
	case "batch":
		if len(p.Messages) < 2 || inBatch {
			v.wrongf("a batch of %d messages", len(p.Messages))
		}
		for _, m := range p.Messages {
			v.take(m.Type, m.Data, true)
		}
		return
	case "subscribed":
		for _, name := range p.Topics {
			v.topics[name].joined = true
			v.topics[name].goOn(&p)
		}
		return
	case "unsubscribed":
		for _, name := range p.Topics {
			v.topics[name].leave()
		}
		return
	case "stream:pace", "stream:stale":
		var pace wire.Pace
		if err := json.Unmarshal(data, &pace); err != nil || v.topics[pace.Topic] == nil {
			v.wrongf("a pace of no topic: %s, %v", data, err)
		}
		v.paces = append(v.paces, pace)
		return
	}
	f := v.topicOf(event)
	switch {
	case f == nil:
		v.wrongf("an unknown event: %s", event)
		return
	case !f.joined:
		v.wrongf("%s of a topic that it is not subscribed to: %s", event, data)
	case inBatch != (inBatch && f.batch):
		v.wrongf("%s in a batch that it did not ask for", event)
	}
	several := len(p.records(f.policy.List))+len(p.Added)+len(p.Updated)+len(p.Removed) > 1
	if several && f.policy.Kind == topic.State && len(data) > v.limit {
		v.wrongf("%s of %d bytes, over %d", event, len(data), v.limit)
	}
	var problem string
	switch {
	case event == f.policy.Prefix+":snapshot" && f.policy.Kind == topic.Event:
		problem = f.recently(&p)
	case f.policy.Kind == topic.Event:
		problem = f.happened(&p)
	case event == f.policy.Prefix+":snapshot":
		problem = f.snapshot(&p)
	case event == f.policy.Prefix+":update":
		problem = f.update(&p)
	default:
		problem = f.older(event, &p)
	}
	if problem != "" {
		v.wrongf("%s at %+v: %s: %s", event, f.at, problem, data)
	}
}

func (v *viewer) topicOf(event string) *following {
	for _, f := range v.topics {
		p := f.policy
		if event == p.Prefix+":snapshot" || event == p.Prefix+":update" || event == p.Prefix+":event" ||
			p.Legacy != nil && (event == p.Legacy.New || event == p.Legacy.Removed) {
			return f
		}
	}
	return nil
}

func (f *following) leave() {
	f.joined, f.begun, f.parting, f.partial = false, false, false, false
	f.at, f.holds, f.ids = wire.Position{}, replicatest.State{}, nil
}

func (f *following) snapshot(p *payload) string {
	f.snapshots++
	f.begun, f.parting, f.partial, f.told = true, p.Part < p.Parts, p.Part < p.Parts, told{}
	f.at, f.holds = wire.Position{}, replicatest.State{}
	whole := p.records(f.policy.List)
	if err := f.holds.Apply(wire.Lists{Added: bytesOf(whole)}); err != nil {
		return err.Error()
	}
	if f.parting {
		if p.Epoch+p.View != "" || p.Seq != 0 {
			return "a part that is not the last tells a position"
		}
		return ""
	}
	f.messages++
	f.at = wire.Position{Epoch: p.Epoch, Seq: p.Seq, View: p.View}
	if p.Count != len(whole) || p.View == "" {
		return "the count is wrong, or no view"
	}
	return ""
}

func (f *following) update(p *payload) string {
	last := p.Part == p.Parts
	switch {
	case !f.begun:
		return "an update before any snapshot"
	case f.parting && p.Part == 0:
		return "a change between the parts of a snapshot"
	case last && !f.parting && p.Epoch == f.at.Epoch && p.Base < f.at.Seq && p.Seq <= f.at.Seq:
		return "an old update"
	case last && !f.parting && (p.Epoch != f.at.Epoch || p.Base != f.at.Seq):
		return "a hole"
	}
	lists := wire.Lists{Added: bytesOf(p.Added), Updated: bytesOf(p.Updated), Removed: p.Removed}
	if f.policy.Whole {
		lists.Added = bytesOf(p.records(f.policy.List))
	}
	if p.Part <= 1 {
		f.told = told{}
	}
	for _, object := range lists.Added {
		key, _, _ := replicatest.Decode(object)
		f.told.added = append(f.told.added, key)
	}
	f.told.removed = append(f.told.removed, lists.Removed...)
	f.partial = !last
	if err := f.holds.Apply(lists); err != nil {
		return err.Error()
	}
	if !last {
		if p.Epoch+p.View != "" || p.Base+p.Seq != 0 {
			return "a part that is not the last tells a position"
		}
		return ""
	}
	f.parting = false
	f.messages++
	f.at = wire.Position{Epoch: p.Epoch, Seq: p.Seq, View: p.View}
	return ""
}

// older takes what only older clients need: it names what the change before it
// added and removed.
func (f *following) older(event string, p *payload) string {
	keys, of := p.ICAOs, &f.told.removed
	if event == f.policy.Legacy.New {
		keys, of = nil, &f.told.added
		for _, object := range p.Aircraft {
			key, _, _ := replicatest.Decode(object)
			keys = append(keys, key)
		}
	}
	switch {
	case !f.legacy:
		return "it asked for no such event"
	case p.Count != len(keys) || len(keys) == 0 || len(keys) > len(*of) || !slices.Equal(keys, (*of)[:len(keys)]):
		return fmt.Sprintf("the change before it had %v", *of)
	}
	*of = (*of)[len(keys):]
	return ""
}

// recently takes what happened lately: the list begins anew.
func (f *following) recently(p *payload) string {
	f.snapshots++
	f.begun = true
	f.messages++
	f.at = wire.Position{Epoch: p.Epoch, Seq: p.Seq, View: p.View}
	f.since, f.ids, f.recent, f.earlier = p.Seq, nil, nil, f.ids
	for _, raw := range p.Events {
		var e payload
		if err := json.Unmarshal(raw, &e); err != nil {
			return err.Error()
		}
		f.recent = append(f.recent, e.N)
	}
	return ""
}

// goOn takes the position at which a resume begins, which may be in another epoch.
func (f *following) goOn(subscribed *payload) {
	if f.policy.Kind != topic.Event || !subscribed.Resumed[f.policy.Name] {
		return
	}
	var positions map[string]wire.Position
	if err := json.Unmarshal(subscribed.Positions, &positions); err == nil {
		f.at.Epoch, f.at.Seq = positions[f.policy.Name].Epoch, positions[f.policy.Name].Seq
	}
}

func (f *following) happened(p *payload) string {
	f.messages++
	switch {
	case !f.begun:
		return "an event before the snapshot"
	case p.Epoch == f.at.Epoch && p.Seq <= f.at.Seq:
		return "an event came twice"
	case p.Epoch != f.at.Epoch || p.Base != f.at.Seq:
		return "a hole"
	}
	f.at.Epoch, f.at.Seq = p.Epoch, p.Seq
	f.ids = append(f.ids, p.N)
	return ""
}

func bytesOf(raw []json.RawMessage) [][]byte {
	out := make([][]byte, len(raw))
	for i := range raw {
		out[i] = raw[i]
	}
	return out
}
