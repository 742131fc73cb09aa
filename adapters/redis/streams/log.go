package streams

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"

	goredis "github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// mostTopics is how many topics may be followed at a time: each holds a connection.
const mostTopics = 256

// Log is a log of topics in Redis. It is safe for concurrent use.
type Log struct {
	// Static.
	client  *redis.Client
	waiting *redis.Client // for calls that wait for what comes
	config  Config
	bounds  func(topicName string) (Bounds, bool)
	logger  zerolog.Logger
	closed  chan struct{}
	work    context.Context // ends when the log is closed
	end     context.CancelFunc
	running sync.WaitGroup // tails, and snapshots that are being written
	seen    seen

	mu         sync.Mutex // guards all below
	tails      map[string]*tail
	publishers map[string]*publisher
}

var (
	_ feedlog.Log      = (*Log)(nil)
	_ feedlog.Beginner = (*Log)(nil)
)

// New gives a log over a client, which stays the caller's. bounds says what is kept of
// a topic of events; nil, or false, is what suits most.
func New(client *redis.Client, config Config, bounds func(topicName string) (Bounds, bool), logger zerolog.Logger) *Log {
	work, end := context.WithCancel(context.Background())
	return &Log{
		client:     client,
		waiting:    client.Blocking(mostTopics),
		config:     config,
		bounds:     bounds,
		logger:     logger,
		closed:     make(chan struct{}),
		work:       work,
		end:        end,
		tails:      map[string]*tail{},
		publishers: map[string]*publisher{},
	}
}

// Close ends every call that waits, and waits for what the log itself is doing. A
// second Close does nothing.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.isClosed() {
		l.mu.Unlock()
		return nil
	}
	close(l.closed)
	l.mu.Unlock()
	l.end()
	err := l.waiting.Close()
	l.running.Wait()
	return err
}

func (l *Log) isClosed() bool {
	select {
	case <-l.closed:
		return true
	default:
		return false
	}
}

// spawn runs work that Close waits for; false when the log is closed.
func (l *Log) spawn(work func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isClosed() {
		return false
	}
	l.running.Go(work)
	return true
}

// Begin implements [feedlog.Log].
func (l *Log) Begin(ctx context.Context, name string) (feedlog.Writer, error) {
	return l.BeginWith(ctx, name, nil)
}

// BeginWith implements [feedlog.Beginner].
func (l *Log) BeginWith(ctx context.Context, name string, records []record.Record) (feedlog.Writer, error) {
	if l.isClosed() {
		return nil, feedlog.ErrClosed
	}
	first := &record.Change{Added: records}
	data, err := encode(first)
	if err != nil {
		return nil, fmt.Errorf("begin %s: %w", name, err)
	}
	keys := []string{l.key(name, "log"), l.key(name, "head"), l.key(name, "snap")}
	answer, err := l.run(ctx, beginScript, keys, chance(), data)
	if err != nil {
		return nil, err
	}
	epoch, _ := answer.(string)
	if _, err := timeOf(epoch); err != nil {
		return nil, err
	}
	return newWriter(l, name, topic.Position{Epoch: epoch}, first), nil
}

func (l *Log) key(name, what string) string { return l.client.Key(name, what) }

// chance tells epochs and attempts apart.
func chance() string { return rand.Text()[:10] }

// head is where a topic is.
type head struct {
	at   topic.Position // zero: nobody has begun
	kind string
}

const (
	kindState  = "state"
	kindEvents = "events"
)

// headOf asks where a topic is.
func (l *Log) headOf(ctx context.Context, name string) (head, error) {
	call, cancel := context.WithTimeout(ctx, l.config.Timeout)
	defer cancel()
	// Over a connection that ends with the log, so that Close has not to wait.
	values, err := l.waiting.HMGet(call, l.key(name, "head"), "epoch", "seq", "kind").Result()
	if err != nil {
		return head{}, l.failure(ctx, err)
	}
	return readHead(values)
}

func readHead(values []any) (h head, err error) {
	if len(values) != 3 || values[0] == nil && values[1] == nil {
		return head{}, nil
	}
	text, err := texts(values, 3)
	if err != nil {
		return head{}, err
	}
	h.kind = text[2]
	h.at, err = place(text[0], text[1])
	return h, err
}

// Load implements [feedlog.Log].
func (l *Log) Load(ctx context.Context, name string) (feedlog.State, error) {
	if l.isClosed() {
		return feedlog.State{}, feedlog.ErrClosed
	}
	state, err := l.load(ctx, name)
	if errors.Is(err, feedlog.ErrAway) { // that it is well says who follows it
		l.note(name, err)
	}
	return state, err
}

func (l *Log) load(ctx context.Context, name string) (feedlog.State, error) {
	// What is loaded may be replaced meanwhile: a newer snapshot, an epoch, a trim.
	var err error
	for range 5 {
		var h head
		seen := l.seen.of(name)
		if h, err = l.headOf(ctx, name); err != nil {
			return feedlog.State{}, err
		}
		var state feedlog.State
		switch {
		case h.at.Epoch == "":
			return feedlog.State{}, nil
		case h.kind == kindEvents && isBehind(h.at, seen):
			// It is not enough to wait for whoever follows the topic here to see it, too.
			if err := l.publisherOf(name).compare(ctx, h.at, seen); err != nil {
				return feedlog.State{}, err
			}
			err = errMoved
		case h.kind == kindEvents:
			if state, err = l.loadEvents(ctx, name, h.at); err == nil {
				l.seen.note(name, state.At)
			}
		default:
			state, err = l.loadState(ctx, name, h.at)
		}
		if err == nil || !isMoved(err) {
			return state, err
		}
	}
	if wrong := l.check(ctx, name); wrong != nil {
		return feedlog.State{}, wrong
	}
	return feedlog.State{}, fmt.Errorf("%w: topic %s: %w", feedlog.ErrAway, name, err)
}

// Read implements [feedlog.Log].
func (l *Log) Read(ctx context.Context, name string, after topic.Position) ([]*feedlog.Entry, error) {
	t, err := l.tailOf(name)
	if err != nil {
		return nil, err
	}
	return t.read(ctx, after)
}

// tailOf gives the one that follows a topic, which begins with its first reader.
func (l *Log) tailOf(name string) (*tail, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isClosed() {
		return nil, feedlog.ErrClosed
	}
	t := l.tails[name]
	if t == nil {
		t = &tail{log: l, name: name, window: window{grown: make(chan struct{})}}
		l.tails[name] = t
		l.running.Go(func() { t.run(l.work) })
	}
	return t, nil
}

// newest gives what was read last of a topic that is followed.
func (l *Log) newest(name string) []*feedlog.Entry {
	l.mu.Lock()
	t := l.tails[name]
	l.mu.Unlock()
	if t == nil {
		return nil
	}
	return t.all()
}

// Publish implements [feedlog.Log].
func (l *Log) Publish(ctx context.Context, name string, c *record.Change) (topic.Position, error) {
	if l.isClosed() {
		return topic.Position{}, feedlog.ErrClosed
	}
	return l.publisherOf(name).publish(ctx, c)
}

// publisherOf gives the one that publishes to a topic from here.
func (l *Log) publisherOf(name string) *publisher {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.publishers[name]
	if p == nil {
		p = newPublisher(l, name)
		l.publishers[name] = p
	}
	return p
}

// isNone says whether an answer is that there is nothing.
func isNone(err error) bool { return err == goredis.Nil } //nolint:errorlint // it is never wrapped
