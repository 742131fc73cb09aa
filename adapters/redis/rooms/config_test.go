package rooms_test

import (
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis/rooms"
)

func TestConfig(t *testing.T) {
	if err := rooms.DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
	for says, change := range map[string]func(*rooms.Config){
		"mode:":              func(c *rooms.Config) { c.Mode = "Classic" },
		"prefix:":            func(c *rooms.Config) { c.Prefix = "a#b" },
		"subscription_mode:": func(c *rooms.Config) { c.SubscriptionMode = "" },
		"python_channel:":    func(c *rooms.Config) { c.PythonChannel = "a b" },
		"request_timeout:":   func(c *rooms.Config) { c.RequestTimeout = 0 },
		"queue_messages:":    func(c *rooms.Config) { c.QueueMessages = 1 },
		"queue_bytes:":       func(c *rooms.Config) { c.QueueBytes = 1 },
		"max_payload:":       func(c *rooms.Config) { c.MaxPayload = 17 << 20 },
	} {
		c := rooms.DefaultConfig()
		change(&c)
		err := c.Validate()
		if err == nil || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("%s %v", says, err)
		}
		if _, again := rooms.New(c, nil, zerolog.Nop()); again == nil || !strings.Contains(again.Error(), says) {
			t.Errorf("New: %v", again)
		}
	}
	c := rooms.DefaultConfig()
	c.Mode = rooms.Off
	if _, err := rooms.New(c, nil, zerolog.Nop()); err == nil {
		t.Error("what is off is made")
	}
}
