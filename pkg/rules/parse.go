package rules

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skygate-io/skygate/pkg/record"
)

// Bounds of a rule's own fields.
const (
	maxName        = 100 // characters
	maxDescription = 200
	maxURL         = 2000     // bytes
	maxCooldown    = 7 * 1440 // minutes
	maxNesting     = 2*maxDepth + 8
)

// draft is a rule as clients write it.
type draft map[string]json.RawMessage

// Parse reads a rule from its JSON. What is not given, or null, has its default;
// keys that mean nothing are left out, as clients send the objects they know.
// The error is an [*Error].
func Parse(raw []byte) (*Rule, error) {
	if len(raw) > maxBytes {
		return nil, wrong("", "a rule of %d bytes is too long: at most %d", len(raw), maxBytes)
	}
	if record.Depth(raw) > maxNesting {
		return nil, wrong("", "is nested too deeply")
	}
	var d draft
	if err := json.Unmarshal(raw, &d); err != nil || d == nil {
		return nil, wrong("", "a rule is a JSON object")
	}
	return d.rule()
}

func (d draft) rule() (*Rule, error) {
	r := &Rule{Enabled: true, GlobalNotifications: true}
	for _, read := range [...]func(*Rule) error{d.texts, d.flags, d.times, d.delivery, d.match} {
		if err := read(r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// text reads a string of so many characters at most.
func (d draft) text(name, otherwise string, most int) (string, error) {
	raw := d[name]
	if isNull(raw) {
		return otherwise, nil
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return "", expected(name, "a string", raw)
	}
	if s = strings.TrimSpace(s); utf8.RuneCountInString(s) > most {
		return "", wrong(name, "is longer than %d characters", most)
	}
	return s, nil
}

// word reads one of several words.
func (d draft) word(name, otherwise string, words ...string) (string, error) {
	s, err := d.text(name, otherwise, maxName)
	if err == nil && !slices.Contains(words, s) {
		err = wrong(name, "%s is none of %s", quote(s), strings.Join(words, ", "))
	}
	return s, err
}

func (d draft) texts(r *Rule) (err error) {
	// What a book says of a rule, not its client, who may send it in any form.
	_ = json.Unmarshal(d["id"], &r.ID)
	_ = json.Unmarshal(d["owner"], &r.Owner)
	for _, t := range [...]struct {
		name string
		into *string
		most int
	}{
		{"name", &r.Name, maxName},
		{"description", &r.Description, maxDescription},
		{"rule_type", &r.RuleType, maxName},
		{"operator", &r.Operator, maxName},
	} {
		if *t.into, err = d.text(t.name, "", t.most); err != nil {
			return err
		}
	}
	if r.Name == "" {
		return wrong("name", "is missing: what the alert is to be called")
	}
	if r.Priority, err = d.word("priority", defaultPriority, "info", "warning", "critical"); err != nil {
		return err
	}
	r.Visibility, err = d.word("visibility", defaultVisibility, Private, Shared, Public)
	return err
}

func (d draft) flags(r *Rule) error {
	for name, into := range map[string]*bool{"enabled": &r.Enabled, "use_global_notifications": &r.GlobalNotifications} {
		if raw := d[name]; !isNull(raw) && json.Unmarshal(raw, into) != nil {
			return expected(name, "true or false", raw)
		}
	}
	return nil
}

func (d draft) times(r *Rule) (err error) {
	if r.StartsAt, err = moment("starts_at", d["starts_at"]); err != nil {
		return err
	}
	if r.ExpiresAt, err = moment("expires_at", d["expires_at"]); err != nil {
		return err
	}
	if r.StartsAt != nil && r.ExpiresAt != nil && !r.ExpiresAt.After(*r.StartsAt) {
		return wrong("expires_at", "is not after starts_at")
	}
	r.CooldownMinutes = defaultCooldown
	if raw := d["cooldown_minutes"]; !isNull(raw) {
		v, err := plainNumber("cooldown_minutes", raw)
		if err != nil {
			return err
		}
		if v < 1 || v > maxCooldown || v != float64(int(v)) {
			return wrong("cooldown_minutes", "%v is out of range: a whole number from 1 to %d", v, maxCooldown)
		}
		r.CooldownMinutes = int(v)
	}
	r.schedule.suppressions, err = parseWindows("suppression_windows", d["suppression_windows"])
	if err != nil {
		return err
	}
	r.Windows = compact(d["suppression_windows"], "[]")
	r.schedule.enabled = r.Enabled
	if r.StartsAt != nil {
		r.schedule.from = r.StartsAt.Unix()
	}
	if r.ExpiresAt != nil {
		r.schedule.until = r.ExpiresAt.Unix()
	}
	for name, into := range map[string]*time.Time{"created_at": &r.CreatedAt, "updated_at": &r.UpdatedAt} {
		var t time.Time // with its milliseconds; what is none is not told
		if json.Unmarshal(d[name], &t) == nil {
			*into = t.UTC()
		}
	}
	return nil
}

func (d draft) delivery(r *Rule) (err error) {
	r.Channels = json.RawMessage("[]")
	if raw := d["notification_channels"]; !isNull(raw) {
		if kindOf(raw) != "a list" {
			return expected("notification_channels", "a list", raw)
		}
		if len(raw) > maxChannels {
			return wrong("notification_channels", "is longer than %d bytes", maxChannels)
		}
		r.Channels = compact(raw, "[]")
	}
	if r.APIURL, err = d.text("api_url", "", maxURL); err != nil || r.APIURL == "" {
		return err
	}
	u, err := url.Parse(r.APIURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Opaque != "" {
		return wrong("api_url", "is no address; write it like https://example.org/alerts")
	}
	return nil
}

// match reads what the rule holds for.
func (d draft) match(r *Rule) error {
	var b builder
	var both []*node
	// The reference's "no simple condition" is null, or an empty type and value.
	if value := d["value"]; r.RuleType != "" || !isNull(value) && string(value) != `""` {
		if r.RuleType == "" {
			return wrong("rule_type", "is missing: what to compare the value with; there are: %s", names(kinds))
		}
		r.Value = compact(value, "")
		n, err := b.leaf(at{"rule_type", "operator", "value"}, condition{r.RuleType, r.Operator, r.Value})
		if err != nil {
			return err
		}
		both = append(both, n)
	}
	r.Conditions = compact(d["conditions"], "{}")
	if tree := string(r.Conditions); tree != "{}" && tree != "[]" {
		n, err := b.group("conditions", r.Conditions, 1)
		if err != nil {
			return err
		}
		both = append(both, n)
	}
	if len(both) == 0 {
		return wrong("conditions", "the rule has no condition and would match every aircraft; give conditions, or rule_type, operator and value")
	}
	r.root, r.fences = allOf(both), b.fences
	r.setCost(b.cost)
	return nil
}

// compact is a value without blanks, in memory of its own.
func compact(raw json.RawMessage, otherwise string) json.RawMessage {
	var b bytes.Buffer
	if isNull(raw) || json.Compact(&b, raw) != nil {
		return json.RawMessage(otherwise)
	}
	return b.Bytes()
}
