package hub_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing/synctest"
	"time"

	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/hub/replica/replicatest"
	"github.com/skygate-io/skygate/pkg/topic"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// visitor is one of the model's: what it has, what it asked for, and what it may expect.
type visitor struct {
	*viewer
	name    string
	online  bool
	line    *line
	member  *hub.Member
	pending map[string]uint64 // what it lost when it drained, of which the hub does not know yet
	wishes  map[string]*wish
}

// wish is what a client asked for of a topic.
type wish struct {
	joined    bool
	view      replicatest.View
	snapshots int       // that are to come, while it reads all
	turned    time.Time // when it last turned to another view
	turning   time.Time // when it is to; zero when it is not
}

// enter has a client come.
func (m *model) enter() {
	if len(m.clients) >= 6 {
		return
	}
	c := m.newVisitor()
	m.connect(c)
	if m.rng.IntN(3) > 0 {
		m.ask(c, false)
		return
	}
	c.topics["aircraft"].joined, c.wishes["aircraft"].joined = true, true
	c.expect("aircraft")
	c.member.AutoJoin()
	synctest.Wait()
}

func (m *model) newVisitor() *visitor {
	c := &visitor{name: fmt.Sprint("client ", len(m.clients)), wishes: map[string]*wish{}}
	c.viewer = newViewer(m.policies, m.batches.MaxMessage)
	for _, p := range m.policies {
		c.wishes[p.Name] = &wish{view: replicatest.View{Only: p.Only}}
	}
	m.clients = append(m.clients, c)
	return c
}

func (m *model) connect(c *visitor) {
	c.online, c.pending, c.paces = true, nil, nil
	c.line = &line{room: m.room, read: func(message *wire.Message) {
		m.tellf("%s <- %s %.200s", c.name, message.Event, message.Data)
		c.read(message)
	}}
	m.tellf("%s connects", c.name)
	c.member = m.hub.Enter(c.line, func(string) bool { return true })
	for name, f := range c.topics {
		f.joined, f.batch, f.legacy = false, false, true
		c.wishes[name].joined = false
		c.wishes[name].snapshots = f.snapshots
		c.wishes[name].turned, c.wishes[name].turning = time.Time{}, time.Time{}
	}
}

// tell tells the hub what is pending.
func (c *visitor) tell() {
	lost := c.pending
	c.pending = nil
	c.member.Drained(lost)
}

func (m *model) disconnect(c *visitor) {
	if c.online {
		m.tellf("%s disconnects", c.name)
		c.online = false
		c.member.Leave()
		synctest.Wait()
	}
}

// reconnect has a client come again, and go on where it was.
func (m *model) reconnect(c *visitor) {
	m.disconnect(c)
	m.connect(c)
	m.ask(c, true)
}

func (m *model) unsubscribe(c *visitor) {
	if c.online {
		m.leaveOne(c, pick(m.rng, "aircraft", "positions", "acars", "safety"))
		synctest.Wait()
	}
}

// leaveOne has a client leave a topic.
func (m *model) leaveOne(c *visitor, name string) {
	m.Helper()
	if _, err := c.member.Unsubscribe([]string{name}); err != nil {
		m.Fatal(err)
	}
	m.tellf("%s unsubscribed %s", c.name, name)
	w := c.wishes[name]
	w.joined, w.view, w.snapshots = false, replicatest.View{Only: w.view.Only}, c.topics[name].snapshots
	w.turned, w.turning = time.Time{}, time.Time{}
}

// expect notes that a snapshot is to come, unless one is already.
func (c *visitor) expect(name string) {
	if w, f := c.wishes[name], c.topics[name]; w.snapshots <= f.snapshots {
		w.snapshots = f.snapshots + 1
	}
}

func (c *visitor) restarted() {
	for _, name := range []string{"aircraft", "positions"} {
		if w := c.wishes[name]; c.online && w.joined {
			c.expect(name)
			w.turning = time.Time{}
		}
	}
}

func newAsk() hub.Subscribe {
	return hub.Subscribe{Filters: map[string]*view.Filter{}, Fields: map[string][]string{}, Rates: map[string]*float64{}, Since: map[string]wire.Position{}}
}

// ask has a client subscribe, to something and in some way; resuming, to all that
// it had.
func (m *model) ask(c *visitor, resuming bool) {
	m.Helper()
	if !c.online {
		return
	}
	ask := newAsk()
	before, old := map[string]following{}, map[string]replicatest.View{}
	_, faulty := c.line.state()
	for _, p := range m.policies {
		w, f := c.wishes[p.Name], c.topics[p.Name]
		if resuming && !f.begun || !resuming && m.rng.IntN(3) > 0 {
			continue
		}
		ask.Topics = append(ask.Topics, p.Name)
		before[p.Name] = *f
		old[p.Name] = w.view
		wishes(m.rng, &ask, w, &p, resuming)
		// (While something is on its way to a client, its position is not its own for long.)
		if f.begun && !f.partial && (resuming && m.rng.IntN(5) > 0 || !faulty && m.rng.IntN(10) == 0) {
			ask.Since[p.Name] = f.at
		}
	}
	if m.rng.IntN(4) == 0 {
		batch, legacy := m.rng.IntN(2) == 0, m.rng.IntN(2) == 0
		ask.Batch, ask.Legacy = &batch, &legacy
	}
	if len(ask.Topics) == 0 {
		return
	}
	if ask.Batch != nil { // what is on its way may be in either form
		for _, f := range c.topics {
			f.batch, f.legacy = *ask.Batch || faulty, *ask.Legacy || faulty
		}
	}
	m.tellf("%s subscribes %v, filters %v, fields %v, since %v", c.name, ask.Topics, ask.Filters, ask.Fields, ask.Since)
	answer, err := c.member.Subscribe(ask)
	if err != nil {
		m.Fatal(err)
	}
	synctest.Wait()
	for _, name := range ask.Topics {
		if f := c.topics[name]; f.policy.Kind == topic.Event && c.wishes[name].joined && !faulty && len(ask.Since) == 0 {
			m.compareIDs(c, f, before[name].since, old[name], f.earlier) // nothing was left behind
		}
		m.answered(c, name, &ask, answer, before[name], old[name])
	}
}

// wishes changes what a client asks for of a topic.
func wishes(rng *rand.Rand, ask *hub.Subscribe, w *wish, p *topic.Policy, resuming bool) {
	v := replicatest.RandomView(rng)
	v.Only = p.Only
	if p.Kind == topic.Event {
		v.Fields = nil
	}
	newFilter, newFields := rng.IntN(3) == 0, rng.IntN(6) == 0
	if resuming {
		newFilter, newFields = rng.IntN(10) == 0, false
	}
	if p.Kind == topic.Event {
		newFields = false
	}
	if newFields {
		ask.Fields[p.Name] = v.Fields
	} else {
		v.Fields = w.view.Fields
	}
	if newFilter {
		ask.Filters[p.Name] = v.Parse()
	} else {
		fields := v.Fields
		v = w.view
		v.Fields = fields
	}
	w.view = v
	if !w.joined || resuming { // the hub knows nothing of it
		ask.Filters[p.Name] = v.Parse()
		if p.Kind == topic.State {
			ask.Fields[p.Name] = v.Fields
		}
	}
	if p.Kind == topic.State && rng.IntN(5) == 0 {
		if hz := pick(rng, 0, 0.5, 1, 2, 4, 50); hz > 0 {
			ask.Rates[p.Name] = &hz
		} else {
			ask.Rates[p.Name] = nil
		}
	}
}

// sorted are the topics of a client, in the same order each time.
func (c *visitor) sorted() []string { return slices.Sorted(maps.Keys(c.topics)) }
