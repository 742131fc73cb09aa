package cluster

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// answers is what an actor was answered; kept by the scene's tag.
var answers = map[string]json.RawMessage{}

// asking has the one who acts ask, and keeps the answer.
func asking(format string) func(*scene) {
	return func(s *scene) {
		var out json.RawMessage
		s.ask(s.from, strings.ReplaceAll(format, "TAG", s.tag), &out)
		answers[s.tag] = out
	}
}

var asks = map[string]operation{
	"emit with acknowledgements":  {servers, asking("emitack?room=r&timeout=5000"), get(`["question"]`, "", ""), wantAck},
	"emit, acknowledged by bytes": {servers, asking("emitack?nsp=/custom&timeout=5000"), get("", "", `["question"]`), wantBytes},
	"fetch sockets":               {servers, asking("sockets?room=r"), nothing, wantSocket},
	"fetch sockets of this alone": {servers, asking("sockets?local=1&room=r"), nothing, wantOwn},
	"servers hear":                {notPython, query("sse?msg=TAG"), nothing, wantHeard},
	"servers answer":              {servers, asking("sseack?msg=TAG"), nothing, wantAnswered},
	"count of servers":            {servers, asking("servercount"), nothing, wantCount},
}

func wantAck(s *scene, t *testing.T, to *actor) {
	t.Helper()
	var names []string
	_ = json.Unmarshal(answers[s.tag], &names)
	if len(names) != len(s.servers) || !slices.Contains(names, to.inRoom.name) {
		t.Errorf("answered %s", answers[s.tag])
	}
}

// wantBytes: JSON has two ways to say what the bytes are.
func wantBytes(s *scene, t *testing.T, _ *actor) {
	t.Helper()
	list := gjson.ParseBytes(answers[s.tag]).Array()
	for _, answer := range list {
		if text := answer.Raw; text != `"Bw=="` && text != `{"type":"Buffer","data":[7]}` {
			t.Errorf("answered %s", text)
		}
	}
	if len(list) != len(s.servers) {
		t.Errorf("%d answers: %s", len(list), answers[s.tag])
	}
}

func wantSocket(s *scene, t *testing.T, to *actor) {
	t.Helper()
	list := gjson.ParseBytes(answers[s.tag]).Array()
	if len(list) != len(s.servers) {
		t.Errorf("%d sockets: %s", len(list), answers[s.tag])
	}
	for _, socket := range list {
		if socket.Get("id").String() != to.inRoom.sid {
			continue
		}
		rooms := socket.Get("rooms").String()
		color := socket.Get("query.color")
		if color.IsArray() {
			color = color.Get("0")
		}
		if !strings.Contains(rooms, `"r"`) || !strings.Contains(rooms, `"`+to.inRoom.sid+`"`) ||
			color.String() != "red" || socket.Get("data.name").String() != to.inRoom.name || socket.Get("auth.room").String() != "r" {
			t.Errorf("it is %s", socket)
		}
		return
	}
	t.Errorf("%s is not among %s", to.inRoom.sid, answers[s.tag])
}

func wantOwn(s *scene, t *testing.T, _ *actor) {
	t.Helper()
	if list := gjson.ParseBytes(answers[s.tag]).Array(); len(list) != 1 || list[0].Get("id").String() != s.from.inRoom.sid {
		t.Errorf("it is %s", answers[s.tag])
	}
}

// wantHeard: every server but the one that says it hears it, once.
func wantHeard(s *scene, t *testing.T, to *actor) {
	t.Helper()
	want := 1
	if to == s.from {
		want = 0
	}
	count := func() (n int) {
		var log []string
		s.ask(to, "sselog", &log)
		for _, msg := range log {
			if msg == s.tag {
				n++
			}
		}
		return n
	}
	s.eventually(fmt.Sprintf("%s hears it %d times", to.name, want), func() bool { return count() >= want })
	if n := count(); n != want {
		t.Errorf("it has heard it %d times, want %d", n, want)
	}
}

func wantAnswered(s *scene, t *testing.T, to *actor) {
	t.Helper()
	var names []string
	_ = json.Unmarshal(answers[s.tag], &names)
	if len(names) != len(s.servers)-1 || slices.Contains(names, to.name) == (to == s.from) {
		t.Errorf("answered %s", answers[s.tag])
	}
	wantHeard(s, t, to)
}

func wantCount(s *scene, t *testing.T, _ *actor) {
	t.Helper()
	if string(answers[s.tag]) != fmt.Sprint(len(s.servers)) {
		t.Errorf("it counts %s", answers[s.tag])
	}
}
