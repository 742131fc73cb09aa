package rules

import (
	"encoding/json"
	"time"
)

// Defaults of a rule.
const (
	defaultCooldown   = 5 // minutes
	defaultPriority   = "info"
	defaultVisibility = Private
)

// Private, Shared and Public say who sees a rule and its alerts: its owner alone,
// or everybody who may see alerts.
const (
	Private = "private"
	Shared  = "shared"
	Public  = "public"
)

// ofNobody says whether a rule is private, and nobody in particular is its owner.
func (r *Rule) ofNobody() bool { return r.Owner == "" && r.Visibility == Private }

// Rule is an alert rule. It is made by [Parse] and immutable; its fields are those
// of its JSON.
type Rule struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Enabled     bool   `json:"enabled"`
	Priority    string `json:"priority"`

	RuleType   string          `json:"rule_type,omitempty"`
	Operator   string          `json:"operator,omitempty"`
	Value      json.RawMessage `json:"value,omitempty"`
	Conditions json.RawMessage `json:"conditions"`

	StartsAt        *time.Time      `json:"starts_at"`
	ExpiresAt       *time.Time      `json:"expires_at"`
	CooldownMinutes int             `json:"cooldown_minutes"`
	Windows         json.RawMessage `json:"suppression_windows"`

	Owner      string `json:"owner"`
	Visibility string `json:"visibility"`
	APIURL     string `json:"api_url"`
	// Of notifications by other ways than api_url nothing is done but to keep them.
	GlobalNotifications bool            `json:"use_global_notifications"`
	Channels            json.RawMessage `json:"notification_channels"`

	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`

	root     *node
	fences   []fence
	schedule schedule
	cost     int // see maxCost
}

// JSON gives the rule as [Parse] reads it.
func (r *Rule) JSON() (json.RawMessage, error) { return json.Marshal(r) }

// SameConditions says whether two rules hold for the same aircraft, by what is written in them.
func (r *Rule) SameConditions(other *Rule) bool {
	return r.RuleType == other.RuleType && r.Operator == other.Operator &&
		string(r.Value) == string(other.Value) && string(r.Conditions) == string(other.Conditions)
}

// copy gives a rule that may be given another id, owner or time, before anyone has it.
func (r *Rule) copy() *Rule {
	c := *r
	return &c
}
