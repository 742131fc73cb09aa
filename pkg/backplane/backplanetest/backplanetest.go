// Package backplanetest is the contract of [backplane.Backplane], as a test.
package backplanetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// Run proves an implementation. For each test it is given a function that makes
// another process of a new cluster.
func Run(t *testing.T, cluster func(t *testing.T) func() backplane.Backplane) {
	for name, test := range map[string]func(*testing.T, func() backplane.Backplane){
		"commands":          commands,
		"order":             order,
		"namespaces":        namespaces,
		"rooms":             rooms,
		"questions":         questions,
		"alone":             alone,
		"time is over":      timeIsOver,
		"who has left":      left,
		"all at once":       allAtOnce,
		"servers are known": servers,
	} {
		t.Run(name, func(t *testing.T) { test(t, cluster(t)) })
	}
}

// trio gives three members of a namespace who know each other.
func trio(t *testing.T, process func() backplane.Backplane) (a, b, c *Member) {
	t.Helper()
	members := [3]*Member{}
	for i, name := range []string{"a", "b", "c"} {
		members[i] = Join(t, process(), "/", name)
	}
	for _, m := range members {
		m.WantServers(3)
	}
	return members[0], members[1], members[2]
}

func commands(t *testing.T, process func() backplane.Backplane) {
	yes, no := true, false
	to := backplane.Audience{Rooms: []string{"r", "ünï 2"}, Except: []string{"x"}}
	list := []backplane.Command{
		backplane.Broadcast{Event: Value(`["plain"]`)},
		backplane.Broadcast{To: to, Flags: backplane.Flags{Volatile: true, Compress: &yes}, Event: Value(`["flags",{"a":[1,-2,0.5,null,true,"é😀"],"big":9007199254740991}]`)},
		backplane.Broadcast{To: backplane.Audience{Rooms: []string{"r"}}, Flags: backplane.Flags{Compress: &no}, Event: Value(`["one room"]`)},
		backplane.Broadcast{To: to, Event: Value(`["binary",{"_placeholder":true,"num":0},{"in":[{"_placeholder":true,"num":1}]}]`, "\x00\x01\xff", "")},
		backplane.Join{To: to, Rooms: []string{"new", "er"}},
		backplane.Leave{To: backplane.Audience{Except: []string{"x"}}, Rooms: []string{"new"}},
		backplane.Disconnect{To: to, Close: true},
		backplane.Disconnect{To: backplane.Audience{Rooms: []string{"r"}}},
		backplane.ServerEvent{Event: Value(`["hello",1,{"a":"b"}]`)},
	}
	a, b, c := trio(t, process)
	for _, m := range []*Member{b, c} {
		m.Enter("r", "ünï 2")
		m.WantHears(a, "r")
	}
	for _, command := range list {
		a.Tell(command)
		for _, m := range []*Member{b, c} {
			if got := m.Next(); !reflect.DeepEqual(normal(got), normal(command)) {
				t.Errorf("%s is told %s, want %s", m.name, show(got), show(command))
			}
		}
	}
	b.Tell(backplane.ServerEvent{Event: Value(`["end"]`)})
	if got := a.Next(); show(got) != show(backplane.ServerEvent{Event: Value(`["end"]`)}) {
		t.Errorf("who told is told %s first", show(got))
	}
}

func order(t *testing.T, process func() backplane.Backplane) {
	a, b, _ := trio(t, process)
	b.Enter("r")
	b.WantHears(a, "r")
	const n = 500
	for i := range n {
		switch i % 3 {
		case 0:
			a.Tell(backplane.Broadcast{Event: Value(fmt.Sprintf(`["n",%d]`, i))})
		case 1:
			a.Tell(backplane.Broadcast{To: backplane.Audience{Rooms: []string{"r"}}, Event: Value(fmt.Sprintf(`["n",%d]`, i))})
		case 2:
			a.Tell(backplane.ServerEvent{Event: Value(fmt.Sprintf(`["n",%d]`, i))})
		}
	}
	next := map[bool]int{} // for one room, and for all
	for range n {
		var event backplane.Value
		var to backplane.Audience
		switch c := b.Next().(type) {
		case backplane.Broadcast:
			event, to = c.Event, c.To
		case backplane.ServerEvent:
			event = c.Event
		}
		toRoom := len(to.Rooms) > 0
		for (next[toRoom]%3 == 1) != toRoom {
			next[toRoom]++
		}
		if want := fmt.Sprintf(`["n",%d]`, next[toRoom]); string(event.JSON) != want {
			t.Fatalf("told %s, want %s", event.JSON, want)
		}
		next[toRoom]++
	}
}

func namespaces(t *testing.T, process func() backplane.Backplane) {
	here, there := process(), process()
	chat, other := Join(t, here, "/chat", "chat"), Join(t, here, "/chat*", "other")
	chatThere, otherThere := Join(t, there, "/chat", "chat there"), Join(t, there, "/chat*", "other there")
	for _, m := range []*Member{chat, other, chatThere, otherThere} {
		m.WantServers(2)
	}
	for _, m := range []*Member{other, chat} {
		m.Tell(backplane.Broadcast{Event: Value(`["from ` + m.name + `"]`)})
	}
	for m, want := range map[*Member]string{chatThere: `["from chat"]`, otherThere: `["from other"]`} {
		if got := m.Next().(backplane.Broadcast); string(got.Event.JSON) != want {
			t.Errorf("%s is told %s", m.name, got.Event.JSON)
		}
	}
}

// rooms: what is for a room comes to those who have it, also when it was made just
// now or by another's wish.
func rooms(t *testing.T, process func() backplane.Backplane) {
	a, b, c := trio(t, process)
	to := backplane.Audience{Rooms: []string{"late"}}
	b.Enter("late")
	b.WantHears(a, "late")
	a.Tell(backplane.Broadcast{To: to, Event: Value(`["x"]`)})
	a.Tell(backplane.Broadcast{Event: Value(`["all"]`)})
	heard := map[string]int{}
	for range 2 {
		heard[string(b.Next().(backplane.Broadcast).Event.JSON)]++
	}
	if heard[`["x"]`] != 1 || heard[`["all"]`] != 1 {
		t.Errorf("told %v", heard)
	}
	for { // who has no such room may be told
		if got, ok := c.Next().(backplane.Broadcast); ok && string(got.Event.JSON) == `["all"]` {
			return
		}
	}
}

func questions(t *testing.T, process func() backplane.Backplane) {
	a, b, c := trio(t, process)
	b.Enter("r")
	for name, q := range map[string]struct {
		question backplane.Question
		want     []string
	}{
		"fetch":   {backplane.Fetch{To: backplane.Audience{Rooms: []string{"r"}, Except: []string{"x"}}}, []string{"socket of b in [r]", "socket of c in [r]"}},
		"servers": {backplane.AskServers{Event: Value(`["how",1]`)}, []string{`"b says how"`, `"c says how"`}},
		"rooms":   {backplane.ListRooms{}, []string{"rooms of b", "rooms of c"}},
		"confirm": {
			backplane.Confirm{Broadcast: backplane.Broadcast{To: backplane.Audience{Rooms: []string{"r"}}, Event: Value(`["sure",{"_placeholder":true,"num":0}]`, "\x00")}, Timeout: patience},
			[]string{`"b says sure"`, `"c says sure"`, "1 asked", "1 asked"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := a.Ask(q.question)
			if name == "rooms" && errors.Is(err, errors.ErrUnsupported) {
				return
			}
			if err != nil || !reflect.DeepEqual(got, q.want) {
				t.Errorf("answered %q, %v; want %q", got, err, q.want)
			}
			for _, m := range []*Member{b, c} {
				if asked := m.NextQuestion(); show(asked) != show(q.question) {
					t.Errorf("%s is asked %s, want %s", m.name, show(asked), show(q.question))
				}
			}
		})
	}
}

func alone(t *testing.T, process func() backplane.Backplane) {
	a := Join(t, process(), "/", "a")
	a.WantServers(1)
	a.Tell(backplane.ServerEvent{Event: Value(`["into the void"]`)})
	for _, q := range []backplane.Question{backplane.Fetch{}, backplane.AskServers{Event: Value(`["x"]`)}, backplane.Confirm{Broadcast: backplane.Broadcast{Event: Value(`["x"]`)}, Timeout: patience}} {
		if got, err := a.Ask(q); err != nil || len(got) > 0 {
			t.Errorf("%T: %q, %v", q, got, err)
		}
	}
}

func timeIsOver(t *testing.T, process func() backplane.Backplane) {
	a, b, _ := trio(t, process)
	b.Mute()
	got, err := a.Ask(backplane.Confirm{Broadcast: backplane.Broadcast{Event: Value(`["sure"]`)}, Timeout: 300 * time.Millisecond})
	late := new(backplane.TimeoutError)
	if !errors.As(err, &late) || late.Answered != 1 || late.Expected != 2 || len(got) != 2 {
		t.Errorf("answered %q, %v", got, err)
	}
}

func left(t *testing.T, process func() backplane.Backplane) {
	a, b, c := trio(t, process)
	b.Close()
	b.Close()
	b.Tell(backplane.ServerEvent{Event: Value(`["from who has left"]`)})
	if _, err := b.Ask(backplane.Fetch{}); !errors.Is(err, backplane.ErrClosed) {
		t.Errorf("who has left asks: %v", err)
	}
	a.WantServers(2)
	a.Tell(backplane.ServerEvent{Event: Value(`["x"]`)})
	if got := c.Next().(backplane.ServerEvent); string(got.Event.JSON) != `["x"]` {
		t.Errorf("told %s", got.Event.JSON)
	}
	if got, err := a.Ask(backplane.Fetch{}); err != nil || len(got) != 1 {
		t.Errorf("answered %q, %v", got, err)
	}
	if told := b.Told(); told > 0 {
		t.Errorf("who has left is told %d things", told)
	}
}

// allAtOnce: many tell and ask at once, and each hears of each thing once.
func allAtOnce(t *testing.T, process func() backplane.Backplane) {
	a, b, c := trio(t, process)
	const n = 100
	all := []*Member{a, b, c}
	for _, m := range all {
		go func() {
			for i := range n {
				m.Tell(backplane.Broadcast{Event: Value(fmt.Sprintf(`["%s",%d]`, m.name, i))})
			}
		}()
	}
	for _, m := range all {
		if got, err := m.Ask(backplane.Fetch{}); err != nil || len(got) != 2 {
			t.Errorf("%s is answered %q, %v", m.name, got, err)
		}
	}
	for _, m := range all {
		heard := map[string]int{}
		for range 2 * n {
			var event []any
			_ = json.Unmarshal(m.Next().(backplane.Broadcast).Event.JSON, &event)
			from, i := event[0].(string), int(event[1].(float64))
			if i != heard[from] {
				t.Fatalf("%s hears %s say %d, want %d", m.name, from, i, heard[from])
			}
			heard[from]++
		}
		if heard[m.name] > 0 || m.Told() > 0 {
			t.Errorf("%s has heard %v, and more", m.name, heard)
		}
	}
}

func servers(t *testing.T, process func() backplane.Backplane) {
	a := Join(t, process(), "/", "a")
	b := Join(t, process(), "/", "b")
	Join(t, process(), "/other", "other").WantServers(1)
	a.WantServers(2)
	b.WantServers(2)
	b.Close()
	a.WantServers(1)
}
