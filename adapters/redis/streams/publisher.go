package streams

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/feedlog"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/topic"
)

// What is remembered of the events published from here, in case the log loses them:
// a fail-over loses what its replica had not yet, a restart what was not on the disk.
const (
	remembered      = 1000
	rememberedBytes = 4 << 20
	rememberedFor   = 5 * time.Minute
)

// Events without a key of their own have one for as long as an attempt may be
// repeated.
const (
	attempts    = 1000 // whose end is not known, at most
	attemptsFor = 5 * time.Minute
)

// publisher publishes the events of one topic, one at a time.
type publisher struct {
	// Static.
	log    *Log
	name   string
	keys   []string
	bounds Bounds
	turn   chan struct{} // holds one token: who has it owns what is below

	at       topic.Position            // of the newest event from here, or where the topic was opened
	recent   []published               // those in the log, oldest first
	bytes    int                       // that they take
	owed     []published               // those that the log has lost, oldest first
	attempts map[*record.Change]string // those whose end is not known, by change
	order    []*record.Change          // oldest first
	doubts   []doubt                   // of the same, oldest first
}

// published is an event in the log.
type published struct {
	at     topic.Position
	origin topic.Position // where it was first
	once   record.Once
	data   string
	when   time.Time
}

func newPublisher(l *Log, name string) *publisher {
	p := &publisher{
		log: l, name: name, bounds: defaultBounds,
		keys:     []string{l.key(name, "log"), l.key(name, "head")},
		turn:     make(chan struct{}, 1),
		attempts: map[*record.Change]string{},
	}
	if l.bounds != nil {
		if b, ok := l.bounds(name); ok {
			p.bounds = b
		}
	}
	p.turn <- struct{}{}
	return p
}

// take waits for the turn.
func (p *publisher) take(ctx context.Context) error {
	select {
	case <-p.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-p.log.closed:
		return feedlog.ErrClosed
	}
}

func (p *publisher) release() { p.turn <- struct{}{} }

// publish adds an event, after those from here that the log has lost.
func (p *publisher) publish(ctx context.Context, c *record.Change) (topic.Position, error) {
	if err := p.take(ctx); err != nil {
		return topic.Position{}, err
	}
	defer p.release()
	if c == nil {
		return p.settle(ctx, published{})
	}
	data, err := encode(c)
	if err != nil {
		return topic.Position{}, err
	}
	e := published{once: p.onceOf(c), data: data}
	at, err := p.settle(ctx, e)
	if err != nil {
		p.doubt(c, e)
		return topic.Position{}, err
	}
	p.settled(c)
	p.forget(c)
	return at, nil
}

// settle adds an event, or only opens the topic, after what the log has lost.
func (p *publisher) settle(ctx context.Context, e published) (topic.Position, error) {
	for moves := 0; moves < 5; {
		next, owed := e, len(p.owed) > 0
		if owed {
			next = p.owed[0]
		}
		a, err := p.add(ctx, next)
		switch {
		case err != nil:
			return topic.Position{}, err
		case a.how == howMoved:
			moves++
			p.move(a)
			continue
		case a.how == howOK:
			p.at = a.at
		}
		if next.data != "" {
			p.remember(next, a.at)
		}
		if !owed {
			return a.at, nil
		}
		p.owed = p.owed[1:]
	}
	return topic.Position{}, fmt.Errorf("%w: its epochs change faster than an event is published", feedlog.ErrAway)
}

// move goes on in a new epoch: what is no longer in the log is owed to it.
func (p *publisher) move(a answer) {
	there := func(e published) bool {
		return slices.ContainsFunc(a.chain, func(end topic.Position) bool {
			return end.Epoch == e.at.Epoch && e.at.Seq <= end.Seq
		})
	}
	for _, e := range p.found() {
		p.remember(e, e.at)
	}
	p.at = a.at
	var lost []published
	recent := p.recent
	p.recent, p.bytes = nil, 0
	for _, e := range recent {
		if e.at.Epoch == a.at.Epoch || there(e) {
			p.recent = append(p.recent, e)
			p.bytes += len(e.data)
			continue
		}
		if e.origin.Epoch == "" {
			e.origin = e.at
		}
		lost = append(lost, e)
	}
	if len(lost) == 0 {
		return
	}
	p.owed = append(lost, p.owed...)
	p.log.logger.Warn().Str("topic", p.name).Int("events", len(lost)).Str("epoch", a.at.Epoch).
		Msg("the log has lost events; they are published again")
}

// compare is told where the topic is, and how far it was seen before. When it ends
// before that, it goes on in another epoch; when the epoch is another than this has
// published to, what is lost is published again.
func (p *publisher) compare(ctx context.Context, is, seen topic.Position) error {
	// Not behind all who publish, when each of them waits for a server that is frozen.
	turn, cancel := context.WithTimeout(ctx, p.log.config.Timeout)
	defer cancel()
	if err := p.take(turn); err != nil {
		return p.log.failure(ctx, err)
	}
	defer p.release()
	if p.at.Epoch != "" && (p.at.Epoch != is.Epoch || is.Seq < p.at.Seq) {
		if _, err := p.settle(ctx, published{}); err != nil {
			return err
		}
	}
	if !isBehind(is, seen) || p.at.Epoch != "" && !isBehind(p.at, seen) {
		return nil
	}
	p.at = seen // what others have published counts as much
	_, err := p.settle(ctx, published{})
	return err
}

// answer is what the script says.
type answer struct {
	how   string
	at    topic.Position
	chain []topic.Position // where the epochs before ended, the newest first
}

const (
	howOK    = "ok"
	howMoved = "moved"
)

// add runs the script once.
func (p *publisher) add(ctx context.Context, e published) (answer, error) {
	run := p.log.run
	if p.log.config.WaitReplicas > 0 && e.data != "" {
		run = p.log.runConfirmed
	}
	keys := append(p.keys[:2:2], p.log.key(p.name, "once:"+e.once.Key))
	out, err := run(ctx, publishScript, keys,
		chance(), e.data, millis(e.once.For), p.at.Epoch, number(p.at.Seq), spell(e.origin),
		p.bounds.Events, p.bounds.Bytes, millis(p.bounds.For))
	if err != nil {
		return answer{}, err
	}
	text, err := texts(out, 4)
	if err != nil {
		return answer{}, err
	}
	a := answer{how: text[0]}
	if a.at, err = place(text[1], text[2]); err != nil {
		return answer{}, err
	}
	for end := range strings.FieldsSeq(text[3]) {
		at, err := parse(end)
		if err != nil {
			return answer{}, err
		}
		a.chain = append(a.chain, at)
	}
	return a, nil
}

// onceOf gives what keeps an event from being told twice: its own key, or one that is
// the same as long as what became of it is not known.
func (p *publisher) onceOf(c *record.Change) record.Once {
	if c.Once.Key != "" {
		return record.Once{Key: "key:" + c.Once.Key, For: c.Once.For}
	}
	key, ok := p.attempts[c]
	if !ok {
		key = "attempt:" + chance()
		if len(p.order) >= attempts {
			delete(p.attempts, p.order[0])
			p.order = p.order[1:]
		}
		p.attempts[c] = key
		p.order = append(p.order, c)
	}
	return record.Once{Key: key, For: attemptsFor}
}

// forget lets go of a change that was published.
func (p *publisher) forget(c *record.Change) {
	if _, ok := p.attempts[c]; !ok {
		return
	}
	delete(p.attempts, c)
	for i, other := range p.order {
		if other == c {
			p.order = append(p.order[:i], p.order[i+1:]...)
			return
		}
	}
}

// remember keeps an event that was published, in case it is lost.
func (p *publisher) remember(e published, at topic.Position) {
	now := time.Now()
	drop := 0
	for drop < len(p.recent) && (len(p.recent)-drop >= remembered || p.bytes+len(e.data) > rememberedBytes || now.Sub(p.recent[drop].when) > rememberedFor) {
		p.bytes -= len(p.recent[drop].data)
		drop++
	}
	e.at, e.when = at, now
	p.recent = append(slices.Delete(p.recent, 0, drop), e)
	p.bytes += len(e.data)
}
