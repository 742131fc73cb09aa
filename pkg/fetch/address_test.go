package fetch

import (
	"strings"
	"testing"
)

func TestParseURL(t *testing.T) {
	like := Example{Web: "https://HOST/PATH", File: "file:///PATH"}
	for address, want := range map[string]string{
		"https://x/y?a=b#top": "https://x/y?a=b",
		"file:///x/y":         "file:///x/y",
	} {
		if got, err := ParseURL(address, like); err != nil || got.String() != want {
			t.Errorf("%q is %v, %v; want %s", address, got, err, want)
		}
	}
	for address, want := range map[string]string{
		"":                   "is missing: an address, such as https://HOST/PATH",
		"http://secret@x:p/": "is not an address: write it like https://HOST/PATH",
		"/secret/x":          "is a path: write it as an address, like file:///PATH",
		"x/secret":           "must begin with http://HOST, https://HOST or file:///",
		"x:8080":             "must begin with http://HOST, https://HOST or file:///",
		"https:///secret":    "must begin with http://HOST, https://HOST or file:///",
		"ftp://x/secret":     "must begin with http://HOST, https://HOST or file:///",
		"file://x/secret":    "a file's address has three slashes: file:///PATH",
		"file:secret":        "a file's address has three slashes: file:///PATH",
	} {
		got, err := ParseURL(address, like)
		if err == nil || err.Error() != want || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q is %v, %v; want %s", address, got, err, want)
		}
	}
}
