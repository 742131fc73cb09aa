package readsb

import (
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
)

func TestEndpoint(t *testing.T) {
	for in, want := range map[string]string{
		"http://pi:8080":                        "http://pi:8080/data/aircraft.json",
		"http://pi:8080/":                       "http://pi:8080/data/aircraft.json",
		"https://pi/tar1090/data/":              "https://pi/tar1090/data/aircraft.json",
		"http://pi/skyaware/data/aircraft.json": "http://pi/skyaware/data/aircraft.json",
		"http://pi:30152/?all&jv2":              "http://pi:30152/?all&jv2",
		"http://pi/aircraft.json#top":           "http://pi/aircraft.json",
		"file:///run/readsb/":                   "file:///run/readsb/aircraft.json",
		"file:///run/readsb/aircraft.json":      "file:///run/readsb/aircraft.json",
	} {
		if got, err := endpoint(in); err != nil || got.String() != want {
			t.Errorf("endpoint(%q) = %v, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "pi:8080", "/run/readsb/aircraft.json", "http://", "ftp://pi/", "file://run/readsb", "file:aircraft.json", "http://pi:port/"} {
		if got, err := endpoint(in); err == nil {
			t.Errorf("endpoint(%q) = %v, want an error", in, got)
		}
	}
}

// An address that is nearly right is answered with how it is written.
func TestEndpointHints(t *testing.T) {
	for in, want := range map[string]string{
		"/run/readsb/aircraft.json": "is a path: write it as an address, like file:///run/readsb/aircraft.json",
		"file://run/readsb/":        "a file's address has three slashes: file:///run/readsb/aircraft.json",
		"file:run/aircraft.json":    "a file's address has three slashes: file:///run/readsb/aircraft.json",
		"pi:8080":                   "must begin with http://HOST, https://HOST or file:///",
	} {
		if _, err := endpoint(in); err == nil || err.Error() != want {
			t.Errorf("endpoint(%q): %v, want %s", in, err, want)
		}
	}
}

func TestConfigValidate(t *testing.T) {
	valid := DefaultConfig()
	valid.URL = "http://pi"
	if err := valid.Validate(); err != nil {
		t.Errorf("defaults: %v", err)
	}
	for key, spoil := range map[string]func(*Config){
		"url":      func(c *Config) { c.URL = "http://user:secret@pi:x" },
		"interval": func(c *Config) { c.Interval = 99 * time.Millisecond },
		"timeout":  func(c *Config) { c.Timeout = 2 * time.Minute },
		"receiver": func(c *Config) { c.Receiver = &geo.Point{Lat: 91} },
	} {
		c := valid
		spoil(&c)
		err := c.Validate()
		if err == nil || !strings.HasPrefix(err.Error(), key+": ") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", key, err)
		}
	}
}
