package rooms

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// TestUnpack: what Node's notepack.io 3.0.1 writes, in hex.
func TestUnpack(t *testing.T) {
	for name, c := range map[string]struct {
		packed, want string
		binary       [][]byte
	}{
		"null":           {"c0", "null", nil},
		"true":           {"c3", "true", nil},
		"0":              {"00", "0", nil},
		"-1":             {"ff", "-1", nil},
		"127":            {"7f", "127", nil},
		"128":            {"cc80", "128", nil},
		"65536":          {"ce00010000", "65536", nil},
		"-33":            {"d0df", "-33", nil},
		"-129":           {"d1ff7f", "-129", nil},
		"-40000":         {"d2ffff63c0", "-40000", nil},
		"2^32":           {"cf0000000100000000", "4294967296", nil},
		"2^53-1":         {"cf001fffffffffffff", "9007199254740991", nil},
		"1-2^53":         {"d3ffe0000000000001", "-9007199254740991", nil},
		"1.5":            {"cb3ff8000000000000", "1.5", nil},
		"NaN":            {"cb7ff8000000000000", "null", nil},
		"text":           {"a9c3a9f09f9880225c0a", `"é😀\"\\\n"`, nil},
		"long text":      {"d928" + strings.Repeat("78", 40), `"` + strings.Repeat("x", 40) + `"`, nil},
		"Buffer":         {"c40200ff", `{"_placeholder":true,"num":0}`, [][]byte{{0, 255}}},
		"two":            {"92c401ffc400", `[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`, [][]byte{{255}, {}}},
		"list":           {"93019080", `[1,[],{}]`, nil},
		"object":         {"82a16181a16291c0a2c3bc01", `{"a":{"b":[null]},"ü":1}`, nil},
		"Date":           {"d7ff1d5353006553f100", `"2023-11-14T22:13:20.123Z"`, nil},
		"Date, seconds":  {"d6ff6553f100", `"2023-11-14T22:13:20.000Z"`, nil},
		"Date, old":      {"c70cff00000000ffffffffffffffff", `"1969-12-31T23:59:59.000Z"`, nil},
		"float of 32":    {"ca3fc00000", "1.5", nil},
		"text, not UTF8": {"a2ff41", `"�A"`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			raw, _ := hex.DecodeString(c.packed)
			v, err := unpack(raw)
			if err != nil || string(v.JSON) != c.want || len(v.Binary) != len(c.binary) || len(c.binary) > 0 && !reflect.DeepEqual(v.Binary, c.binary) {
				t.Errorf("got %s %x, %v; want %s", v.JSON, v.Binary, err, c.want)
			}
		})
	}
	for name, packed := range map[string]string{
		"empty":                       "",
		"an end too early":            "92c0",
		"text that is not there":      "dbffffffff41",
		"bytes that are not there":    "c6ffffffff41",
		"a list that is not there":    "ddffffffff",
		"an object that is not there": "dfffffffff",
		"something left":              "c0c0",
		"a key that is no text":       "81" + "01" + "c0",
		"an extension":                "d40100",
		"an unknown time":             "c703ff000000",
		"not used":                    "c1",
		"too deep":                    strings.Repeat("91", 70) + "c0",
	} {
		t.Run(name, func(t *testing.T) {
			raw, _ := hex.DecodeString(packed)
			if v, err := unpack(raw); err == nil {
				t.Errorf("got %s", v.JSON)
			}
		})
	}
}

func TestPack(t *testing.T) {
	for name, c := range map[string]struct {
		v    backplane.Value
		want string
	}{
		"values":        {backplane.Value{JSON: []byte(`[null,true,false,0,-1,200,1.5,"é",{"a":[]}]`)}, `[null,true,false,0,-1,200,1.5,"é",{"a":[]}]`},
		"large numbers": {backplane.Value{JSON: []byte(`[9223372036854775807,18446744073709551615,-9223372036854775808,1e3]`)}, `[9223372036854775807,18446744073709551615,-9223372036854775808,1000]`},
		"spaces":        {backplane.Value{JSON: []byte(" [ 1 , { \"a\" : 2 } ] ")}, `[1,{"a":2}]`},
		"bytes":         {backplane.Value{JSON: []byte(`[{"_placeholder":true,"num":0},"x"]`), Binary: [][]byte{{1}}}, `[{"_placeholder":true,"num":0},"x"]`},
		"no bytes":      {backplane.Value{JSON: []byte(`{"_placeholder":true,"num":5}`)}, `{"_placeholder":true,"num":5}`},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := appendPacked(nil, c.v)
			if err != nil {
				t.Fatal(err)
			}
			back, err := unpack(raw)
			if err != nil || string(back.JSON) != c.want || !reflect.DeepEqual(back.Binary, c.v.Binary) {
				t.Errorf("comes back as %s %x, %v", back.JSON, back.Binary, err)
			}
		})
	}
	for name, v := range map[string]backplane.Value{
		"no JSON":                 {JSON: []byte(`[1`)},
		"no number":               {JSON: []byte(`1e999`)},
		"a placeholder for none":  {JSON: []byte(`{"_placeholder":true,"num":1}`), Binary: [][]byte{{}}},
		"a placeholder of text":   {JSON: []byte(`{"_placeholder":true,"num":"0"}`), Binary: [][]byte{{}}},
		"a placeholder under one": {JSON: []byte(`{"_placeholder":true,"num":-1}`), Binary: [][]byte{{}}},
	} {
		if raw, err := appendPacked(nil, v); err == nil {
			t.Errorf("%s: packed as %x", name, raw)
		}
	}
}

func TestInline(t *testing.T) {
	v := backplane.Value{JSON: []byte(`{"a":[{"_placeholder":true,"num":0},1,"x"],"b":{}}`), Binary: [][]byte{{7, 255}}}
	want := `{"a":[{"type":"Buffer","data":[7,255]},1,"x"],"b":{}}`
	if got := inline(v); !sameJSON(string(got), want) {
		t.Errorf("got %s", got)
	}
}

func sameJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

// FuzzUnpack: what is taken is JSON, and stays the same when it is packed and
// unpacked again.
func FuzzUnpack(f *testing.F) {
	for _, seed := range []string{
		"c0", "93019080", "82a16181a16291c0a2c3bc01", "d7ff1d5353006553f100", "c40200ff",
		"93a64d384d565a6183a47479706502a46461746193a8726f6f6d2d6d736781a362696ec402010207a36e7370a12f83a5726f6f6d7391a172a665786365707490a5666c61677382a8766f6c6174696c65c3a8636f6d7072657373c2",
	} {
		raw, _ := hex.DecodeString(seed)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := unpack(raw)
		if err != nil {
			return
		}
		if !gjson.ValidBytes(v.JSON) {
			t.Fatalf("no JSON: %s", v.JSON)
		}
		if len(v.Binary) > 0 && strings.Count(string(v.JSON), `"_placeholder":true`) != len(v.Binary) {
			return // refused by who reads it
		}
		packed, err := appendPacked(nil, v)
		if err != nil {
			t.Fatalf("%s cannot be packed: %v", v.JSON, err)
		}
		again, err := unpack(packed)
		if err != nil || !sameJSON(string(again.JSON), string(v.JSON)) || len(again.Binary) != len(v.Binary) {
			t.Fatalf("%s comes back as %s, %v", v.JSON, again.JSON, err)
		}
	})
}

// reasonOf is what a refusal is counted under, "" for none.
func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	var r *refusal
	if errors.As(err, &r) {
		return r.reason
	}
	return badFormat
}
