package socketio

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/zishang520/engine.io/v2/types"
	"github.com/zishang520/socket.io-go-parser/v2/parser"
)

func TestParsePacket(t *testing.T) {
	for text, want := range map[string]string{
		`0`:                                      `0 / auth=`,
		`0{"token":"x"}`:                         `0 / auth={"token":"x"}`,
		`0/audio,`:                               `0 /audio auth=`,
		`0/audio`:                                `0 /audio auth=`,
		`0/audio?x=1,{}`:                         `0 /audio auth={}`,
		`1`:                                      `1 / auth=`,
		`1/audio,`:                               `1 /audio auth=`,
		`2["a"]`:                                 `2 / a[]`,
		`2["a",1.50,{"b":[]}]`:                   `2 / a[1.50 {"b":[]}]`,
		`212["a"]`:                               `2 / 12 a[]`,
		`2/admin,456["a","b"]`:                   `2 /admin 456 a["b"]`,
		`2[7,"b"]`:                               `2 / 7["b"]`,
		`2["\u0061"]`:                            `2 / a[]`,
		`2["a", "b" , null ]`:                    `2 / a["b" null]`,
		`3456[]`:                                 `3 / 456 []`,
		`3456["x"]`:                              `3 / 456 ["x"]`,
		`2`:                                      `2 / empty`,
		`3`:                                      `3 / empty`,
		`31`:                                     `3 / 1 empty`,
		`4`:                                      `4 / empty`,
		`51-["a",{"_placeholder":true,"num":0}]`: `5 / 1 attached a[{"_placeholder":true,"num":0}]`,
		`61-/admin,9[1]`:                         `6 /admin 9 1 attached [1]`,
		`50-["a"]`:                               `5 / a[]`,
		`2["a",9007199254740993]`:                `2 / a[9007199254740993]`,
		`29007199254740991["a"]`:                 `2 / 9007199254740991 a[]`,
	} {
		p, err := parsePacket([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := describe(p); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func describe(p *packet) string {
	s := fmt.Sprintf("%c %s ", p.kind, p.namespace)
	if p.hasID {
		s += fmt.Sprint(p.id, " ")
	}
	if p.attachments > 0 {
		s += fmt.Sprint(p.attachments, " attached ")
	}
	switch {
	case p.kind == typeConnect || p.kind == typeDisconnect:
		return s + "auth=" + string(p.auth)
	case p.empty():
		return s + "empty"
	}
	args := make([]string, len(p.args))
	for i, a := range p.args {
		args[i] = string(a)
	}
	return s + p.event + "[" + strings.Join(args, " ") + "]"
}

func TestParsePacketRefuses(t *testing.T) {
	deep := strings.Repeat("[", 60) + strings.Repeat("]", 60)
	for _, text := range []string{
		``, `7`, `x`, `9["a"]`, `2["a"]x`, `2["a"]["b"]`, `2["a"`, `2{}`, `2"a"`, `2[]`, `2[null]`, `2[{}]`, `2[true]`,
		`2["connect"]`, `2["disconnect"]`, `2["disconnecting"]`, `2["connect_error"]`, `2["newListener"]`, `2["removeListener"]`,
		`0[]`, `0"x"`, `0null`, `0{}x`, `1{}`, `3{}`, `3"x"`, `5["a"]`, `5-["a"]`, `511-["a"]`, `501-["a"]`, `5x-["a"]`, `5-1-["a"]`,
		`2/` + strings.Repeat("n", 300) + `,["a"]`, `299999999999999999999["a"]`, `29007199254740992["a"]`,
		`3["a",` + deep + `]`, `50-["a",` + deep + `]`, `0{"a":` + deep + `}`, `2["connect",` + deep + `]`, `2[` + deep + `]`, "2[\"\xff\"]", `2["a",NaN]`, `2["a",01]`, `2['a']`, `2["a",]`,
	} {
		if p, err := parsePacket([]byte(text)); err == nil {
			t.Errorf("%q was taken: %s", text, describe(p))
		}
	}
	if p, err := parsePacket([]byte(`27["a",` + deep + `]`)); err != nil || !p.deep || p.event != "a" || p.args != nil || p.id != 7 {
		t.Errorf("an event nested too deeply: %+v, %v", p, err)
	}
	if _, err := parsePacket([]byte(`2["a"` + strings.Repeat(",1", 2000) + `]`)); err == nil {
		t.Error("2000 arguments were taken")
	}
}

func TestAttachments(t *testing.T) {
	in := inbound{maxBytes: 100}
	step := func(data string, binary bool) *message {
		t.Helper()
		m, err := in.add([]byte(data), binary)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if m := step(`52-["a",{"x":{"_placeholder":true,"num":1}},[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}],12345678901234567890]`, false); m != nil {
		t.Fatal("complete without its attachments")
	}
	if m := step("one", true); m != nil {
		t.Fatal("complete after one of two")
	}
	m := step("two", true)
	got, err := m.values()
	want := []any{
		map[string]any{"x": []byte("two")}, []any{[]byte("one"), []byte("two")}, json.Number("12345678901234567890"),
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if m := step(`2["next"]`, false); m == nil || m.event != "next" {
		t.Errorf("after it: %v", m)
	}
	for name, frames := range map[string][]string{
		"none announced":       {"B"},
		"text in between":      {`51-["a",{"_placeholder":true,"num":0}]`, `2["b"]`},
		"out of range":         {`51-["a",{"_placeholder":true,"num":1}]`, "B"},
		"negative":             {`51-["a",{"_placeholder":true,"num":-1}]`, "B"},
		"no number":            {`51-["a",{"_placeholder":true,"num":"0"}]`, "B"},
		"a fraction":           {`51-["a",{"_placeholder":true,"num":0.5}]`, "B"},
		"no attachment at all": {`50-["a",{"_placeholder":true,"num":0}]`},
		"too many bytes":       {`52-["a"]`, "B" + strings.Repeat("x", 60), "B" + strings.Repeat("x", 60)},
	} {
		in := inbound{maxBytes: 100}
		var err error
		for _, f := range frames {
			if f[0] == 'B' {
				_, err = in.add([]byte(f[1:]), true)
			} else {
				_, err = in.add([]byte(f), false)
			}
		}
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// FuzzParsePacket compares with the library's decoder on what both take, and
// checks that what we take is within the bounds.
func FuzzParsePacket(f *testing.F) {
	for _, seed := range []string{
		`0{"a":1}`, `2["a",1,{"b":"c"}]`, `2/n,12["a"]`, `31["x"]`, `1`, `2`, `51-["a"]`, `2["\ud800"]`, `2[1]`, `0/x?y,`, `2["a",1e400]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePacket([]byte(text))
		if err != nil {
			return
		}
		if len(p.namespace) > maxNamespace || p.attachments > maxAttachments || reserved(p.event) || len(p.args) > maxArguments {
			t.Fatalf("over the bounds: %s", describe(p))
		}
		for _, a := range p.args {
			if !json.Valid(a) {
				t.Fatalf("argument %q is no JSON", a)
			}
		}
		theirs := libraryDecode(text)
		if theirs == nil || p.empty() || p.attachments > 0 {
			return
		}
		if byte(theirs.Type) != p.kind || (theirs.Id != nil) != p.hasID || p.hasID && *theirs.Id != p.id {
			t.Errorf("%q: %s, the library says %+v", text, describe(p), theirs)
		}
		if data, ok := theirs.Data.([]any); ok && p.kind == typeEvent && len(data) != len(p.args)+1 {
			t.Errorf("%q: %d arguments, the library says %d", text, len(p.args), len(data)-1)
		}
	})
}

// libraryDecode gives what the library makes of a packet; nil when it refuses
// it, or panics.
func libraryDecode(text string) (p *parser.Packet) {
	defer func() {
		if recover() != nil {
			p = nil
		}
	}()
	d := parser.NewDecoder()
	_ = d.On("decoded", func(args ...any) { p, _ = args[0].(*parser.Packet) })
	if d.Add(types.NewStringBufferString(text)) != nil {
		return nil
	}
	return p
}
