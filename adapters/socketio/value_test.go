package socketio

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/zishang520/engine.io/v2/types"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// FuzzEventText: what another process told is a packet that says the same, and is
// told on as it came.
func FuzzEventText(f *testing.F) {
	f.Add("/", `["a",1]`, uint64(0))
	f.Add("/x[1]", `["a",{"b":[]}]`, uint64(7))
	f.Add("/ünï", `["é😀"]`, uint64(1)<<50)
	f.Fuzz(func(t *testing.T, namespace, list string, id uint64) {
		if p, err := parsePacket([]byte("2" + namespace + "," + list)); err != nil || p.namespace != namespace || p.event == "" || namespace == "/" {
			if namespace != "/" {
				return
			}
			if p, err := parsePacket([]byte("2" + list)); err != nil || p.event == "" || list[0] != '[' {
				return
			}
		}
		id >>= 12
		event := backplane.Value{JSON: json.RawMessage(list)}
		for _, asks := range []*uint64{nil, &id} {
			text := eventText(event, namespace, asks)
			p, err := parsePacket(text)
			if err != nil || p.namespace != namespace || p.hasID != (asks != nil) || asks != nil && p.id != id {
				t.Fatalf("%q is read as %+v, %v", text, p, err)
			}
			if back, ok := eventOf(text, nil, namespace); !ok || string(back.JSON) != list {
				t.Fatalf("%q is told on as %s", text, back.JSON)
			}
		}
	})
}

func TestValues(t *testing.T) {
	for name, c := range map[string]struct {
		v, back any
		json    string
	}{
		"nothing": {nil, nil, `null`},
		"number":  {7, json.Number("7"), `7`},
		"object":  {map[string]any{"a": []any{true}}, map[string]any{"a": []any{true}}, `{"a":[true]}`},
		"bytes":   {[]byte{1}, []byte{1}, `{"_placeholder":true,"num":0}`},
		"buffers": {[]any{types.NewBytesBuffer([]byte("x")), "y"}, []any{[]byte("x"), "y"}, `[{"_placeholder":true,"num":0},"y"]`},
		"struct":  {struct{ A int }{1}, map[string]any{"A": json.Number("1")}, `{"A":1}`},
		"channel": {make(chan int), nil, `null`},
	} {
		t.Run(name, func(t *testing.T) {
			v := valueOf(c.v)
			back, err := read(v)
			if string(v.JSON) != c.json || err != nil || !reflect.DeepEqual(back, c.back) {
				t.Errorf("written as %s, read as %#v, %v", v.JSON, back, err)
			}
		})
	}
	if _, err := listOf([]any{make(chan int)}); err == nil {
		t.Error("a channel is told")
	}
}

// TestHandshakes: one of Node, and one of this server, whichever reads it.
func TestHandshakes(t *testing.T) {
	node := `{"headers":{"host":"x","set-cookie":["a","b"]},"time":"now","address":"::1","xdomain":true,"secure":false,"issued":7,"url":"/?a=b","query":{"EIO":"4"},"auth":{"token":null}}`
	h := readHandshake([]byte(node))
	if h.Headers["host"][0] != "x" || len(h.Headers["set-cookie"]) != 2 || h.Query["EIO"][0] != "4" || h.Issued != 7 || !h.Xdomain || h.Url != "/?a=b" {
		t.Errorf("read as %+v", h)
	}
	var want, got any
	_ = json.Unmarshal([]byte(node), &want)
	_ = json.Unmarshal(writeHandshake(h), &got)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("written as %s", writeHandshake(h))
	}
	if h := readHandshake([]byte(`{"headers":7}`)); h == nil || len(h.Headers) > 0 {
		t.Errorf("read as %+v", h)
	}
}
