// Package presence is how many clients there are: of one process, and of all that
// serve the same together. It counts and names nobody.
package presence

// Counts are of one process.
type Counts struct {
	// Connections are clients that are connected.
	Connections int `json:"connections"`
	// Sessions are how many there are in each namespace, by its name; a connection may
	// have several.
	Sessions map[string]int `json:"sessions"`
	// Subscribers are how many sessions see each topic, by its name.
	Subscribers map[string]int `json:"subscribers"`
}

// Total is of all processes.
type Total struct {
	// Processes is how many there are, this one included.
	Processes int `json:"processes"`
	Counts
}

// Presence knows how many clients all processes have. It is safe for concurrent use,
// and waits for nothing.
type Presence interface {
	Total() Total
}

// Alone is the presence of a process that is the only one: the function counts.
type Alone func() Counts

var _ Presence = Alone(nil)

// Total implements [Presence].
func (count Alone) Total() Total { return Sum(count()) }

// Sum adds up what several processes count.
func Sum(counts ...Counts) Total {
	t := Total{Processes: len(counts), Counts: Counts{Sessions: map[string]int{}, Subscribers: map[string]int{}}}
	for _, c := range counts {
		t.Connections += c.Connections
		for name, n := range c.Sessions {
			t.Sessions[name] += n
		}
		for name, n := range c.Subscribers {
			t.Subscribers[name] += n
		}
	}
	return t
}
