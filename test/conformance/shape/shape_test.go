package shape_test

import (
	"strings"
	"testing"

	"github.com/skygate-io/skygate/test/conformance/shape"
)

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		shape, value string
		wrong        string // part of what is said; "" when nothing is wrong
	}{
		"any":                {"any", "null", ""},
		"a text":             {"string", `""`, ""},
		"an empty text":      {"text", `" "`, "is no text"},
		"a number":           {"number", "1.5", ""},
		"a number in quotes": {"number", `"1"`, `"1" is no number`},
		"no whole number":    {"int", "1.5", "is no int"},
		"a value":            {`"abc"`, `"abc"`, ""},
		"another value":      {`"abc"`, `"abcd"`, `is not "abc"`},
		"a beginning":        {`"abc"~`, `"abcd"`, ""},
		"another beginning":  {`"abc"~`, `"ab"`, "does not begin"},
		"7":                  {"7", "7.0", ""},
		"8":                  {"7", "8", "8 is not 7"},
		"within":             {"-1.5..2", "2", ""},
		"without":            {"-1.5..2", "2.1", "is not in -1.5..2"},
		"null or":            {"null|bool", "false", ""},
		"neither":            {"null|bool", "1", "is no null, and 1 is no bool"},
		"a time":             {"time", `"2026-07-22T10:00:00.123Z"`, ""},
		"a time elsewhere":   {"time", `"2026-07-22T10:00:00+02:00"`, "is no time"},
		"an address":         {"icao", `"~4B1805"`, ""},
		"in lower case":      {"icao", `"4b1805"`, "is no icao"},
		"an object":          {"{a: 1, b?: string}", `{"a":1,"c":[]}`, ""},
		"no object":          {"{}", `[]`, "is no object"},
		"a key is missing":   {"{a: {b: any}}", `{"a":{}}`, "a: b is missing"},
		"an optional key":    {"{b?: string}", `{"b":1}`, "b: 1 is no string"},
		"null is there":      {"{b?: string}", `{"b":null}`, "b: null is no string"},
		"exactly":            {"[1, 2]", "[1,2]", ""},
		"too many":           {"[1, 2]", "[1,2,3]", "has 3 elements, not 2"},
		"none":               {"[]", "[1]", "has 1 elements, not 0"},
		"any number of them": {"[int*]", "[]", ""},
		"at least one":       {"[int+]", "[]", "is empty"},
		"each of them":       {"[{a: int}*]", `[{"a":1},{"a":"x"}]`, `[1].a: "x" is no int`},
		"one of them":        {"[~2]", "[1,2,3]", ""},
		"none of them":       {"[~{a: 2}]", `[{"a":1}]`, "none of 1 is as wanted; [0]: a: 1 is not 2"},
		"no JSON":            {"any", "{", "no JSON"},
	} {
		s, err := shape.Parse(c.shape)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		err = s.Check([]byte(c.value))
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %s of %s: %v, want %q", name, c.value, c.shape, err, c.wrong)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, says := range map[string]string{
		"":            "a word",
		"strin":       `a kind, not "strin"`,
		"{a}":         `":"`,
		"{a: 1":       `"}"`,
		"[1":          `"]"`,
		"1 2":         "nothing more",
		`"a`:          "a text",
		"1..":         "a number",
		"string | ":   "a word",
		"{a: 1, }":    "a word",
		"[~]x":        "a word",
		"{a?: bool}}": "nothing more",
	} {
		if _, err := shape.Parse(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}
