package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// Who publishes has a key, and publishes so often, on average.
const (
	secret       = "sk_chaos_0123456789"
	publishEvery = 100 * time.Millisecond
)

// unsure is how long before its end a process that was killed may have taken an event
// that nobody else knows of, as long as Redis is well: a 202 says that it is taken, not
// that it is in Redis. Who sees the process end sends those events again, with their
// keys; the ones that were told already are not told twice.
const unsure = time.Second

// event is one that was published.
type event struct {
	id     string
	key    string
	via    int       // the process that took it
	taken  time.Time // when that said so
	direct bool      // that one alone was asked, once
}

// publisher publishes events, one after the other, to whatever process.
type publisher struct {
	t      testing.TB
	rng    *rand.Rand
	client http.Client
	end    chan struct{}
	done   sync.WaitGroup
	turn   sync.Mutex // held while one is being published

	mu      sync.Mutex // guards all below
	urls    []string   // of the processes; "" is one that is known to be dead
	paused  bool
	again   []event // that are to be sent again
	events  []event // in the order in which they were taken
	resent  int
	refused int // requests that failed
}

// publish starts one; it ends with the test.
func publish(t testing.TB, seed uint64, urls []string) *publisher {
	p := &publisher{
		t: t, rng: rand.New(rand.NewPCG(seed, 2)), end: make(chan struct{}), urls: slices.Clone(urls),
		client: http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}},
	}
	p.done.Go(func() {
		for n := 1; ; n++ {
			select {
			case <-p.end:
				return
			case <-time.After(time.Duration(p.rng.Int64N(int64(2 * publishEvery)))):
			}
			p.next(event{id: fmt.Sprintf("e%d", n), key: fmt.Sprintf("%d-%d", seed, n)})
		}
	})
	t.Cleanup(p.stop)
	return p
}

func (p *publisher) stop() {
	select {
	case <-p.end:
	default:
		close(p.end)
	}
	p.done.Wait()
}

// next sends again what has to be, and publishes an event, unless it is held.
func (p *publisher) next(e event) {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.repeat()
	p.mu.Lock()
	paused := p.paused
	p.mu.Unlock()
	if !paused {
		p.add(e)
	}
}

// repeat sends again what has to be.
func (p *publisher) repeat() {
	p.mu.Lock()
	again := p.again
	p.again = nil
	p.resent += len(again)
	p.mu.Unlock()
	for _, e := range again {
		p.send(&e)
	}
}

// add publishes an event until a process takes it.
func (p *publisher) add(e event) {
	p.send(&e)
	if e.taken.IsZero() {
		return // it ends
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.urls[e.via] == "" { // it has ended meanwhile
		e.direct = false
		p.again = append(p.again, e)
	}
	p.events = append(p.events, e)
}

func (p *publisher) send(e *event) {
	for attempt := 0; ; attempt++ {
		select {
		case <-p.end:
			return
		default:
		}
		to := p.rng.IntN(len(p.urls))
		p.mu.Lock()
		url := p.urls[to]
		p.mu.Unlock()
		if url == "" {
			continue
		}
		if err := p.post(url, e); err != nil {
			p.mu.Lock()
			p.refused++
			p.mu.Unlock()
			pause(p.t, 50*time.Millisecond)
			continue
		}
		e.via, e.taken, e.direct = to, time.Now(), attempt == 0
		return
	}
}

func (p *publisher) post(url string, e *event) error {
	body, err := json.Marshal(map[string]any{"topic": own, "event": own + ":closed", "data": map[string]string{"id": e.id}, "key": e.key})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url+"/api/v1/publish", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= http.StatusBadRequest {
		raw, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("%s: %s", resp.Status, raw)
	}
	return nil
}

// hold has it publish nothing new for a while, once the one is taken that it is about to
// publish, and lets it go on.
func (p *publisher) hold(still bool) {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = still
}

// died tells it that a process has ended, not of its own will.
func (p *publisher) died(process int, when time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.urls[process] = ""
	for i := range p.events {
		if e := &p.events[i]; e.via == process && when.Sub(e.taken) < unsure {
			e.direct = false
			p.again = append(p.again, *e)
		}
	}
}

// born tells it that a process is there.
func (p *publisher) born(process int, url string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.urls[process] = url
}

// since gives the ids of what was taken after a moment.
func (p *publisher) since(when time.Time) (ids []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range slices.Backward(p.events) {
		if e.taken.Before(when) {
			break
		}
		ids = append(ids, e.id)
	}
	slices.Reverse(ids)
	return ids
}

// all gives all that was taken.
func (p *publisher) all() []event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.events)
}
