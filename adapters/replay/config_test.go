package replay

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]Config{
		"a.jsonl":                   {Name: "replay", Path: "a.jsonl", Speed: 1},
		"a.jsonl?":                  {Name: "replay", Path: "a.jsonl", Speed: 1},
		"a b.gz?speed=10&loop=true": {Name: "replay", Path: "a b.gz", Speed: 10, Loop: true},
		"/x?/y?speed=0.5&name=n":    {Name: "n", Path: "/x?/y", Speed: 0.5},
	} {
		if got, err := ParseAddress(in); got != want || err != nil {
			t.Errorf("ParseAddress(%q) = %+v, %v; want %+v", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"": "path: ", "?speed=2": "path: ", "x?speed=fast": "speed: ", "x?speed=0": "speed: ", "x?speed=NaN": "speed: ",
		"x?speed=1001": "speed: ", "x?speed=-1": "speed: ", "x?loop=maybe": "loop: ", "x?pace=2": "pace: ", "x?%zz": "are no settings",
		"file:///x.jsonl": "path: is an address: write the path",
	} {
		if got, err := ParseAddress(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseAddress(%q) = %+v, %v; want an error about %q", in, got, err, want)
		}
	}
}

func ExampleParseAddress() {
	c, err := ParseAddress("flights.jsonl.gz?speed=10&loop=true")
	fmt.Println(c.Path, c.Speed, c.Loop, err)
	// Output: flights.jsonl.gz 10 true <nil>
}
