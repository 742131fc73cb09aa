package config

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/adapters/keys"
	"github.com/skygate-io/skygate/pkg/topic"
)

func TestKeysAndTopicsOfOnesOwn(t *testing.T) {
	const key = "sk_0123456789abcdef"
	sum := sha256.Sum256([]byte(key))
	hash := hex.EncodeToString(sum[:])
	c := mustLoad(t, `
auth:
  mode: hybrid
  keys:
  - {name: tower, key: `+key+`, permissions: [publish, "ops.*"]}
event_topics:
  ops: {permission: ops.view, retention: 2h}
  "null":
`, nil)
	if diff := cmp.Diff([]keys.Key{{Name: "tower", SHA256: hash, Permissions: []string{"publish", "ops.*"}}}, c.Auth.Keys); diff != "" {
		t.Error(diff)
	}
	want := []topic.Policy{
		topic.DefaultOwn().Policy("null"),
		topic.Own{Permission: "ops.view", Retention: 2 * time.Hour, Recent: 50}.Policy("ops"),
	}
	if diff := cmp.Diff(want, c.OwnTopics()); diff != "" {
		t.Error(diff)
	}

	text := printed(t, c)
	if strings.Contains(text, key) {
		t.Error("a key is printed")
	}
	shown := regexp.MustCompile(`# file .*`).ReplaceAllString(text, "# FILE")
	for _, part := range []string{`
event_topics:
  "null":
    retention: 1h0m0s # FILE
    recent: 50 # FILE
  ops:
    permission: ops.view # FILE
    retention: 2h0m0s # FILE
    recent: 50 # FILE
`, `
  keys:
    - name: tower # FILE
      key_sha256: ` + hash + ` # FILE
      permissions: [publish, ops.*] # FILE
`} {
		if !strings.Contains(shown, part) {
			t.Errorf("lacks%s\nit is\n%s", part, shown)
		}
	}
	again := mustLoad(t, text, nil)
	if diff := cmp.Diff(c.Auth, again.Auth) + cmp.Diff(c.EventTopics, again.EventTopics); diff != "" {
		t.Error(diff)
	}
}

func TestAVariableReplacesAllOfAList(t *testing.T) {
	c := mustLoad(t, "auth: {keys: [{name: a, key: sk_0123456789abcdef, permissions: [publish]}]}\nevent_topics: {a: , b: {recent: 1}}",
		[]string{
			"SKYGATE_AUTH_KEYS=[{name: b, key: sk_fedcba9876543210, permissions: ['*']}]",
			"SKYGATE_AUTH_MODE=private",
			"SKYGATE_EVENT_TOPICS={ops: {bypass: true}}",
		})
	if len(c.Auth.Keys) != 1 || c.Auth.Keys[0].Name != "b" || c.Auth.Mode != keys.Private {
		t.Errorf("auth %+v", c.Auth)
	}
	if own := c.OwnTopics(); len(own) != 1 || own[0].Name != "ops" || !own[0].Bypass {
		t.Errorf("topics %+v", own)
	}
}

func TestErrorsInAListNameTheirKey(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		env  []string
		want string
	}{
		"no list":           {file: "auth: {keys: {a: 1}}", want: "FILE: auth.keys: want a list of sections, not a section"},
		"no section":        {file: "auth: {keys: [sk_x]}", want: "FILE: auth.keys[0]: want a section with the keys name, key, key_sha256, permissions, not"},
		"nothing":           {file: "auth: {keys: [null]}", want: "FILE: auth.keys[0]: want a section with the keys"},
		"unknown key":       {file: "auth: {keys: [{nme: a}]}", want: "FILE: auth.keys[0].nme: unknown key; did you mean name?"},
		"a number":          {file: "auth: {keys: [{name: a, key: 123}]}", want: "FILE: auth.keys[0].key: want text, not 123"},
		"out of range":      {file: "auth: {keys: [{name: a, key: sk_1, permissions: [publish]}]}", want: "FILE: auth.keys[0].key: is no key"},
		"mode":              {file: "auth: {mode: secret}", want: `FILE: auth.mode: "secret" is not one of public, hybrid, private`},
		"private, no keys":  {file: "auth: {mode: private}", want: "FILE: auth.keys: the list is empty"},
		"anonymous":         {file: "auth: {anonymous: [All]}", want: `FILE: auth.anonymous: "All" is no permission`},
		"publish":           {file: "publish: {rate: 0}", want: "FILE: publish.rate: 0 is out of range"},
		"variable, no YAML": {env: []string{"SKYGATE_AUTH_KEYS=[{"}, want: "env SKYGATE_AUTH_KEYS: auth.keys: "},
		"variable, wrong": {
			file: "auth: {mode: hybrid}",
			env:  []string{"SKYGATE_AUTH_KEYS=[{name: a, key: sk_1, permissions: [publish]}]"},
			want: "env SKYGATE_AUTH_KEYS: auth.keys[0].key: is no key",
		},

		"no names":         {file: "event_topics: [ops]", want: "FILE: event_topics: want a section of names with sections, not a list"},
		"no topic":         {file: "event_topics: {ops: true}", want: "FILE: event_topics.ops: want a section with the keys permission, bypass, retention, recent, not true"},
		"unknown option":   {file: "event_topics: {ops: {rcent: 1}}", want: "FILE: event_topics.ops.rcent: unknown key; did you mean recent?"},
		"number for time":  {file: "event_topics: {ops: {retention: 60}}", want: "FILE: event_topics.ops.retention: want a duration"},
		"too long":         {file: "event_topics: {ops: {retention: 25h}}", want: "FILE: event_topics.ops.retention: 25h0m0s is out of range"},
		"too many":         {file: "event_topics: {ops: {recent: 1001}}", want: "FILE: event_topics.ops.recent: 1001 is out of range"},
		"no permission":    {file: "event_topics: {ops: {permission: \"*\"}}", want: `FILE: event_topics.ops.permission: "*" is no permission`},
		"no name":          {file: "event_topics: {\"a.b\": {}}", want: `FILE: event_topics: "a.b" is no name for a topic`},
		"a built-in topic": {file: "event_topics: {safety: {}}", want: `FILE: event_topics: "safety" is a name that is built in`},
		"told by another":  {file: "event_topics: {geodata: {}}", want: `FILE: event_topics: "geodata" is a name that is built in`},
		"a reserved name":  {file: "event_topics: {all: {}}", want: `FILE: event_topics: "all" is a name that is built in`},
	} {
		t.Run(name, func(t *testing.T) {
			file := file(t, c.file)
			_, err := Load([]string{"--config", file}, c.env)
			if err == nil {
				t.Fatal("it is accepted")
			}
			got := strings.ReplaceAll(err.Error(), "file "+file, "FILE")
			if !strings.HasPrefix(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if strings.Contains(got, "sk_1") {
				t.Errorf("it tells a key: %s", got)
			}
		})
	}
}

func TestExampleFileShowsASectionOfEach(t *testing.T) {
	text := uncommented(t)
	for _, one := range several {
		for _, l := range schemaOf(one).leaves {
			if !regexp.MustCompile(`[{ ]` + l.key + `: `).MatchString(text) {
				t.Errorf("%s lacks %s of a %T", example, l.key, one)
			}
		}
	}
	c := mustLoad(t, text, nil)
	if len(c.Auth.Keys) != 2 || len(c.EventTopics) != 1 || c.EventTopics["ops"].Retention != topic.DefaultOwn().Retention || c.EventTopics["ops"].Recent != topic.DefaultOwn().Recent {
		t.Errorf("keys %+v, topics %+v", c.Auth.Keys, c.EventTopics)
	}
}
