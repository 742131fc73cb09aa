package rules

import (
	"errors"
	"time"

	"github.com/skygate-io/skygate/pkg/ratelimit"
)

// How many rules a book has at most.
const (
	MaxRules   = 2_000
	MaxPerUser = 500
)

// How much time the rules of a book, and of one user, may take for one observation, at worst. A
// unit is about 10 ns: a condition that is looked at. (1,000 rules as users write them
// have some 2,000; they take 8 µs, as most are not looked at, or not to the end.)
const (
	maxCost        = 50_000
	maxCostPerUser = 20_000
)

// How long, in bytes, all rules and one user's may be together. What lists them goes
// out in one message, and clients take no more than a megabyte.
const (
	maxLength        = 800_000
	maxLengthPerUser = 250_000
)

// How many alerts the rules of one owner give: so many a second, and so many at once
// after a while of silence. What is more is told later, if it still holds: who hears
// alerts is not to drown in those of somebody else's rules.
const (
	alertRate  = 100
	alertBurst = 1_000
)

// lateAlerts is the name of those that are told later, for [Book.Dropped].
const lateAlerts = "alerts_of_one_owner"

// What a [Book] answers when it does not do what it was asked.
var (
	// ErrNotFound: there is no rule of this id, or it is not to be seen by who asks.
	ErrNotFound = errors.New("rules: no such rule")
	// ErrNotYours: the rule is another's.
	ErrNotYours = errors.New("rules: the rule is another's")
	// ErrTooMany: there are more than [MaxRules], or [MaxPerUser] of one owner.
	ErrTooMany = errors.New("rules: too many rules")
	// ErrTooDear: all rules together, or one owner's, take too much time.
	ErrTooDear = errors.New("rules: the rules take too much time")
	// ErrTooLong: all rules together, or one owner's, are longer than is kept.
	ErrTooLong = errors.New("rules: the rules are too long")
	// ErrAway: the store cannot be reached for now. The rules stay in force as they are;
	// a change may be tried again.
	ErrAway = errors.New("rules: the store is away")
	// ErrDamaged: what the store has is not what was saved. The rules stay in force as they
	// are, and cannot be changed until somebody has mended the store.
	ErrDamaged = errors.New("rules: the store is damaged")
	// ErrChanged is returned by the Save of a [SharedStore] alone: another process has saved since
	// this one loaded.
	ErrChanged = errors.New("rules: another process has changed the rules")
)

// room says whether there may be all of these rules, an owner's last one included.
func room(all []*Rule, owner string) error {
	mine, cost, costOfMine, length, lengthOfMine := 0, 0, 0, 0, 0
	for _, r := range all {
		cost += r.cost
		length += r.length()
		if r.Owner == owner {
			mine++
			costOfMine += r.cost
			lengthOfMine += r.length()
		}
	}
	switch {
	case len(all) > MaxRules || mine > MaxPerUser:
		return ErrTooMany
	case cost > maxCost || costOfMine > maxCostPerUser:
		return ErrTooDear
	case length > maxLength || lengthOfMine > maxLengthPerUser:
		return ErrTooLong
	}
	return nil
}

// length is about how many bytes the rule's JSON has.
func (r *Rule) length() int {
	const names = 400 // and what is short
	return names + len(r.Name) + len(r.Description) + len(r.Value) + len(r.Conditions) + len(r.Windows) + len(r.Channels) + len(r.APIURL)
}

// budget bounds the alerts of each owner. The zero value bounds nothing.
type budget struct {
	owners map[string]*ratelimit.Bucket // nil bounds nothing
	late   uint64
}

func newBudget() budget { return budget{owners: map[string]*ratelimit.Bucket{}} }

// spend says whether one more alert of an owner may be told now.
func (b *budget) spend(owner string, now int64) bool {
	if b.owners == nil {
		return true
	}
	bucket := b.owners[owner]
	if bucket == nil {
		bucket = ratelimit.NewBucket(alertRate, alertBurst)
		b.owners[owner] = bucket
	}
	if bucket.Take(time.UnixMilli(now)) > 0 {
		b.late++
		return false
	}
	return true
}

// setCost takes note of what a rule costs whose conditions cost so much.
func (r *Rule) setCost(conditions int) {
	r.cost = conditions
	if keysIn(r).by == keyedICAO {
		r.cost = 1 // hardly any aircraft is asked
	}
}

// User is who asks for rules: ID names them, All says that they may see and
// change those of others.
type User struct {
	ID  string
	All bool
}

func (u User) owns(r *Rule) bool { return u.All || u.ID == r.Owner }

func (u User) sees(r *Rule) bool { return u.owns(r) || r.Visibility != Private }
