package redis_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/skygate-io/skygate/adapters/redis/redistest"
)

func TestEvictionIsWarnedOf(t *testing.T) {
	for policy, want := range map[string]bool{"noeviction": false, "allkeys-lru": true, "volatile-ttl": true} {
		t.Run(policy, func(t *testing.T) {
			server := redistest.Single(t, "--maxmemory-policy", policy)
			var out bytes.Buffer
			open(t, server.Config()).WarnOfEviction(t.Context(), zerolog.New(&out))
			said := strings.Contains(out.String(), `"maxmemory_policy":"`+policy+`"`) && strings.Contains(out.String(), "maxmemory-policy to noeviction")
			if said != want || !want && out.Len() > 0 {
				t.Errorf("it says %q", out.String())
			}
		})
	}
}

// TestEvictionByAUserWithFewPermissions: the permissions that the package names are enough.
func TestEvictionByAUserWithFewPermissions(t *testing.T) {
	server, config := redistest.WithACL(t)
	if err := server.Client().ConfigSet(t.Context(), "maxmemory-policy", "allkeys-lru").Err(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	open(t, config).WarnOfEviction(t.Context(), zerolog.New(&out))
	if strings.Count(out.String(), "allkeys-lru") != 1 {
		t.Errorf("it says %q", out.String())
	}
}
