package rooms

import (
	"sync"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// job is something to be published. What of it is not set yet is written when its
// turn comes, so that who tells does not wait for that.
type job struct {
	node     *node
	command  backplane.Command
	question backplane.Question
	asking   *asking
	out      *outgoing // an answer
	size     int
}

// jobCost is what a job counts besides its payload in the bytes of the queue.
const jobCost = 256

// queue holds what waits for Redis. Where there is no room the oldest goes.
type queue struct {
	messages, bytes int // at most
	dropped         func(*job)
	filled          chan struct{} // holds a token when there may be something

	mu   sync.Mutex // guards all below
	jobs []*job
	size int
}

func newQueue(messages, bytes int, dropped func(*job)) *queue {
	return &queue{messages: messages, bytes: bytes, dropped: dropped, filled: make(chan struct{}, 1)}
}

func (q *queue) put(j *job) {
	j.size += jobCost
	var gone []*job
	q.mu.Lock()
	for len(q.jobs) > 0 && (len(q.jobs) >= q.messages || q.size+j.size > q.bytes) {
		gone = append(gone, q.jobs[0])
		q.dropLocked(1)
	}
	q.jobs, q.size = append(q.jobs, j), q.size+j.size
	q.mu.Unlock()
	select {
	case q.filled <- struct{}{}:
	default:
	}
	for _, j := range gone {
		q.dropped(j)
	}
}

func (q *queue) dropLocked(n int) {
	for i := range n {
		q.size -= q.jobs[i].size
		q.jobs[i] = nil
	}
	if q.jobs = q.jobs[n:]; len(q.jobs) == 0 {
		q.jobs = nil
	}
}

// take removes up to so many jobs.
func (q *queue) take(most int) []*job {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(most, len(q.jobs))
	taken := append([]*job(nil), q.jobs[:n]...)
	q.dropLocked(n)
	return taken
}

// len is how many wait.
func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.jobs)
}
