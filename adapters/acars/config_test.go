package acars

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEndpoint(t *testing.T) {
	for in, want := range map[string]endpoint{
		"udp://:5550":                {"udp", ":5550", true},
		"udp://":                     {"udp", ":5550", true},
		"udp://127.0.0.1":            {"udp", "127.0.0.1:5550", true},
		"udp://[::1]:9":              {"udp", "[::1]:9", true},
		"tcp://:5555":                {"tcp", ":5555", true},
		"tcp://0.0.0.0:5555":         {"tcp", "0.0.0.0:5555", true},
		"tcp://[::]:5555":            {"tcp", "[::]:5555", true},
		"tcp-listen://127.0.0.1:5":   {"tcp", "127.0.0.1:5", true},
		"tcp://router":               {"tcp", "router:15550", false},
		"tcp://192.168.1.10:15555/":  {"tcp", "192.168.1.10:15555", false},
		"tcp://[2001:db8::1]:15556":  {"tcp", "[2001:db8::1]:15556", false},
		"TCP://acars.example.org:80": {"tcp", "acars.example.org:80", false},
	} {
		if got, err := parseEndpoint(in); err != nil || got != want {
			t.Errorf("%s is %+v, %v; want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", ":5550", "5550", "router:15550", "http://router:15550", "udp:5550", "tcp://router:port", "tcp://router:0", "udp://:0", "udp://:65536",
		"tcp://user:secret@router:15550", "tcp://router:15550/path", "tcp://router?a=b", "tcp://router#a", "tcp://ro uter",
	} {
		if got, err := parseEndpoint(in); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s is %+v, %v; want an error", in, got, err)
		}
	}
}

func TestConfigValidate(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Errorf("defaults: %v", err)
	}
	for key, spoil := range map[string]func(*Config){
		"endpoints: ":             func(c *Config) { c.Endpoints = nil },
		"endpoints[1]: ":          func(c *Config) { c.Endpoints = []string{"udp://:1", "udp"} },
		"endpoints[2]: udp://:5 ": func(c *Config) { c.Endpoints = []string{"udp://:5", "tcp://:5", "udp://:5"} },
		"silence: ":               func(c *Config) { c.Silence = time.Second },
	} {
		c := DefaultConfig()
		spoil(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), key) {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestParseAddress(t *testing.T) {
	want := DefaultConfig()
	for address, endpoints := range map[string][]string{
		"udp://:5550":                          {"udp://:5550"},
		"tcp://router:15550,tcp://router:1555": {"tcp://router:15550", "tcp://router:1555"},
	} {
		got, err := ParseAddress(address)
		if err != nil || !slices.Equal(got.Endpoints, endpoints) || got.Silence != want.Silence || got.Name != want.Name {
			t.Errorf("%s: %+v, %v", address, got, err)
		}
	}
	for _, address := range []string{"", "router", "udp://:5550,"} {
		if got, err := ParseAddress(address); err == nil {
			t.Errorf("%q: %+v, want an error", address, got)
		}
	}
}
