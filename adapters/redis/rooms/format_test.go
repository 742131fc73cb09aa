package rooms

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/skygate-io/skygate/pkg/backplane"
)

func newClassic() *classic {
	return &classic{prefix: "socket.io", namespace: "/", uid: "me", most: 1000}
}

func newSharded() *sharded {
	return &sharded{prefix: "socket.io", namespace: "/", uid: "me", most: 1000, dynamic: "dynamic"}
}

// packed makes MessagePack of JSON.
func packed(text string, binary ...string) string {
	v := backplane.Value{JSON: []byte(text)}
	for _, b := range binary {
		v.Binary = append(v.Binary, []byte(b))
	}
	raw, err := appendPacked(nil, v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// bytesOf reads hex.
func bytesOf(text string) string {
	raw, _ := hex.DecodeString(text)
	return string(raw)
}

const (
	all       = "socket.io#/#"
	requests  = "socket.io-request#/#"
	responses = "socket.io-response#/#"
	mine      = "socket.io#/#me#" // sharded
)

var deep = strings.Repeat("[", 55) + strings.Repeat("]", 55)

// good is what is understood, bad what is refused, and why.
type good struct {
	format
	channel, message string
	want             any
}

type bad struct {
	format
	channel, message, reason string
}

func TestReadGood(t *testing.T) {
	no := false
	c, s := newClassic(), newSharded()
	r := backplane.Audience{Rooms: []string{"r"}}
	hello := backplane.Value{JSON: []byte(`["hello",1]`)}
	for name, g := range map[string]good{
		"Node's broadcast": {c, all + "r#", bytesOf("93a64d384d565a6183a47479706502a46461746193a8726f6f6d2d6d736781a362696ec402010207a36e7370a12f83a5726f6f6d7391a172a665786365707490a5666c61677382a8766f6c6174696c65c3a8636f6d7072657373c2"), backplane.Broadcast{
			To: r, Flags: backplane.Flags{Volatile: true, Compress: &no},
			Event: backplane.Value{JSON: []byte(`["room-msg",{"bin":{"_placeholder":true,"num":0}},7]`), Binary: [][]byte{{1, 2}}},
		}},
		"Node's question": {c, requests, bytesOf("85a3756964a64d384d565a61a9726571756573744964a3616263a47479706507a67061636b657483a47479706502a46461746191a171a36e7370a12fa46f70747383a5726f6f6d7391a172a665786365707491a173a5666c61677381a774696d656f7574cd03e8"), backplane.Confirm{
			Broadcast: backplane.Broadcast{To: backplane.Audience{Rooms: []string{"r"}, Except: []string{"s"}}, Event: backplane.Value{JSON: []byte(`["q"]`)}}, Timeout: time.Second,
		}},
		"emitter":              {c, all, packed(`["emitter",{"type":2,"data":["hello",1],"nsp":"/"},{"rooms":[],"except":[],"flags":{}}]`), backplane.Broadcast{Event: hello}},
		"without a namespace":  {c, all, packed(`["x",{"type":2,"data":["hello",1]},{}]`), backplane.Broadcast{Event: hello}},
		"a room by number":     {c, all, packed(`["x",{"type":2,"data":["hello",1],"nsp":"/"},{"rooms":[7]}]`), backplane.Broadcast{To: backplane.Audience{Rooms: []string{"7"}}, Event: hello}},
		"an event by number":   {c, all, packed(`["x",{"type":2,"data":[7],"nsp":"/"},{}]`), backplane.Broadcast{Event: backplane.Value{JSON: []byte(`[7]`)}}},
		"binary type":          {c, all, packed(`["x",{"type":5,"data":["hello",1],"nsp":"/"},{}]`), backplane.Broadcast{Event: hello}},
		"join":                 {c, requests, `{"uid":"x","type":2,"opts":{"rooms":["r"],"except":[]},"rooms":["q"]}`, backplane.Join{To: r, Rooms: []string{"q"}}},
		"join of old":          {c, requests, `{"requestId":"1","type":2,"sid":"r","room":"q"}`, backplane.Join{To: r, Rooms: []string{"q"}}},
		"leave, packed":        {c, requests, packed(`{"type":3,"opts":{"rooms":["r"]},"rooms":["q"]}`), backplane.Leave{To: r, Rooms: []string{"q"}}},
		"disconnect":           {c, requests, `{"uid":"x","type":4,"opts":{"rooms":["r"],"except":[]},"close":true}`, backplane.Disconnect{To: r, Close: true}},
		"fetch":                {c, requests, `{"uid":"x","requestId":"1","type":5,"opts":{"rooms":["r"],"except":[]}}`, backplane.Fetch{To: r}},
		"sockets":              {c, requests, `{"uid":"x","requestId":"1","type":0,"rooms":["r"]}`, backplane.Fetch{To: r}},
		"rooms":                {c, requests, `{"uid":"x","requestId":"1","type":1}`, backplane.ListRooms{}},
		"servers hear":         {c, requests, `{"uid":"x","type":6,"data":["hello",1]}`, backplane.ServerEvent{Event: hello}},
		"servers answer":       {c, requests, `{"uid":"x","requestId":"1","type":6,"data":["hello",1]}`, backplane.AskServers{Event: hello}},
		"sharded broadcast":    {s, all + "r#", `{"uid":"x","nsp":"/","type":3,"data":{"packet":{"type":2,"data":["hello",1],"nsp":"/"},"opts":{"rooms":["r"],"except":[],"flags":{}}}}`, backplane.Broadcast{To: r, Event: hello}},
		"likewise, no nsp":     {s, all, `{"uid":"x","nsp":"/","type":3,"data":{"packet":{"type":2,"data":["hello",1]},"opts":{"rooms":["r"],"except":[]}}}`, backplane.Broadcast{To: r, Event: hello}},
		"sharded, packed":      {s, all, packed(`{"uid":"x","nsp":"/","type":3,"data":{"packet":{"type":2,"data":["hello",{"_placeholder":true,"num":0}]},"opts":{"rooms":[],"except":[]}}}`, "b"), backplane.Broadcast{Event: backplane.Value{JSON: []byte(`["hello",{"_placeholder":true,"num":0}]`), Binary: [][]byte{[]byte("b")}}}},
		"sharded confirm":      {s, all, `{"uid":"x","nsp":"/","type":3,"data":{"requestId":"1","packet":{"type":2,"data":["hello",1]},"opts":{"rooms":["r"],"except":[],"flags":{"timeout":1000}}}}`, backplane.Confirm{Broadcast: backplane.Broadcast{To: r, Event: hello}, Timeout: time.Second}},
		"sharded join":         {s, all, `{"uid":"x","nsp":"/","type":4,"data":{"opts":{"rooms":["r"],"except":[]},"rooms":["q"]}}`, backplane.Join{To: r, Rooms: []string{"q"}}},
		"sharded leave":        {s, all, `{"uid":"x","nsp":"/","type":5,"data":{"opts":{"rooms":["r"],"except":[]},"rooms":["q"]}}`, backplane.Leave{To: r, Rooms: []string{"q"}}},
		"sharded disconnect":   {s, all, `{"uid":"x","nsp":"/","type":6,"data":{"opts":{"rooms":["r"],"except":[]},"close":false}}`, backplane.Disconnect{To: r}},
		"sharded fetch":        {s, all, `{"uid":"x","nsp":"/","type":7,"data":{"opts":{"rooms":["r"],"except":[]},"requestId":"1"}}`, backplane.Fetch{To: r}},
		"sharded server event": {s, all, `{"uid":"x","nsp":"/","type":9,"data":{"packet":["hello",1]}}`, backplane.ServerEvent{Event: hello}},
		"sharded server asks":  {s, all, `{"uid":"x","nsp":"/","type":9,"data":{"packet":["hello",1],"requestId":"1"}}`, backplane.AskServers{Event: hello}},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := g.read(g.channel, []byte(g.message))
			got := any(in.command)
			if in.question != nil {
				got = in.question
			}
			if err != nil || in.own || show(got) != show(g.want) {
				t.Errorf("got  %s, %v\nwant %s", show(got), err, show(g.want))
			}
		})
	}
}

// show writes a value so that those that are the same look the same.
func show(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%T %s", v, strings.ReplaceAll(string(raw), ":[]", ":null"))
}

func TestReadBad(t *testing.T) {
	c, s := newClassic(), newSharded()
	long := strings.Repeat("x", 1001)
	for name, b := range map[string]bad{
		"nothing":                {c, all, "", badFormat},
		"no MessagePack":         {c, all, "hello", badFormat},
		"not three":              {c, all, packed(`["x",{}]`), badFormat},
		"another namespace":      {c, all, packed(`["x",{"type":2,"data":["a"],"nsp":"/b"},{}]`), badNamespace},
		"no event":               {c, all, packed(`["x",{"type":1,"nsp":"/"},{}]`), badType},
		"no list":                {c, all, packed(`["x",{"type":2,"data":{"a":1},"nsp":"/"},{}]`), badFormat},
		"no name":                {c, all, packed(`["x",{"type":2,"data":[],"nsp":"/"},{}]`), badEvent},
		"a name of null":         {c, all, packed(`["x",{"type":2,"data":[null],"nsp":"/"},{}]`), badEvent},
		"reserved":               {c, all, packed(`["x",{"type":2,"data":["disconnect"],"nsp":"/"},{}]`), badEvent},
		"too large":              {c, all, packed(`["x",{"type":2,"data":["a","` + long + `"],"nsp":"/"},{}]`), badSize},
		"far too large":          {c, all, strings.Repeat("x", 300_000), badSize},
		"bytes too large":        {c, all, packed(`["x",{"type":2,"data":["a",{"_placeholder":true,"num":0}],"nsp":"/"},{}]`, long), badSize},
		"too deep":               {c, all, packed(`["x",{"type":2,"data":["a",` + deep + `],"nsp":"/"},{}]`), badDepth},
		"too many arguments":     {&classic{prefix: "socket.io", namespace: "/", most: 10_000}, all, packed(`["x",{"type":2,"data":["a"` + strings.Repeat(",1", 1001) + `],"nsp":"/"},{}]`), badEvent},
		"too many parts":         {c, all, packed(`["x",{"type":2,"data":["a"`+strings.Repeat(`,{"_placeholder":true,"num":0}`, 11)+`],"nsp":"/"},{}]`, "b"), badBinary},
		"a false part":           {c, all, bytesOf("93a17883a47479706502a46461746193a161c4010082ac5f706c616365686f6c646572c3a36e756d09a36e7370a12f80"), badBinary},
		"rooms that are none":    {c, all, packed(`["x",{"type":2,"data":["a"],"nsp":"/"},{"rooms":"r"}]`), badFormat},
		"a room that is none":    {c, all, packed(`["x",{"type":2,"data":["a"],"nsp":"/"},{"rooms":[{}]}]`), badFormat},
		"no UTF-8":               {s, all, `{"uid":"x","nsp":"/","type":9,"data":{"packet":["` + "\xff" + `"]}}`, badFormat},
		"no JSON":                {c, requests, `{"type":2`, badFormat},
		"unknown request":        {c, requests, `{"uid":"x","type":12}`, badType},
		"request without a type": {c, requests, `{"uid":"x"}`, badType},
		"join what":              {c, requests, `{"type":2,"opts":{"rooms":["r"]},"rooms":[]}`, badFormat},
		"join whom":              {c, requests, `{"type":2,"rooms":["r"]}`, badFormat},
		"reserved for servers":   {c, requests, `{"uid":"x","type":6,"data":["connection"]}`, badEvent},
		"request too deep":       {c, requests, `{"type":6,"data":[` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `]}`, badDepth},
		"response to nothing":    {c, responses, `{"type":8}`, badFormat},
		"sockets that are none":  {c, responses, `{"requestId":"1","sockets":[{}]}`, badFormat},
		"sharded unknown":        {s, all, `{"uid":"x","nsp":"/","type":99}`, badType},
		"sharded elsewhere":      {s, all, `{"uid":"x","nsp":"/b","type":3}`, badNamespace},
		"sharded without packet": {s, all, `{"uid":"x","nsp":"/","type":3,"data":{}}`, badType},
		"sharded reserved":       {s, all, `{"uid":"x","nsp":"/","type":3,"data":{"packet":{"type":2,"data":["connect"]},"opts":{}}}`, badEvent},
		"sharded unknown answer": {s, mine, `{"uid":"x","nsp":"/","type":3,"data":{"requestId":"1"}}`, badType},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := b.read(b.channel, []byte(b.message))
			if got := reasonOf(err); got != b.reason {
				t.Errorf("refused for %q (%v), want %q; read %+v", got, err, b.reason, in)
			}
		})
	}
}

func TestReadPython(t *testing.T) {
	const most = 1000
	for name, c := range map[string]struct {
		message, namespace, want, reason string
	}{
		"emit":               {`{"method": "emit", "event": "a", "data": [1, {"b": null}], "binary": false, "namespace": "/x", "room": null, "skip_sid": null, "callback": null, "host_id": "h"}`, "/x", `{[] []} ["a",1,{"b":null}]`, ""},
		"no data":            {`{"method":"emit","event":"a","data":[null],"namespace":"/"}`, "/", `{[] []} ["a"]`, ""},
		"a room, and not":    {`{"method":"emit","event":"a","data":["é"],"room":"r","skip_sid":"s"}`, "/", `{[r] [s]} ["a","é"]`, ""},
		"rooms, and not":     {`{"method":"emit","event":"a","data":[1],"room":["r","q"],"skip_sid":["s","t"]}`, "/", `{[r q] [s t]} ["a",1]`, ""},
		"of old":             {`{"method":"emit","event":"a","data":{"b":1}}`, "/", `{[] []} ["a",{"b":1}]`, ""},
		"bytes":              {`{"method":"emit","event":"a","data":[[{"_placeholder":true,"num":0},1],"AQI="],"binary":true}`, "/", `{[] []} ["a",{"_placeholder":true,"num":0},1] [[1 2]]`, ""},
		"disconnect":         {`{"method":"disconnect","sid":"s","namespace":"/"}`, "/", `{{[s] []} false}`, ""},
		"enter":              {`{"method":"enter_room","sid":"s","room":"r","namespace":"/"}`, "/", `{{[s] []} [r]}`, ""},
		"leave":              {`{"method":"leave_room","sid":"s","room":"r","namespace":"/"}`, "/", `{{[s] []} [r]}`, ""},
		"close":              {`{"method":"close_room","room":"r","namespace":"/"}`, "/", `{{[r] []} [r]}`, ""},
		"pickle":             {"\x80\x04\x95", "", "", badPickle},
		"empty":              {"", "", "", badFormat},
		"no UTF-8":           {`{"method":"emit","event":"a","data":["` + "\xff" + `"]}`, "", "", badFormat},
		"no object":          {`[1]`, "", "", badFormat},
		"no method":          {`{}`, "", "", badType},
		"callback":           {`{"method":"callback"}`, "", "", badCallback},
		"wants one":          {`{"method":"emit","event":"a","data":[1],"callback":["r","/",1]}`, "", "", badCallback},
		"reserved":           {`{"method":"emit","event":"connect","data":[1]}`, "", "", badEvent},
		"no name":            {`{"method":"emit","data":[1]}`, "", "", badEvent},
		"no base64":          {`{"method":"emit","event":"a","data":[[{"_placeholder":true,"num":0}],"?"],"binary":true}`, "", "", badBinary},
		"a part too many":    {`{"method":"emit","event":"a","data":[[1],"AQI="],"binary":true}`, "", "", badBinary},
		"a part for none":    {`{"method":"emit","event":"a","data":[[{"_placeholder":true,"num":1}],"AQI="],"binary":true}`, "", "", badBinary},
		"a part twice":       {`{"method":"emit","event":"a","data":[[{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}],"AQI="],"binary":true}`, "", "", badBinary},
		"binary without":     {`{"method":"emit","event":"a","data":[],"binary":true}`, "", "", badBinary},
		"too large":          {`{"method":"emit","event":"a","data":["` + strings.Repeat("x", 1001) + `"]}`, "", "", badSize},
		"too deep":           {`{"method":"emit","event":"a","data":[` + deep + `]}`, "", "", badDepth},
		"disconnect whom":    {`{"method":"disconnect"}`, "", "", badFormat},
		"disconnect nobody":  {`{"method":"disconnect","sid":""}`, "", "", badFormat},
		"enter what":         {`{"method":"enter_room","sid":"s"}`, "", "", badFormat},
		"close what":         {`{"method":"close_room","room":null}`, "", "", badFormat},
		"a room that is not": {`{"method":"emit","event":"a","data":[1],"room":{"a":1}}`, "", "", badFormat},
	} {
		t.Run(name, func(t *testing.T) {
			namespace, command, err := readPython([]byte(c.message), most)
			if got := reasonOf(err); got != c.reason {
				t.Fatalf("refused for %q (%v), want %q", got, err, c.reason)
			}
			got := fmt.Sprint(command)
			if b, ok := command.(backplane.Broadcast); ok {
				if got = fmt.Sprintf("%v %s", b.To, b.Event.JSON); len(b.Event.Binary) > 0 {
					got += fmt.Sprint(" ", b.Event.Binary)
				}
			}
			if c.reason == "" && (got != c.want || namespace != c.namespace) {
				t.Errorf("got %s in %s, want %s", got, namespace, c.want)
			}
		})
	}
}

// TestOwn: what a process said itself is not heard by it, and not even unpacked.
func TestOwn(t *testing.T) {
	c, s := newClassic(), newSharded()
	for channel, g := range map[string]good{
		all:                  {format: c, message: "\x93\xa2me and then nonsense"},
		requests:             {format: c, message: `{"uid":"me","type":6,"data":["x"]}`},
		"socket.io#/# again": {format: s, message: `{"uid":"me","nsp":"/","type":3}`},
	} {
		if in, err := g.read(strings.TrimSuffix(channel, " again"), []byte(g.message)); err != nil || !in.own {
			t.Errorf("%s: %+v, %v", channel, in, err)
		}
	}
}

func TestLiterally(t *testing.T) {
	if got := literally(`/dyn-[1]*?\`); got != `/dyn-\[1\]\*\?\\` {
		t.Errorf("got %s", got)
	}
}

// FuzzRead: nothing that comes over a channel ends the process, and what is taken is
// what a client may get.
func FuzzRead(f *testing.F) {
	for _, message := range []string{
		packed(`["x",{"type":2,"data":["hello",1],"nsp":"/"},{"rooms":[],"except":[],"flags":{}}]`),
		`{"uid":"x","requestId":"1","type":6,"data":["hello",1]}`,
		`{"uid":"x","nsp":"/","type":3,"data":{"packet":{"type":2,"data":["hello",1]},"opts":{"rooms":["r"]}}}`,
		`{"requestId":"1","sockets":[{"id":"a","rooms":["r"],"handshake":{},"data":{}}]}`,
		`{"method":"emit","event":"a","data":[[{"_placeholder":true,"num":0},1],"AQI="],"binary":true}`,
	} {
		f.Add([]byte(message))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, s := newClassic(), newSharded()
		for channel, g := range map[string]format{all: c, requests: c, responses: c, all + "me#": s, "socket.io#/#r#": s} {
			in, err := g.read(channel, raw)
			if err != nil {
				continue
			}
			if b, ok := in.command.(backplane.Broadcast); ok {
				wellFormed(t, b)
			}
			if in.answer != nil {
				in.answer(backplane.NewCollector(backplane.Fetch{}, ignored{}, func(error) {}))
			}
		}
		if _, command, err := readPython(raw, 1000); err == nil {
			if b, ok := command.(backplane.Broadcast); ok {
				wellFormed(t, b)
			}
		}
	})
}

func wellFormed(t *testing.T, b backplane.Broadcast) {
	t.Helper()
	if b.Event.Size() > 1000 || !utf8.Valid(b.Event.JSON) || !json.Valid(b.Event.JSON) || len(b.Event.Binary) > maxAttachments {
		t.Fatalf("taken: %s", b.Event.JSON)
	}
	if _, err := appendPacked(nil, b.Event); err != nil && !strings.Contains(err.Error(), "number") {
		t.Fatalf("%s: %v", b.Event.JSON, err)
	}
}

type ignored struct{}

func (ignored) Count(int)                  {}
func (ignored) Value(backplane.Value)      {}
func (ignored) Sockets([]backplane.Socket) {}
func (ignored) Rooms([]string)             {}
