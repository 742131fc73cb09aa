// Package keys knows clients by static keys: it decides who may connect, and what
// they may do.
//
// A client sends its key as {"token": "sk_…"} with CONNECT. Only the SHA-256 of a
// key is kept, and compared in constant time with that of what was sent.
package keys

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"slices"
	"strings"

	"github.com/skygate-io/skygate/pkg/gateway"
)

// Ring is a set of keys. It is immutable, and safe for concurrent use.
type Ring struct {
	mode          string
	rejectInvalid bool
	anonymous     identity
	keys          []known
}

type known struct {
	sum [sha256.Size]byte
	who identity
}

// New gives the ring of a valid configuration.
func New(cfg Config) *Ring {
	r := &Ring{mode: cfg.Mode, rejectInvalid: cfg.RejectInvalid, anonymous: identity{may: slices.Clone(cfg.Anonymous)}}
	for _, k := range cfg.Keys {
		r.keys = append(r.keys, known{k.sum(), identity{id: k.Name, may: slices.Clone(k.Permissions)}})
	}
	return r
}

// Len is how many keys there are.
func (r *Ring) Len() int { return len(r.keys) }

// Find gives who has a key, whatever the mode. It takes the same time for each.
func (r *Ring) Find(key string) (who gateway.Identity, ok bool) {
	sum := sha256.Sum256([]byte(key))
	found := -1
	for i := range r.keys {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(sum[:], r.keys[i].sum[:]), i, found)
	}
	if found < 0 {
		return nil, false
	}
	return r.keys[found].who, true
}

var _ gateway.Auth = (*Ring)(nil).Auth

// Auth decides on a client that connects, by the token in what it sent.
func (r *Ring) Auth(ctx context.Context, auth json.RawMessage) (gateway.Identity, error) {
	if r.mode == Public {
		return gateway.Everyone(ctx, auth)
	}
	token, given := tokenOf(auth)
	if !given {
		if r.mode == Private {
			return nil, gateway.Errorf(gateway.CodeAuthRequired, `Authentication required: connect with auth {token: "%s..."}`, prefix)
		}
		return r.anonymous, nil
	}
	if who, ok := r.Find(token); ok {
		return who, nil
	}
	if r.mode == Private || r.rejectInvalid {
		return nil, gateway.Errorf(gateway.CodeInvalidToken, "Invalid token: the server does not know this key")
	}
	return r.anonymous, nil
}

// tokenOf gives the token of a CONNECT. One that is no text is given, but is
// nobody's.
func tokenOf(auth json.RawMessage) (token string, given bool) {
	var sent struct {
		Token any `json:"token"`
	}
	if json.Unmarshal(auth, &sent) != nil || sent.Token == nil {
		return "", false
	}
	token, isText := sent.Token.(string)
	return token, token != "" || !isText
}

// identity is who has a key, or nobody in particular.
type identity struct {
	id  string
	may []string // patterns
}

var _ gateway.Identity = identity{}

// ID implements [gateway.Identity].
func (i identity) ID() string { return i.id }

// May implements [gateway.Identity].
func (i identity) May(permission string) bool {
	return permission == "" || slices.ContainsFunc(i.may, func(pattern string) bool { return covers(pattern, permission) })
}

// manageAll ends the permission to manage what is others', which is never given by the
// way: who may do all of a feature may do it with what is their own.
const manageAll = ".manage_all"

// covers says whether a pattern permits something.
func covers(pattern, permission string) bool {
	if pattern == "*" || pattern == permission {
		return true
	}
	feature, ok := strings.CutSuffix(pattern, ".*")
	if ok && strings.HasSuffix(permission, manageAll) {
		return false
	}
	if !ok {
		feature, ok = strings.CutSuffix(pattern, manageAll)
	}
	return ok && strings.HasPrefix(permission, feature+".")
}
