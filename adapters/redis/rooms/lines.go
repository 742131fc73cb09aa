package rooms

import (
	"context"
	"maps"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/skygate-io/skygate/adapters/redis"
)

// subscription is a channel, or a pattern of channels.
type subscription struct {
	kind kind
	name string
}

type kind byte

const (
	ofChannel kind = iota
	ofPattern
	ofShard
)

// handler gets what comes over a channel.
type handler func(channel string, raw []byte)

// checkEvery is how often the places of a Cluster's channels are looked up.
const checkEvery = time.Second

// lines are the connections over which messages come: one, and in a Cluster one more
// to each master that has sharded channels. It keeps what is wanted, and one
// goroutine sees to it that this is what is subscribed to.
type lines struct {
	// Static.
	client  *redis.Client
	logger  zerolog.Logger
	part    *redis.Part
	changed chan struct{} // holds a token when wanted has changed, or a line failed

	open map[string]*line // by place; owned by run

	mu       sync.Mutex // guards all below
	wanted   map[subscription]handler
	changes  map[subscription]bool // what has been wanted, or not any more, since run looked
	homeless map[subscription]bool // what has no place now
	state    map[*line]bool        // whether all that the line is to hear it does
	err      error                 // the last of a line, nil once all are ready again
	since    time.Time             // from when on they have been ready, or not
	ready    bool
}

func newLines(client *redis.Client, logger zerolog.Logger) *lines {
	return &lines{
		client: client, logger: logger, part: client.Part("the rooms", logger), changed: make(chan struct{}, 1),
		open: map[string]*line{}, wanted: map[subscription]handler{}, state: map[*line]bool{},
		changes: map[subscription]bool{}, homeless: map[subscription]bool{},
	}
}

// want subscribes, soon.
func (l *lines) want(s subscription, h handler) {
	l.mu.Lock()
	l.wanted[s], l.changes[s] = h, true
	l.noteLocked()
	l.mu.Unlock()
	l.wake()
}

// unwant ends that.
func (l *lines) unwant(s subscription) {
	l.mu.Lock()
	delete(l.wanted, s)
	l.changes[s] = true
	l.mu.Unlock()
	l.wake()
}

func (l *lines) unwantAll(which func(subscription) bool) {
	l.mu.Lock()
	for s := range l.wanted {
		if which(s) {
			delete(l.wanted, s)
			l.changes[s] = true
		}
	}
	l.mu.Unlock()
	l.wake()
}

func (l *lines) wake() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// run keeps the lines until ctx ends.
func (l *lines) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	var tick <-chan time.Time // in a Cluster channels move
	if _, ok := l.client.UniversalClient.(*goredis.ClusterClient); ok {
		ticker := time.NewTicker(checkEvery)
		defer ticker.Stop()
		tick = ticker.C
	}
	for ctx.Err() == nil {
		l.settle(ctx, group)
		select {
		case <-ctx.Done():
		case <-l.changed:
		case <-tick:
			l.lookAgain()
		}
	}
	return group.Wait()
}

// lookAgain has the places of all sharded channels looked up.
func (l *lines) lookAgain() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for s := range l.wanted {
		if s.kind == ofShard {
			l.changes[s] = true
		}
	}
}

// settle has each line hear what it is to, as far as that has changed.
func (l *lines) settle(ctx context.Context, group *errgroup.Group) {
	l.mu.Lock()
	changes := l.changes
	l.changes = map[subscription]bool{}
	for s := range changes {
		_, changes[s] = l.wanted[s]
	}
	l.mu.Unlock()
	shares := map[string]map[subscription]bool{}
	homeless := map[subscription]bool{}
	for s, wanted := range changes {
		if !wanted {
			continue
		}
		if len(homeless) > 0 { // one that cannot be looked up stands for all: it took its time
			homeless[s] = true
			continue
		}
		place, client, err := l.place(ctx, s)
		if err != nil {
			homeless[s] = true
			l.fail(err)
			continue
		}
		if shares[place] == nil {
			shares[place] = map[subscription]bool{}
		}
		shares[place][s] = true
		if l.open[place] == nil {
			l.begin(ctx, group, place, client)
		}
	}
	for s := range homeless { // it stays where it is
		delete(changes, s)
	}
	for place, line := range l.open { // first what ends: nobody hears anything twice
		if line.drop(ctx, changes, shares[place]) == 0 && len(shares[place]) == 0 {
			line.end()
			delete(l.open, place)
		}
	}
	for place, share := range shares {
		l.open[place].add(ctx, share)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for s := range changes {
		delete(l.homeless, s)
	}
	maps.Copy(l.homeless, homeless)
	l.noteLocked()
}

// begin opens a line.
func (l *lines) begin(ctx context.Context, group *errgroup.Group, place string, client *goredis.Client) {
	line := newLine(l, client)
	l.open[place] = line
	l.mu.Lock()
	l.state[line] = false
	l.mu.Unlock()
	group.Go(func() error { return line.run(ctx) })
}

// place says over which line a subscription comes: the client is nil for the one
// that takes all that any server can give.
func (l *lines) place(ctx context.Context, s subscription) (string, *goredis.Client, error) {
	if _, ok := l.client.UniversalClient.(*goredis.ClusterClient); !ok || s.kind != ofShard {
		return "", nil, nil
	}
	client, err := l.client.Node(ctx, s.name)
	if err != nil {
		return "", nil, err
	}
	return client.Options().Addr, client, nil
}

// handlerOf gives who is to be told of a message.
func (l *lines) handlerOf(m *goredis.Message) handler {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m.Pattern != "" {
		return l.wanted[subscription{ofPattern, m.Pattern}]
	}
	if h := l.wanted[subscription{ofShard, m.Channel}]; h != nil {
		return h
	}
	return l.wanted[subscription{ofChannel, m.Channel}]
}

// set notes how a line is.
func (l *lines) set(line *line, ready bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.state[line]; !ok {
		return
	}
	l.state[line] = ready
	if err != nil {
		l.err = err
	}
	l.noteLocked()
}

func (l *lines) forget(line *line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.state, line)
	l.noteLocked()
}

// fail notes that a channel has no place now.
func (l *lines) fail(err error) {
	l.part.Note(err)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

func (l *lines) noteLocked() {
	ready := len(l.changes) == 0 && len(l.homeless) == 0 && len(l.state) > 0
	for _, one := range l.state {
		ready = ready && one
	}
	if ready == l.ready && !l.since.IsZero() {
		return
	}
	l.ready, l.since = ready, time.Now()
	if ready {
		l.err = nil
		l.part.Well()
	}
}
