package keys

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The modes: who may connect.
const (
	// Public lets in everybody, with every permission, whatever the token.
	Public = "public"
	// Hybrid gives who has a key that key's permissions, and anybody else those of
	// the anonymous.
	Hybrid = "hybrid"
	// Private lets in who has a key.
	Private = "private"
)

var modes = []string{Public, Hybrid, Private}

// prefix begins every key, so that one is known for what it is wherever it turns up.
const prefix = "sk_"

// The bounds of a key's length. A short one can be guessed.
const (
	minKey = 16
	maxKey = 256
)

var keyShape = regexp.MustCompile(`^` + prefix + `[!-~]*$`)

// maxKeys is how many keys a file may hold: each is compared at each connect.
const maxKeys = 1000

// Config says who may connect, and do what. The zero value is not valid: use
// [DefaultConfig].
type Config struct {
	// Mode is public (the default), hybrid or private.
	Mode string `koanf:"mode"`
	// RejectInvalid refuses a token that is nobody's in hybrid mode; by default who
	// has one is anonymous.
	RejectInvalid bool `koanf:"reject_invalid"`
	// Anonymous are the permissions of who has no key, in hybrid mode.
	Anonymous []string `koanf:"anonymous"`
	// Keys are those that are known. They come from one place as a whole.
	Keys []Key `koanf:"keys"`
}

// Key is one key and what it permits.
type Key struct {
	// Name is who has the key. No two have the same.
	Name string `koanf:"name"`
	// Key is the key itself, which begins with sk_; or else SHA256 is its SHA-256 in
	// hex, so that the key is known to who has it alone.
	Key    string `koanf:"key"`
	SHA256 string `koanf:"key_sha256"`
	// Permissions are what it may do: "safety.view", "safety.*" for all of a feature,
	// "*" for everything. "<feature>.manage_all" stands for all of a feature, and for
	// managing what is others', which "<feature>.*" does not.
	Permissions []string `koanf:"permissions"`
}

// DefaultConfig lets in everybody.
func DefaultConfig() Config {
	return Config{
		Mode: Public,
		Anonymous: []string{
			"aircraft.view", "safety.view", "acars.view", "stats.view", "weather.view", "notams.view", "system.view_status",
		},
		Keys: []Key{},
	}
}

var (
	nameShape       = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
	permissionShape = regexp.MustCompile(`^(\*|[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\.\*)?)$`)
)

// Validate names the first value that is wrong. It does not tell a key.
func (c Config) Validate() error {
	if !slices.Contains(modes, c.Mode) {
		return fmt.Errorf("mode: %q is not one of %s", c.Mode, strings.Join(modes, ", "))
	}
	if err := validatePermissions("anonymous", c.Anonymous); err != nil {
		return err
	}
	if len(c.Keys) > maxKeys {
		return fmt.Errorf("keys: the list has %d; %d are allowed", len(c.Keys), maxKeys)
	}
	if c.Mode == Private && len(c.Keys) == 0 {
		return fmt.Errorf("keys: the list is empty, so nobody can connect: mode is %s", Private)
	}
	names, sums := map[string]int{}, map[[sha256.Size]byte]int{}
	for i, k := range c.Keys {
		at := fmt.Sprintf("keys[%d]", i)
		if err := k.validate(at); err != nil {
			return err
		}
		if other, taken := names[k.Name]; taken {
			return fmt.Errorf("%s.name: %q is the name of keys[%d] already", at, k.Name, other)
		}
		if other, taken := sums[k.sum()]; taken {
			return fmt.Errorf("%s: is the same key as keys[%d]", at, other)
		}
		names[k.Name], sums[k.sum()] = i, i
	}
	return nil
}

func (k Key) validate(at string) error {
	switch {
	case !nameShape.MatchString(k.Name):
		return fmt.Errorf("%s.name: %q is no name (1 to 64 letters, digits, _, - and .)", at, k.Name)
	case k.Key == "" && k.SHA256 == "":
		return fmt.Errorf("%s.key: is missing: set it, or key_sha256", at)
	case k.Key != "" && k.SHA256 != "":
		return fmt.Errorf("%s.key_sha256: is set, and so is key: one of them is enough", at)
	case k.Key != "" && (!keyShape.MatchString(k.Key) || len(k.Key) < minKey || len(k.Key) > maxKey):
		return fmt.Errorf("%s.key: is no key: it begins with %s and has %d to %d letters, digits or signs", at, prefix, minKey, maxKey)
	case k.SHA256 != "" && !isSum(k.SHA256):
		return fmt.Errorf("%s.key_sha256: is no SHA-256: %d hex digits", at, 2*sha256.Size)
	case len(k.Permissions) == 0:
		return fmt.Errorf("%s.permissions: the list is empty; %q is everything", at, "*")
	}
	return validatePermissions(at+".permissions", k.Permissions)
}

func validatePermissions(at string, patterns []string) error {
	for _, pattern := range patterns {
		if !permissionShape.MatchString(pattern) {
			return fmt.Errorf("%s: %q is no permission: such as safety.view, safety.* or *", at, pattern)
		}
	}
	return nil
}

func isSum(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && len(raw) == sha256.Size
}

// Hashed gives the same with the hashes of the keys alone.
func (c Config) Hashed() Config {
	c.Keys = slices.Clone(c.Keys)
	for i := range c.Keys {
		sum := c.Keys[i].sum()
		c.Keys[i].Key, c.Keys[i].SHA256 = "", hex.EncodeToString(sum[:])
	}
	return c
}

// sum gives the key's SHA-256.
func (k Key) sum() (sum [sha256.Size]byte) {
	if k.Key != "" {
		return sha256.Sum256([]byte(k.Key))
	}
	_, _ = hex.Decode(sum[:], []byte(k.SHA256)) // Validate lets no other through
	return sum
}
