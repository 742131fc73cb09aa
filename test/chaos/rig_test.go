package chaos

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/streams"
)

// rig is a cluster with all that is around it.
type rig struct {
	t        *testing.T
	config   redis.Config
	rng      *rand.Rand
	gateways []*gateway
	clients  []*client
	homes    []int // of each client: the process that it is a client of
	receiver *receiver
	events   *publisher
	asked    int
}

// processes is how many there are.
const processes = 3

// rigUp starts a cluster; place, if there is one, puts the processes where they run.
func rigUp(t *testing.T, seed uint64, config redis.Config, place func(i int, g *gateway)) *rig {
	t.Helper()
	r := &rig{t: t, config: config, rng: rand.New(rand.NewPCG(seed, 0)), receiver: listen(t, seed)}
	args, env := configure(t, config, r.receiver.path)
	var urls []string
	for i := range processes {
		g := &gateway{listen: "127.0.0.1:0", args: args, env: env}
		if place != nil {
			place(i, g)
		}
		g.start(t)
		t.Cleanup(func() {
			if lines := strings.Split(g.Log(), "\n"); t.Failed() {
				t.Logf("process %d says:\n%s", i, strings.Join(lines[max(0, len(lines)-60):], "\n"))
			}
		})
		r.gateways = append(r.gateways, g)
		urls = append(urls, g.URL)
	}
	var js []*client
	for i := range 2 * processes {
		js = append(js, newClient(fmt.Sprintf("javascript %d", i)))
		r.homes = append(r.homes, i%processes)
	}
	py := newClient("python")
	r.clients, r.homes = append(slices.Clone(js), py), append(r.homes, r.rng.IntN(processes))
	gather(t, javascript(t), js...)
	gather(t, python(t), py)
	for i, c := range r.clients {
		c.visit(r.from(r.homes[i])...)
	}
	eventually(t, "all clients have aircraft", func() string {
		for _, c := range r.clients {
			if _, frame := c.heard(nil); frame == 0 {
				return c.name + " has none"
			}
		}
		return ""
	})
	r.events = publish(t, seed, urls)
	r.recovered(time.Now(), r.clients)
	for _, g := range r.gateways {
		g.before = g.uses(t)
	}
	return r
}

// from gives the addresses of all processes, one of them first.
func (r *rig) from(first int) (urls []string) {
	for i := range r.gateways {
		urls = append(urls, r.gateways[(first+i)%len(r.gateways)].URL)
	}
	return urls
}

// recovered waits until clients have an event, and all before it, and a frame, of after
// a moment, and all processes are healthy.
func (r *rig) recovered(since time.Time, clients []*client) (f figures) {
	r.t.Helper()
	f.cores = -1
	frame := r.receiver.newest() + 1
	eventually(r.t, "all is well again", func() string {
		now := time.Since(since)
		ids := r.events.since(since)
		events, state, ill := "nothing is taken", "", ""
		if len(ids) > 0 {
			events = ""
		}
		for _, c := range clients {
			heard, newest := c.heard(ids[:min(1, len(ids))])
			if !heard {
				events = c.name + " lacks " + ids[0]
			}
			if newest < frame {
				state = fmt.Sprintf("%s is at frame %d, not %d", c.name, newest, frame)
			}
		}
		if f.events == 0 && events == "" {
			f.events = now
		}
		if f.state == 0 && state == "" {
			f.state = now
		}
		if f.healthy == 0 {
			for _, g := range r.gateways {
				if ill = g.ill(); ill != "" {
					break
				}
			}
			if ill == "" {
				f.healthy = now
			}
		}
		if f.events > 0 && f.state > 0 && f.healthy > 0 {
			return ""
		}
		return strings.Join([]string{events, state, ill}, "; ")
	})
	return f
}

// settle waits until each client has all events and the whole picture, and looks
// whether everything came as it has to.
func (r *rig) settle() {
	r.t.Helper()
	r.events.hold(true)
	sky := r.receiver.hold()
	defer func() {
		r.events.hold(false)
		r.receiver.resume()
	}()
	all := r.events.all()
	eventually(r.t, "each client has each event", func() string { return r.lacking(all) })
	eventually(r.t, "each has the whole picture", func() string {
		for _, c := range r.clients {
			if differs := c.state(sky); differs != "" {
				return differs
			}
		}
		return ""
	})
	for _, c := range r.clients {
		c.judge(r.t, all)
	}
	r.wantKept(all)
}

// What a process remembers for sure of what it published, in case Redis loses it.
const (
	rememberedFor  = 4 * time.Minute
	rememberedMost = 1000
)

// wantKept wants each event in Redis, once, for those who come later: also what Redis
// had lost.
func (r *rig) wantKept(all []event) {
	r.t.Helper()
	kept := r.kept()
	for _, e := range all[max(0, len(all)-rememberedMost):] {
		if n := kept[e.id]; n != 1 && time.Since(e.taken) < rememberedFor {
			r.t.Errorf("%s is in the log %d times", e.id, n)
		}
	}
}

// kept says how often each event is in the log.
func (r *rig) kept() map[string]int {
	r.t.Helper()
	client, err := redis.Open(r.config)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	log := streams.New(client, streams.DefaultConfig(), nil, zerolog.Nop())
	defer func() { _ = log.Close() }()
	state, err := log.Load(r.t.Context(), own)
	if err != nil {
		r.t.Fatal(err)
	}
	kept := map[string]int{}
	for _, e := range state.Entries {
		if e.Change.Event != nil {
			kept[e.Change.Event.Key]++
		}
	}
	return kept
}

// lacking says who lacks which events, "" if nobody.
func (r *rig) lacking(all []event) string {
	lack := map[string][]string{}
	var ids []string
	for _, e := range all {
		ids = append(ids, e.id)
	}
	for _, c := range r.clients {
		for _, id := range c.missing(ids) {
			lack[id] = append(lack[id], c.name)
		}
	}
	var out []string
	for _, e := range all {
		if who := lack[e.id]; len(who) > 0 {
			out = append(out, fmt.Sprintf("%s, which process %d took at %s, is not with %v", e.id, e.via, e.taken.Format(time.StampMilli), who))
		}
	}
	return strings.Join(out, "\n")
}

// missing gives those events that a client does not have.
func (c *client) missing(ids []string) (missing []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		if c.events.got[id] == 0 {
			missing = append(missing, id)
		}
	}
	return missing
}

// judge looks whether what a client got, and how, is right.
func (c *client) judge(t *testing.T, all []event) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.events.gaps > 0 {
		t.Errorf("%s: %d times no resume could fill a hole in the events", c.name, c.events.gaps)
	}
	place, twice := map[string]int{}, []string{}
	for i, id := range c.events.order {
		if _, before := place[id]; before {
			twice = append(twice, id)
		}
		place[id] = i
	}
	if len(twice) > 0 {
		t.Errorf("%s: these came more than once: %v", c.name, twice)
	}
	// What one process took in turn is told in turn. (What was sent again is not.)
	last := map[int]event{}
	for _, e := range all {
		before, ok := last[e.via]
		if !e.direct {
			continue
		}
		if ok && place[e.id] < place[before.id] {
			t.Errorf("%s: %s came after %s, which the same process took later", c.name, before.id, e.id)
		}
		last[e.via] = e
	}
	for _, wrong := range append(c.aircraft.Wrong(), c.wrong...) {
		t.Errorf("%s: %s", c.name, wrong)
	}
}

// grown gives by how much the memory of that process has grown that grew most, and
// looks whether any holds on to more than it should. (One that came meanwhile counts
// from its own beginning.)
func (r *rig) grown() (most int64) {
	r.t.Helper()
	for i, g := range r.gateways {
		now := g.uses(r.t)
		most = max(most, now.memory-g.before.memory)
		if limit := g.before.memory + 64<<20; now.memory > limit {
			r.t.Errorf("process %d has grown from %d to %d MB", i, g.before.memory>>20, now.memory>>20)
		}
		// Clients move, and pools of connections fill when much is asked at once.
		if now.files > g.before.files+40 {
			r.t.Errorf("process %d has %d files open, at first %d", i, now.files, g.before.files)
		}
	}
	return most
}

// writer gives the process that writes the aircraft.
func (r *rig) writer() (i int) {
	r.t.Helper()
	eventually(r.t, "one process writes", func() string {
		var writers []int
		for i, g := range r.gateways {
			if g.isWriter() {
				writers = append(writers, i)
			}
		}
		if len(writers) != 1 {
			return fmt.Sprintf("these do: %v", writers)
		}
		i = writers[0]
		return ""
	})
	return i
}

// kill kills a process, and starts it again at its address once the others have
// recovered from that; then its clients return.
func (r *rig) kill(i int) (f figures) {
	r.t.Helper()
	begin := time.Now()
	r.gateways[i].Kill()
	r.events.died(i, begin)
	others := slices.Delete(slices.Clone(r.gateways), i, i+1)
	all := r.gateways
	r.gateways = others
	f = r.recovered(begin, r.clients)
	r.gateways = all
	r.gateways[i].start(r.t)
	r.events.born(i, r.gateways[i].URL)
	r.gateways[i].before = r.gateways[i].uses(r.t)
	for k, c := range r.clients {
		if r.homes[k] == i {
			c.visit(r.from(i)...)
		}
	}
	r.recovered(time.Now(), r.clients)
	r.gateways[i].before = r.gateways[i].uses(r.t)
	return f
}

// away has something be away for a while, in which processes go on serving and compute
// next to nothing; then it lets it come back.
func (r *rig) away(long time.Duration, back func()) (f figures) {
	r.t.Helper()
	pause(r.t, time.Second) // what fails at once has failed
	before := make([]usage, len(r.gateways))
	for i, g := range r.gateways {
		before[i] = g.uses(r.t)
	}
	end := time.Now().Add(long - time.Second)
	for _, c := range r.clients[:processes] {
		r.asked++
		if took := c.ask(r, fmt.Sprint(r.asked)); took > time.Second {
			r.t.Errorf("%s waits %v for an answer while Redis is away", c.name, took)
		}
	}
	pause(r.t, time.Until(end))
	cores := 0.0
	for i, g := range r.gateways {
		is := g.uses(r.t).cores(before[i])
		if cores = max(cores, is); is > 0.3 {
			r.t.Errorf("process %d takes %.2f of a core while Redis is away", i, is)
		}
	}
	back()
	f = r.recovered(time.Now(), r.clients)
	f.cores = cores
	return f
}

// between gives a time between two, by chance.
func (r *rig) between(least, most time.Duration) time.Duration {
	return least + time.Duration(r.rng.Int64N(int64(most-least)))
}
