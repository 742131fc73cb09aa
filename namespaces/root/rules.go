package root

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/rules"
)

// What a session needs for alert rules: to see them, to have rules of its own, and
// to see and change those of others.
const (
	mayViewRules   = "alerts.view"
	mayManageRules = "alerts.manage"
	mayManageAll   = "alerts.manage_all"
)

// Codes of the errors of alert rules. They do not change.
const (
	// CodeInvalidRule: the rule is wrong; the message names the part, and how to mend it.
	CodeInvalidRule = "invalid_rule"
	// CodeRuleNotFound: there is no such rule, or it is not to be seen.
	CodeRuleNotFound = "rule_not_found"
	// CodeTooManyRules: there is no room for another rule.
	CodeTooManyRules = "too_many_rules"
	// CodeRulesUnavailable: the rules are in force and cannot be changed for now; try again.
	CodeRulesUnavailable = "rules_unavailable"
)

// Rules is a book of alert rules: [*rules.Book]. It owns them, and is safe for
// concurrent use; a rule that it gives is immutable.
type Rules interface {
	RuleReader
	RuleWriter
}

// RuleReader gives alert rules.
type RuleReader interface {
	List(rules.User) []*rules.Rule
}

// RuleWriter changes alert rules. What is returned is in force, and kept.
type RuleWriter interface {
	Create(u rules.User, raw json.RawMessage, now time.Time) (*rules.Rule, error)
	Update(u rules.User, id string, patch json.RawMessage, now time.Time) (*rules.Rule, error)
	Toggle(u rules.User, id string, enabled *bool, now time.Time) (*rules.Rule, error)
	Delete(u rules.User, id string) error
}

var _ Rules = (*rules.Book)(nil)

// AddRules adds the requests for alert rules to the namespace, which is to be done
// before anybody connects to it.
func AddRules(n *gateway.Namespace, book Rules) {
	gateway.Handle(n, "alert-rules", mayViewRules, func(_ context.Context, s *gateway.Session, _ json.RawMessage) (ruleList, error) {
		u := user(s)
		list := ruleList{Rules: []json.RawMessage{}}
		for _, r := range book.List(u) {
			raw, err := shown(r, u)
			if err != nil {
				return list, err
			}
			list.Rules = append(list.Rules, raw)
		}
		return list, nil
	})
	gateway.Handle(n, "alert-rule-create", mayManageRules, func(_ context.Context, s *gateway.Session, raw json.RawMessage) (json.RawMessage, error) {
		u := user(s)
		r, err := book.Create(u, raw, time.Now())
		if err != nil {
			return nil, ruleError(err)
		}
		return shown(r, u)
	})
	gateway.Handle(n, "alert-rule-update", mayManageRules, func(_ context.Context, s *gateway.Session, raw json.RawMessage) (json.RawMessage, error) {
		u := user(s)
		id, err := ruleID(raw)
		if err != nil {
			return nil, err
		}
		r, err := book.Update(u, id, raw, time.Now())
		if err != nil {
			return nil, ruleError(err)
		}
		return shown(r, u)
	})
	gateway.Handle(n, "alert-rule-delete", mayManageRules, func(_ context.Context, s *gateway.Session, raw json.RawMessage) (ruleDone, error) {
		id, err := ruleID(raw)
		if err != nil {
			return ruleDone{}, err
		}
		if err := book.Delete(user(s), id); err != nil {
			return ruleDone{}, ruleError(err)
		}
		return ruleDone{Success: true, ID: id}, nil
	})
	gateway.Handle(n, "alert-rule-toggle", mayManageRules, func(_ context.Context, s *gateway.Session, raw json.RawMessage) (ruleDone, error) {
		id, err := ruleID(raw)
		if err != nil {
			return ruleDone{}, err
		}
		var to struct {
			Enabled *bool `json:"enabled"`
		}
		if err := gateway.Decode(raw, &to); err != nil {
			return ruleDone{}, gateway.Errorf(gateway.CodeInvalidParams, "Invalid params: %v", err)
		}
		r, err := book.Toggle(user(s), id, to.Enabled, time.Now())
		if err != nil {
			return ruleDone{}, ruleError(err)
		}
		return ruleDone{Success: true, ID: id, Enabled: &r.Enabled}, nil
	})
}

type ruleList struct {
	Rules []json.RawMessage `json:"rules"`
}

type ruleDone struct {
	Success bool   `json:"success"`
	ID      string `json:"id"`
	Enabled *bool  `json:"enabled,omitempty"`
}

func user(s *gateway.Session) rules.User {
	who := s.Identity()
	return rules.User{ID: who.ID(), All: who.May(mayManageAll)}
}

// shown is a rule as a user gets it. An address may hold a secret, so that it is
// for those who may change it.
func shown(r *rules.Rule, u rules.User) (json.RawMessage, error) {
	if !u.All && r.Owner != u.ID {
		hidden := *r
		hidden.APIURL = ""
		r = &hidden
	}
	return r.JSON()
}

// ruleID reads the id of a request's params, a string or a number.
func ruleID(raw json.RawMessage) (string, error) {
	var p struct {
		ID     json.RawMessage `json:"id"`
		RuleID json.RawMessage `json:"rule_id"`
	}
	if err := gateway.Decode(raw, &p); err != nil {
		return "", gateway.Errorf(gateway.CodeInvalidParams, "Invalid params: %v", err)
	}
	if p.ID == nil {
		p.ID = p.RuleID
	}
	id := string(bytes.Trim(p.ID, `"`))
	if id == "" || id == "null" {
		return "", gateway.Errorf(gateway.CodeInvalidParams, "Missing id parameter: the id of the rule, as alert-rules has it")
	}
	return id, nil
}

// ruleError maps what a book answers to what the client is told.
func ruleError(err error) error {
	var wrong *rules.Error
	switch {
	case errors.As(err, &wrong):
		return gateway.Errorf(CodeInvalidRule, "Invalid rule: %v", wrong)
	case errors.Is(err, rules.ErrNotFound):
		return gateway.Errorf(CodeRuleNotFound, "Rule not found")
	case errors.Is(err, rules.ErrNotYours):
		return gateway.Errorf(gateway.CodePermissionDenied, "Permission denied: the rule belongs to another user; %s is needed to change it", mayManageAll)
	case errors.Is(err, rules.ErrTooMany):
		return gateway.Errorf(CodeTooManyRules, "Too many rules: %d of one user are allowed, %d in all; delete one first", rules.MaxPerUser, rules.MaxRules)
	case errors.Is(err, rules.ErrTooDear):
		return gateway.Errorf(CodeTooManyRules, "Too many conditions in all rules together: delete a rule, or ask for less (regular expressions and polygons with many corners count most)")
	case errors.Is(err, rules.ErrTooLong):
		return gateway.Errorf(CodeTooManyRules, "All rules together are too long: delete a rule, or shorten one")
	case errors.Is(err, rules.ErrAway):
		return gateway.Errorf(CodeRulesUnavailable, "Alert rules cannot be changed right now: what keeps them is away. Those that there are stay in force. Look whether the change was made (alert-rules), and try again in a few seconds")
	case errors.Is(err, rules.ErrDamaged):
		return gateway.Errorf(CodeRulesUnavailable, "Alert rules cannot be changed: what is kept of them is damaged. Those that there are stay in force. Whoever runs the gateway has to mend it; its log says how")
	}
	return err
}
