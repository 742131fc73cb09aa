package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// scene is one operation by one actor.
type scene struct {
	*stage
	t    *testing.T
	from *actor
	tag  string
	// victims are clients that are there for this alone, by server.
	victims map[*actor]*client
}

// outcome is what the clients of a server get, each event in order.
type outcome struct{ inRoom, outside, other []string }

// operation is a row of the matrix.
type operation struct {
	// by says who can do it; nil for all.
	by func(*actor) bool
	// do does it.
	do func(*scene)
	// want is what the clients of a server then have got.
	want func(s *scene, to *actor) outcome
	// check looks at a server; nil when the clients tell it all.
	check func(s *scene, t *testing.T, to *actor)
}

func servers(a *actor) bool    { return a.serves }
func notPython(a *actor) bool  { return !a.python }
func onlyPython(a *actor) bool { return a.python }

// nothing is what clients get of what is not for them.
func nothing(*scene, *actor) outcome { return outcome{} }

// query has the one who acts do something with the scene's tag.
func query(format string) func(*scene) {
	return func(s *scene) { s.do(s.from, strings.ReplaceAll(format, "TAG", s.tag)) }
}

// get makes an outcome of events with the scene's tag.
func get(inRoom, outside, other string) func(*scene, *actor) outcome {
	return func(s *scene, _ *actor) outcome {
		list := func(event string) []string {
			if event == "" {
				return nil
			}
			return []string{strings.ReplaceAll(event, "TAG", s.tag)}
		}
		return outcome{list(inRoom), list(outside), list(other)}
	}
}

const bin = `["bin","010203",{"in":["ff"]},"TAG"]`

var broadcasts = map[string]operation{
	"emit to all":                   {nil, query("emit?ev=x&msg=TAG"), get(`["x","TAG"]`, `["x","TAG"]`, ""), nil},
	"emit to a room":                {nil, query("emit?ev=x&msg=TAG&room=r"), get(`["x","TAG"]`, "", ""), nil},
	"emit to two rooms":             {nil, query("emit?ev=x&msg=TAG&room=r,q"), get(`["x","TAG"]`, `["x","TAG"]`, ""), nil},
	"emit to all but a room":        {notPython, query("emit?ev=x&msg=TAG&except=r"), get("", `["x","TAG"]`, ""), nil},
	"emit to a room but another":    {notPython, query("emit?ev=x&msg=TAG&room=r,q&except=q"), get(`["x","TAG"]`, "", ""), nil},
	"emit in another namespace":     {nil, query("emit?ev=x&msg=TAG&nsp=/custom"), get("", "", `["x","TAG"]`), nil},
	"emit to a room of another":     {nil, query("emit?ev=x&msg=TAG&room=r&nsp=/custom"), get("", "", `["x","TAG"]`), nil},
	"emit volatile":                 {notPython, query("emit?ev=x&msg=TAG&volatile=1"), get(`["x","TAG"]`, `["x","TAG"]`, ""), nil},
	"emit uncompressed":             {notPython, query("emit?ev=x&msg=TAG&compress=false"), get(`["x","TAG"]`, `["x","TAG"]`, ""), nil},
	"emit bytes to all":             {nil, query("emitbin?msg=TAG"), get(bin, bin, ""), nil},
	"emit bytes to a room":          {nil, query("emitbin?msg=TAG&room=r"), get(bin, "", ""), nil},
	"emit bytes in another":         {nil, query("emitbin?msg=TAG&nsp=/custom"), get("", "", bin), nil},
	"emit text beyond ASCII":        {nil, query("emit?ev=x&msg=TAG-é😀"), get(`["x","TAG-é😀"]`, `["x","TAG-é😀"]`, ""), nil},
	"emit to all but one socket":    {nil, exceptOne, wantExceptOne, nil},
	"emit to one socket":            {nil, toEach, get(`["x","TAG"]`, "", ""), nil},
	"emit to sockets of this alone": {servers, query("emit?ev=x&msg=TAG&local=1"), wantLocal, nil},
}

var moves = map[string]operation{
	"sockets join": {
		notPython,
		func(s *scene) {
			query("join?room=r&to=new-TAG")(s)
			done(s)
			query("emit?ev=x&msg=TAG&room=new-TAG,none")(s)
		},
		get(`["x","TAG"]`, "", ""), nil,
	},
	"sockets leave": {
		notPython,
		func(s *scene) {
			query("join?to=new-TAG")(s)
			query("leave?room=r&to=new-TAG")(s)
			done(s)
			query("emit?ev=x&msg=TAG&room=new-TAG,none")(s)
		},
		get("", `["x","TAG"]`, ""), nil,
	},
	"sockets of this alone join": {
		servers,
		func(s *scene) {
			query("join?room=r&to=new-TAG&local=1")(s)
			query("emit?ev=x&msg=TAG&room=new-TAG,none")(s)
		},
		func(s *scene, to *actor) outcome {
			if to == s.from {
				return get(`["x","TAG"]`, "", "")(s, to)
			}
			return outcome{}
		}, nil,
	},
	"a socket enters a room": {
		onlyPython,
		func(s *scene) {
			for _, to := range s.servers {
				query("join?to=new-TAG&sid=" + to.inRoom.sid)(s)
			}
			query("emit?ev=x&msg=TAG&room=new-TAG,none")(s)
		},
		get(`["x","TAG"]`, "", ""), nil,
	},
	"a socket leaves a room, and all do": {
		onlyPython,
		func(s *scene) {
			for _, to := range s.servers {
				query("join?to=new-TAG&sid=" + to.inRoom.sid)(s)
				query("join?to=new-TAG&sid=" + to.outside.sid)(s)
				query("leave?to=new-TAG&sid=" + to.inRoom.sid)(s)
			}
			query("emit?ev=x&msg=TAG&room=new-TAG,none")(s)
			query("close?room=new-TAG")(s)
			query("emit?ev=y&msg=TAG&room=new-TAG,none")(s)
		},
		get("", `["x","TAG"]`, ""), nil,
	},
	"sockets are disconnected": {notPython, query("kick?room=victims-TAG"), nothing, wantDisconnected},
	"connections are closed":   {notPython, query("kick?room=victims-TAG&close=true"), nothing, wantClosed},
	"a socket is disconnected": {onlyPython, kickEach, nothing, wantDisconnected},
}

// done waits until a server's own sockets have moved: Node's adapter tells also itself
// through Redis, and what it emits meanwhile is ahead of that. The answer of the others
// to what it asks them comes after it.
func done(s *scene) {
	if s.from.serves {
		s.ask(s.from, "sockets?room=none", &[]any{})
	}
}

func exceptOne(s *scene) {
	except := make([]string, len(s.servers))
	for i, to := range s.servers {
		except[i] = to.inRoom.sid
	}
	query("emit?ev=x&msg=TAG&except=" + strings.Join(except, ","))(s)
}

func wantExceptOne(s *scene, to *actor) outcome { return get("", `["x","TAG"]`, "")(s, to) }

func toEach(s *scene) {
	for _, to := range s.servers {
		query("emit?ev=x&msg=TAG&room=" + to.inRoom.sid)(s)
	}
}

func kickEach(s *scene) {
	for _, victim := range s.victims {
		query("kick?sid=" + victim.sid)(s)
	}
}

func wantLocal(s *scene, to *actor) outcome {
	if to == s.from {
		return get(`["x","TAG"]`, `["x","TAG"]`, "")(s, to)
	}
	return outcome{}
}

func wantDisconnected(s *scene, t *testing.T, to *actor) {
	t.Helper()
	s.victims[to].until("41")
}

func wantClosed(s *scene, t *testing.T, to *actor) {
	t.Helper()
	victim := s.victims[to]
	victim.until("41")
	victim.eventually("its connection is closed", func() bool { return victim.ended })
}

func TestMatrixClassic(t *testing.T) { matrix(t, "classic") }

func TestMatrixSharded(t *testing.T) { matrix(t, "sharded") }

// matrix does each operation in each direction.
func matrix(t *testing.T, mode string) {
	s := setUp(t, mode)
	n := 0
	table := newTable(s)
	for _, rows := range []map[string]operation{broadcasts, moves, asks} {
		for name, op := range rows {
			for _, from := range s.all() {
				if op.by != nil && !op.by(from) {
					continue
				}
				n++
				play(t, s, table, name, op, from, fmt.Sprintf("t%d", n))
			}
		}
	}
	for _, a := range s.servers {
		if said := a.Stderr(); strings.Contains(said, "panic") {
			t.Errorf("%s says:\n%s", a.name, said)
		}
	}
	if table.log(t); n < 100 {
		t.Errorf("%d operations were done: that cannot be all", n)
	}
}

// play does one operation by one actor, and looks at the clients of each server.
func play(t *testing.T, s *stage, table *table, name string, op operation, from *actor, tag string) {
	scene := &scene{stage: s, t: t, from: from, tag: tag, victims: map[*actor]*client{}}
	if strings.Contains(name, "connect") {
		for _, to := range s.reached(from) {
			scene.victims[to] = dial(t, to.URL, "/", "victims-"+tag, to.name+" victim")
		}
	}
	op.do(scene)
	got := s.barrier(from, tag)
	for _, to := range s.reached(from) {
		ok := t.Run(fmt.Sprintf("%s/%s to %s", name, from.name, to.name), func(t *testing.T) {
			want := outcome{}
			if op.want != nil {
				want = op.want(scene, to)
			}
			for c, events := range map[*client][]string{to.inRoom: want.inRoom, to.outside: want.outside, to.other: want.other} {
				if !slices.Equal(got[c], events) {
					t.Errorf("%s: got %q, want %q", c.name, got[c], events)
				}
			}
			if op.check != nil {
				op.check(scene, t, to)
			}
		})
		table.note(name, from, to, ok)
	}
}
