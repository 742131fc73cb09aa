package lines

import (
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
)

func TestEndpoint(t *testing.T) {
	for in, want := range map[string]string{
		"192.168.1.10:30103": "192.168.1.10:30103",
		"192.168.1.10":       "192.168.1.10:30003",
		"pi":                 "pi:30003",
		"pi.local:1":         "pi.local:1",
		"[::1]:30103":        "[::1]:30103",
		"[::1]":              "[::1]:30003",
		"fe80::1%eth0":       "[fe80::1%eth0]:30003",
		"::1":                "[::1]:30003",
	} {
		if got, err := (Config{Connect: in}).endpoint(30003); err != nil || got != want {
			t.Errorf("endpoint(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", ":30003", "pi:", "pi:http", "pi:0", "pi:65536", "pi:-1", "tcp://pi:30003", "tcp://pi", "http://pi/", "a:b:c", "pi:1:2", "[::1", "two words:1"} {
		got, err := (Config{Connect: in}).endpoint(30003)
		if err == nil || strings.Contains(err.Error(), "address ") {
			t.Errorf("endpoint(%q) = %q, %v; want an error of ours", in, got, err)
		}
	}
}

func TestConfigValidate(t *testing.T) {
	valid := At("test", "pi")
	if err := valid.ValidateFor(30003); err != nil {
		t.Errorf("valid: %v", err)
	}
	for key, spoil := range map[string]func(*Config){
		"connect":  func(c *Config) { c.Connect = "" },
		"timeout":  func(c *Config) { c.Timeout = 999 * time.Millisecond },
		"receiver": func(c *Config) { c.Receiver = &geo.Point{Lat: 91} },
	} {
		c := valid
		spoil(&c)
		if err := c.ValidateFor(30003); err == nil || !strings.HasPrefix(err.Error(), key+": ") {
			t.Errorf("%s: %v", key, err)
		}
	}
}
