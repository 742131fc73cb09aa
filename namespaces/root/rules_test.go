package root_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/namespaces/root"
	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/rules"
	"github.com/skygate-io/skygate/pkg/safety"
)

// A book watches a feed, and goes on with what was told; so does what watches for dangers.
var (
	_ feed.Monitor = (*rules.Book)(nil)
	_ feed.Heir    = (*rules.Book)(nil)
	_ feed.Monitor = safety.Records{}
	_ feed.Heir    = safety.Records{}
)

// somebody has a name and permissions.
type somebody struct {
	permissions
	id string
}

func (s somebody) ID() string { return s.id }

var (
	anna    = somebody{permissions{"alerts.view": true, "alerts.manage": true}, "anna"}
	bert    = somebody{permissions{"alerts.view": true, "alerts.manage": true}, "bert"}
	watcher = somebody{permissions{"alerts.view": true}, "watcher"}
	chief   = somebody{permissions{"alerts.view": true, "alerts.manage": true, "alerts.manage_all": true}, "chief"}
	nobody  = somebody{permissions{}, ""}
)

// failing is a store that fails when it is told to.
type failing struct{ err error }

func (f *failing) Load() (rules.Saved, error) { return rules.Saved{}, nil }
func (f *failing) Save(rules.Saved) error     { return f.err }

// office is a namespace with rules. Each ask is a request of somebody's, in a
// session of its own, and gives its answer.
type office struct {
	t     *testing.T
	n     *gateway.Namespace
	store *failing
}

func inOffice(t *testing.T, body func(o *office)) {
	t.Helper()
	script(t, func(t *testing.T, n *gateway.Namespace) {
		store := &failing{}
		book, err := rules.Open(rules.Config{Store: store})
		if err != nil {
			t.Fatal(err)
		}
		root.AddRules(n, book)
		body(&office{t, n, store})
	})
}

func (o *office) ask(who gateway.Identity, kind, params string) string {
	o.t.Helper()
	c := &conn{}
	s := o.n.Connect(c, who, nil)
	defer s.Close()
	s.Receive("request", []json.RawMessage{json.RawMessage(`{"type":"` + kind + `","request_id":1,"params":` + params + `}`)}, nil)
	sent := c.take()
	if len(sent) != 1 {
		o.t.Fatalf("%s %s: got %q", kind, params, sent)
	}
	return sent[0]
}

func (o *office) want(who somebody, kind, params, answer string) {
	o.t.Helper()
	if d := cmp.Diff(answer, o.ask(who, kind, params)); d != "" {
		o.t.Errorf("%s asks %s %s (-want +got):\n%s", who.id, kind, params, d)
	}
}

// A rule as the reference's dashboard makes it, and as it comes back.
const (
	low     = `{"name":"Low","description":"","enabled":true,"priority":"warning","conditions":{"logic":"AND","groups":[{"logic":"AND","conditions":[{"type":"altitude","operator":"lt","value":"3000"}]}]},"cooldown_minutes":5,"use_global_notifications":true,"api_url":"https://a.example/?key=1","visibility":"shared","notification_channels":[]}`
	created = `"created_at":"2000-01-01T00:00:00Z","updated_at":"2000-01-01T00:00:00Z"}`
)

func rule(id, name, enabled, url string) string {
	return `{"id":"` + id + `","name":"` + name + `","description":"","enabled":` + enabled + `,"priority":"warning","conditions":{"logic":"AND","groups":[{"logic":"AND","conditions":[{"type":"altitude","operator":"lt","value":"3000"}]}]},` +
		`"starts_at":null,"expires_at":null,"cooldown_minutes":5,"suppression_windows":[],"owner":"anna","visibility":"shared","api_url":"` + url + `","use_global_notifications":true,"notification_channels":[],` + created
}

func TestAlertRules(t *testing.T) {
	const url = "https://a.example/?key=1"
	inOffice(t, func(o *office) {
		o.want(anna, "alert-rules", `{}`, ok(1, "alert-rules", `{"rules":[]}`))
		o.want(anna, "alert-rule-create", low, ok(1, "alert-rule-create", rule("1", "Low", "true", url)))
		o.want(anna, "alert-rule-create", `{"name":"Mine","rule_type":"military","operator":"eq","value":true}`, ok(1, "alert-rule-create",
			`{"id":"2","name":"Mine","description":"","enabled":true,"priority":"info","rule_type":"military","operator":"eq","value":true,"conditions":{},"starts_at":null,"expires_at":null,"cooldown_minutes":5,"suppression_windows":[],"owner":"anna","visibility":"private","api_url":"","use_global_notifications":true,"notification_channels":[],`+created))

		// Others see what is shared, but for the address.
		o.want(watcher, "alert-rules", `null`, ok(1, "alert-rules", `{"rules":[`+rule("1", "Low", "true", "")+`]}`))
		if got := o.ask(chief, "alert-rules", `{}`); strings.Count(got, `"owner":"anna"`) != 2 || !strings.Contains(got, url) {
			t.Errorf("the chief sees %s", got)
		}

		o.want(anna, "alert-rule-update", `{"id":"1","name":"New"}`, ok(1, "alert-rule-update", rule("1", "New", "true", url)))
		o.want(anna, "alert-rule-toggle", `{"id":1}`, ok(1, "alert-rule-toggle", `{"success":true,"id":"1","enabled":false}`))
		o.want(anna, "alert-rule-toggle", `{"id":"1","enabled":false}`, ok(1, "alert-rule-toggle", `{"success":true,"id":"1","enabled":false}`))
		o.want(chief, "alert-rule-update", `{"id":1,"name":"Low","owner":"chief"}`, ok(1, "alert-rule-update", rule("1", "Low", "false", url)))
		o.want(chief, "alert-rule-delete", `{"rule_id":"2"}`, ok(1, "alert-rule-delete", `{"success":true,"id":"2"}`))
		o.want(anna, "alert-rules", `{}`, ok(1, "alert-rules", `{"rules":[`+rule("1", "Low", "false", url)+`]}`))
	})
}

func TestAlertRulesThatAreRefused(t *testing.T) {
	const none = "Invalid rule: conditions: the rule has no condition and would match every aircraft; give conditions, or rule_type, operator and value"
	const another = "Permission denied: the rule belongs to another user; alerts.manage_all is needed to change it"
	const missing = "Missing id parameter: the id of the rule, as alert-rules has it"
	inOffice(t, func(o *office) {
		o.ask(anna, "alert-rule-create", low)
		o.ask(anna, "alert-rule-create", `{"name":"Mine","rule_type":"military","value":true}`)
		for _, c := range []struct {
			who                         somebody
			kind, params, code, message string
		}{
			{nobody, "alert-rules", `{}`, "permission_denied", "Permission denied: alerts.view is needed"},
			{watcher, "alert-rule-create", low, "permission_denied", "Permission denied: alerts.manage is needed"},
			{watcher, "alert-rule-delete", `{"id":"1"}`, "permission_denied", "Permission denied: alerts.manage is needed"},
			{anna, "alert-rule-create", `{"name":"All","conditions":{}}`, "invalid_rule", none},
			{anna, "alert-rule-create", `null`, "invalid_rule", "Invalid rule: a rule is a JSON object"},
			{anna, "alert-rule-create", `{"name":"R","conditions":{"groups":[{"conditions":[{"type":"altitude","operator":"lt","value":"low"}]}]}}`, "invalid_rule", "Invalid rule: conditions.groups[0].conditions[0].value: expected a number, got a string"},
			{anna, "alert-rule-update", `{"id":"1","conditions":null}`, "invalid_rule", none},
			{anna, "alert-rule-update", `{"name":"x"}`, "invalid_params", missing},
			{anna, "alert-rule-delete", `null`, "invalid_params", missing},
			{anna, "alert-rule-toggle", `[]`, "invalid_params", "Invalid params: expected an object, got array"},
			{anna, "alert-rule-toggle", `{"id":"1","enabled":"on"}`, "invalid_params", "Invalid params: enabled: expected true or false, got string"},
			{anna, "alert-rule-delete", `{"id":"9"}`, "rule_not_found", "Rule not found"},
			{bert, "alert-rule-delete", `{"id":"1"}`, "permission_denied", another},
			{bert, "alert-rule-update", `{"id":"1"}`, "permission_denied", another},
			{bert, "alert-rule-toggle", `{"id":"2"}`, "rule_not_found", "Rule not found"},
		} {
			o.want(c.who, c.kind, c.params, failed(`1`, c.code, c.message))
		}
		const dear = `{"name":"R","rule_type":"callsign","operator":"regex","value":"(A[0-9]{9}){15}"}`
		for range 100 {
			if got := o.ask(anna, "alert-rule-create", dear); strings.HasPrefix(got, "error") {
				o.want(anna, "alert-rule-create", dear, failed(`1`, "too_many_rules", "Too many conditions in all rules together: delete a rule, or ask for less (regular expressions and polygons with many corners count most)"))
				break
			}
		}
		if got := o.ask(anna, "alert-rules", `{}`); strings.Count(got, `{15}`) > 99 || strings.Count(got, `{15}`) < 5 {
			t.Errorf("%d of them are taken", strings.Count(got, `{15}`))
		}
		o.store.err = errors.New("the disk is full")
		o.want(anna, "alert-rule-delete", `{"id":"1"}`, failed(`1`, "internal", "Internal server error"))
		o.store.err = fmt.Errorf("nobody answers: %w", rules.ErrAway)
		o.want(anna, "alert-rule-toggle", `{"id":"1"}`, failed(`1`, "rules_unavailable", "Alert rules cannot be changed right now: what keeps them is away. Those that there are stay in force. Look whether the change was made (alert-rules), and try again in a few seconds"))
		o.store.err = fmt.Errorf("version 2: %w", rules.ErrDamaged)
		o.want(anna, "alert-rule-toggle", `{"id":"1"}`, failed(`1`, "rules_unavailable", "Alert rules cannot be changed: what is kept of them is damaged. Those that there are stay in force. Whoever runs the gateway has to mend it; its log says how"))
		o.store.err = fmt.Errorf("%w: 17 MB", rules.ErrTooLong)
		o.want(anna, "alert-rule-toggle", `{"id":"1"}`, failed(`1`, "too_many_rules", "All rules together are too long: delete a rule, or shorten one"))
		if got := o.ask(anna, "alert-rules", `{}`); !strings.Contains(got, `"id":"1"`) {
			t.Errorf("left are %s", got)
		}
	})
}

// The topic's policy shows an alert under the names that the reference has.
func TestAlertsPolicy(t *testing.T) {
	p := root.Alerts()
	if p.Name != "alerts" || p.Prefix+":snapshot" != "alert:snapshot" || !p.Bypass || p.Permission != "alerts.view" {
		t.Errorf("%+v", p)
	}
}
