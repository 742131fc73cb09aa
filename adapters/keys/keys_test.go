package keys_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/skygate-io/skygate/adapters/keys"
	"github.com/skygate-io/skygate/pkg/gateway"
)

const (
	annasKey = "sk_annas-own-key-123"
	bensKey  = "sk_bens-own-key-4567"
)

// ring has two keys: Anna's is written down, of Ben's the hash is.
func ring(t *testing.T, mode string, rejectInvalid bool) *keys.Ring {
	t.Helper()
	sum := sha256.Sum256([]byte(bensKey))
	cfg := keys.DefaultConfig()
	cfg.Mode, cfg.RejectInvalid = mode, rejectInvalid
	cfg.Keys = []keys.Key{
		{Name: "anna", Key: annasKey, Permissions: []string{"aircraft.view", "publish.ops"}},
		{Name: "ben", SHA256: strings.ToUpper(hex.EncodeToString(sum[:])), Permissions: []string{"*"}},
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	return keys.New(cfg)
}

func TestWhoMayConnect(t *testing.T) {
	const anna, ben, stranger = `{"token":"` + annasKey + `"}`, `{"token":"` + bensKey + `"}`, `{"token":"sk_strangers-key-89"}`
	for name, c := range map[string]struct {
		mode   string
		reject bool
		auth   string
		id     string
		code   string // of the refusal; "" when it is let in
		may    string // among the permissions that are asked for below
	}{
		"public, nothing":           {mode: "public", may: "aircraft.view alerts.view publish"},
		"public, a key":             {mode: "public", auth: anna, may: "aircraft.view alerts.view publish"},
		"public, an unknown key":    {mode: "public", reject: true, auth: stranger, may: "aircraft.view alerts.view publish"},
		"hybrid, nothing":           {mode: "hybrid", may: "aircraft.view"},
		"hybrid, no object":         {mode: "hybrid", reject: true, auth: `[1]`, may: "aircraft.view"},
		"hybrid, null":              {mode: "hybrid", reject: true, auth: `{"token":null}`, may: "aircraft.view"},
		"hybrid, empty":             {mode: "hybrid", reject: true, auth: `{"token":""}`, may: "aircraft.view"},
		"hybrid, a key":             {mode: "hybrid", auth: anna, id: "anna", may: "aircraft.view publish.ops"},
		"hybrid, a hashed key":      {mode: "hybrid", auth: ben, id: "ben", may: "aircraft.view alerts.view publish publish.ops"},
		"hybrid, an unknown key":    {mode: "hybrid", auth: stranger, may: "aircraft.view"},
		"hybrid, the hash as a key": {mode: "hybrid", reject: true, auth: `{"token":"` + strings.Repeat("ab", 32) + `"}`, code: "invalid_token"},
		"strict, an unknown key":    {mode: "hybrid", reject: true, auth: stranger, code: "invalid_token"},
		"strict, no text":           {mode: "hybrid", reject: true, auth: `{"token":7}`, code: "invalid_token"},
		"private, nothing":          {mode: "private", code: "auth_required"},
		"private, an unknown key":   {mode: "private", auth: stranger, code: "invalid_token"},
		"private, a key":            {mode: "private", auth: anna, id: "anna", may: "aircraft.view publish.ops"},
	} {
		t.Run(name, func(t *testing.T) {
			who, err := ring(t, c.mode, c.reject).Auth(t.Context(), json.RawMessage(c.auth))
			var refused *gateway.Error
			if errors.As(err, &refused); c.code != "" {
				if refused == nil || refused.Code != c.code {
					t.Fatalf("let in as %v, %v; want %s", who, err, c.code)
				}
				return
			}
			if err != nil || who.ID() != c.id {
				t.Fatalf("it is %v, %v; want %q", who, err, c.id)
			}
			for _, permission := range strings.Fields(c.may) {
				if !who.May(permission) {
					t.Errorf("it may not %s", permission)
				}
			}
			if !who.May("") {
				t.Error("it may not do what everybody may")
			}
			if c.mode != "public" && c.id != "ben" && (who.May("alerts.view") || who.May("publish")) {
				t.Error("it may do what it was not permitted")
			}
		})
	}
}

func TestPermissions(t *testing.T) {
	for name, c := range map[string]struct {
		pattern, permission string
		want                bool
	}{
		"exact":                   {"safety.view", "safety.view", true},
		"another":                 {"safety.view", "safety.manage", false},
		"longer":                  {"safety.view", "safety.view_all", false},
		"feature":                 {"safety.*", "safety.view", true},
		"feature itself":          {"publish.*", "publish", false},
		"feature of a name":       {"safe.*", "safety.view", false},
		"everything":              {"*", "safety.view", true},
		"manage_all":              {"alerts.manage_all", "alerts.view", true},
		"what is others'":         {"alerts.*", "alerts.manage_all", false},
		"manage_all itself":       {"alerts.manage_all", "alerts.manage_all", true},
		"everything, manage_all":  {"*", "alerts.manage_all", true},
		"manage_all of another":   {"alerts.manage_all", "safety.view", false},
		"what a feature is in":    {"publish", "publish.ops", false},
		"inside of what is named": {"publish.ops", "publish", false},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := keys.DefaultConfig()
			cfg.Mode, cfg.Anonymous = keys.Hybrid, []string{c.pattern}
			who, err := keys.New(cfg).Auth(t.Context(), nil)
			if err != nil || who.May(c.permission) != c.want {
				t.Errorf("%s permits %s: %v (%v), want %v", c.pattern, c.permission, !c.want, err, c.want)
			}
		})
	}
}

func TestValidateNamesTheKey(t *testing.T) {
	good := keys.Key{Name: "anna", Key: annasKey, Permissions: []string{"*"}}
	with := func(change func(*keys.Key)) []keys.Key {
		k := good
		change(&k)
		return []keys.Key{good, k}
	}
	for want, change := range map[string]func(*keys.Config){
		"mode: ":                    func(c *keys.Config) { c.Mode = "closed" },
		"anonymous: ":               func(c *keys.Config) { c.Anonymous = []string{"Aircraft view"} },
		"keys: the list is empty":   func(c *keys.Config) { c.Mode = keys.Private },
		"keys: the list has 1001":   func(c *keys.Config) { c.Keys = make([]keys.Key, 1001) },
		"keys[1].name: \"\" is no":  func(c *keys.Config) { c.Keys = with(func(k *keys.Key) { k.Name = "" }) },
		"keys[1].name: \"anna\" is": func(c *keys.Config) { c.Keys = with(func(k *keys.Key) { k.Key = bensKey }) },
		"keys[1]: is the same key":  func(c *keys.Config) { c.Keys = with(func(k *keys.Key) { k.Name = "ben" }) },
		"keys[1].key: is missing":   func(c *keys.Config) { c.Keys = with(func(k *keys.Key) { k.Key = "" }) },
		"keys[1].key: is no key":    func(c *keys.Config) { c.Keys = with(func(k *keys.Key) { k.Key = "sk_short" }) },
		"keys[1].key_sha256: is set": func(c *keys.Config) {
			c.Keys = with(func(k *keys.Key) { k.SHA256 = strings.Repeat("0", 64) })
		},
		"keys[1].key_sha256: is no SHA-256": func(c *keys.Config) {
			c.Keys = with(func(k *keys.Key) { k.Key, k.SHA256 = "", "abc" })
		},
		"keys[1].permissions: the list": func(c *keys.Config) { c.Keys = with(func(k *keys.Key) { k.Permissions = nil }) },
		"keys[1].permissions: \"**\"":   func(c *keys.Config) { c.Keys = with(func(k *keys.Key) { k.Permissions = []string{"**"} }) },
	} {
		cfg := keys.DefaultConfig()
		change(&cfg)
		err := cfg.Validate()
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Validate = %v, want %s", err, want)
		}
		if err != nil && strings.Contains(err.Error(), "sk_short") {
			t.Errorf("it tells a key: %v", err)
		}
	}
}
