//go:build linux

package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// How figures are written in tables.

func fraction(v float64) string { return fmt.Sprintf("%.3f", v) }

func number(v float64) string { return strconv.Itoa(int(math.Round(v))) }

func percent(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }

func millis(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

const legend = `cores: what the operating system accounts to the server, of one core. feed: the same server, with the same clients, when
what it is fed goes to a topic that nobody watches; it is generated in the server, too. clients: the difference. load: what
the clients' process took. p50 and p99: from the order to the read, over all clients and rounds; an update's is that of the
newest order that it tells. The other figures are medians of the rounds.`

// has says whether a scenario is among those wanted.
func (p *plan) has(name string) bool { return slices.Contains(p.only, name) }

// mostClients is how many there are at once.
func (p *plan) mostClients() (most int) {
	for name, clients := range map[string]int{
		"views": p.views.clients, "latency": p.latency.clients, "flow": 1, "writes": p.writes,
		growthName: max(p.growth.manySubscribers, p.growth.fewSubscribers, slices.Max(append([]int{1}, p.growth.subscribers...))),
	} {
		if p.has(name) {
			most = max(most, clients)
		}
	}
	return most
}
