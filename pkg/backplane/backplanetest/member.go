package backplanetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/backplane"
	"github.com/skygate-io/skygate/pkg/eventually"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// Member is a namespace of one process: it writes down what it is told and asked,
// and answers with its name.
type Member struct {
	backplane.Node

	t    *testing.T
	name string

	mu        sync.Mutex // guards all below
	told      []backplane.Command
	questions []backplane.Question
	rooms     []string
	heard     map[string]bool // rooms of which something was heard
	mute      bool
}

var _ backplane.Local = (*Member)(nil)

// Join makes one. It leaves when the test ends.
func Join(t *testing.T, b backplane.Backplane, namespace, name string) *Member {
	t.Helper()
	m := &Member{t: t, name: name, heard: map[string]bool{}}
	m.mu.Lock()
	m.Node = b.Join(namespace, m)
	m.mu.Unlock()
	t.Cleanup(m.Close)
	return m
}

// Obey implements [backplane.Local].
func (m *Member) Obey(c backplane.Command) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b, ok := c.(backplane.Broadcast); ok && string(b.Event.JSON) == heard {
		m.heard[b.To.Rooms[0]] = true
		return
	}
	m.told = append(m.told, c)
}

// Has implements [backplane.Local].
func (m *Member) Has(room string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Contains(m.rooms, room)
}

// Answer implements [backplane.Local]: it answers later, from another goroutine.
func (m *Member) Answer(q backplane.Question, replies backplane.Replies) {
	m.mu.Lock()
	m.questions = append(m.questions, q)
	mute := m.mute
	m.mu.Unlock()
	if mute {
		return
	}
	go func() {
		switch q := q.(type) {
		case backplane.Fetch:
			replies.Sockets([]backplane.Socket{{
				ID: "socket of " + m.name, Rooms: q.To.Rooms, Data: Value(`{"of":"` + m.name + `"}`),
				Handshake: json.RawMessage(`{"address":"::1","query":{"EIO":"4"},"auth":{"token":null}}`),
			}})
		case backplane.AskServers:
			replies.Value(m.says(q.Event))
		case backplane.ListRooms:
			replies.Rooms([]string{"rooms of " + m.name})
		case backplane.Confirm:
			replies.Count(1)
			replies.Value(m.says(q.Event))
		}
	}()
}

func (m *Member) says(event backplane.Value) backplane.Value {
	return Value(fmt.Sprintf("%q", m.name+" says "+gjson.GetBytes(event.JSON, "0").String()))
}

// Enter has somebody of this process be in rooms.
func (m *Member) Enter(rooms ...string) {
	m.mu.Lock()
	m.rooms = append(m.rooms, rooms...)
	m.mu.Unlock()
	if w, ok := m.Node.(backplane.RoomWatcher); ok {
		for _, room := range rooms {
			w.RoomMade(room, false)
		}
	}
}

// Mute has it answer nothing any more.
func (m *Member) Mute() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mute = true
}

// Ask asks the others, waits, and gives the answers in order of the alphabet.
func (m *Member) Ask(q backplane.Question) ([]string, error) {
	m.t.Helper()
	got, done := &answers{}, make(chan error, 2)
	m.Node.Ask(q, got, func(err error) { done <- err })
	select {
	case err := <-done:
		sort.Strings(got.texts)
		return got.texts, err
	case <-time.After(patience):
		m.t.Fatalf("%s asks %T, and waits", m.name, q)
		return nil, nil
	}
}

// Next takes the next thing that it is told.
func (m *Member) Next() backplane.Command {
	m.t.Helper()
	m.eventually("is told nothing", func() bool { return len(m.told) > 0 })
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.told[0]
	m.told = m.told[1:]
	return c
}

// NextQuestion takes the next thing that it is asked.
func (m *Member) NextQuestion() backplane.Question {
	m.t.Helper()
	m.eventually("is asked nothing", func() bool { return len(m.questions) > 0 })
	m.mu.Lock()
	defer m.mu.Unlock()
	q := m.questions[0]
	m.questions = m.questions[1:]
	return q
}

// Told is how much it is told that was not taken.
func (m *Member) Told() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.told)
}

// WantServers waits until so many processes are known.
func (m *Member) WantServers(n int) {
	m.t.Helper()
	m.eventually(fmt.Sprintf("knows %d servers", n), func() bool { return m.Servers() == n })
}

// WantHears waits until this process hears what another tells a room.
func (m *Member) WantHears(other *Member, room string) {
	m.t.Helper()
	m.eventually("hears what is for "+room, func() bool {
		if m.heard[room] {
			return true
		}
		other.Tell(backplane.Broadcast{To: backplane.Audience{Rooms: []string{room}}, Event: Value(heard)})
		return false
	})
}

// heard is what WantHears has told; it is no part of what a member notes.
const heard = `["heard?"]`

func (m *Member) eventually(what string, f func() bool) {
	m.t.Helper()
	eventually.Holds(m.t, m.name+": "+what, func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return f()
	})
}

// answers writes down what a question brings.
type answers struct{ texts []string }

func (a *answers) Count(n int)             { a.texts = append(a.texts, fmt.Sprintf("%d asked", n)) }
func (a *answers) Value(v backplane.Value) { a.texts = append(a.texts, string(v.JSON)) }
func (a *answers) Rooms(rooms []string)    { a.texts = append(a.texts, rooms...) }
func (a *answers) Sockets(sockets []backplane.Socket) {
	for _, s := range sockets {
		a.texts = append(a.texts, fmt.Sprintf("%s in %v", s.ID, s.Rooms))
	}
}

// Value makes one of JSON and its binary parts.
func Value(text string, binary ...string) backplane.Value {
	v := backplane.Value{JSON: json.RawMessage(text)}
	for _, b := range binary {
		v.Binary = append(v.Binary, []byte(b))
	}
	return v
}

// show writes what can be compared by eye, and as text.
func show(v any) string {
	text, _ := json.Marshal(normal(v))
	return fmt.Sprintf("%T %s", v, text)
}

// normal makes what is the same look the same: no rooms are no rooms.
func normal(v any) any {
	audience := func(a backplane.Audience) backplane.Audience {
		return backplane.Audience{Rooms: append([]string{}, a.Rooms...), Except: append([]string{}, a.Except...)}
	}
	switch c := v.(type) {
	case backplane.Broadcast:
		c.To = audience(c.To)
		return c
	case backplane.Confirm:
		c.To = audience(c.To)
		return c
	case backplane.Join:
		c.To = audience(c.To)
		return c
	case backplane.Leave:
		c.To = audience(c.To)
		return c
	case backplane.Disconnect:
		c.To = audience(c.To)
		return c
	case backplane.Fetch:
		c.To = audience(c.To)
		return c
	}
	return v
}
