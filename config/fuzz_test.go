package config

import (
	"bytes"
	"os"
	"reflect"
	"testing"
)

// FuzzFile takes any file: what is accepted is valid, and survives being
// printed and read again.
func FuzzFile(f *testing.F) {
	data, err := os.ReadFile(example)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for _, seed := range []string{
		"", "- a", "listen: \":1\"\n---\n", "a: &a [*a]", "topics: {aircraft: {rate: 1e400}}",
		"topics: {aircraft: {precision: {\"no\": 1, ~: 2, \"3\": 4, gs: 5.0, \"a.b\": 6}}}",
		"sources: [{kind: demo, address: \"1,2?seed=3\"}, {kind: readsb, url: \"http://a\"}]",
		"auth: {mode: hybrid, keys: [{name: a, key: sk_0123456789abcdef, permissions: [\"*\"]}]}\nevent_topics: {\"on\": , ops: {recent: 0}}",
		"receiver: {lat: .nan, lon: -.inf}", "<<: {listen: \":1\"}", "socketio: {origins: [!!binary YQ==]}",
		"sources:\n- kind: replay\n  path: \"\\u0085\\u2028\\x07\"\n  name: \"a\\nb\"\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		config, err := read(data)
		if err != nil {
			return
		}
		if err := config.Validate(); err != nil {
			t.Fatalf("accepted, but not valid: %v", err)
		}
		var out bytes.Buffer
		if err := config.Print(&out); err != nil {
			t.Fatalf("accepted, but cannot be printed: %v", err)
		}
		again, err := read(out.Bytes())
		if err != nil {
			t.Fatalf("what is printed is not accepted: %v\n%s", err, out.Bytes())
		}
		config.origins, again.origins = nil, nil
		if !reflect.DeepEqual(config, again) {
			t.Fatalf("printed\n%s\nloads as %+v\nwas      %+v", out.Bytes(), again, config)
		}
	})
}

// read reads a file's content.
func read(data []byte) (*Config, error) {
	content, err := parse(data)
	if err != nil {
		return nil, err
	}
	found := problems{origin: "file"}
	place := readContent(content, schemaOf(Default()), &found)
	if len(found.errs) > 0 {
		return nil, found.errs[0]
	}
	return compose(place)
}
