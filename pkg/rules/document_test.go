package rules_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/skygate-io/skygate/pkg/rules"
)

// The rule that the protocol reference shows is one. (An object of JavaScript without
// comments is YAML.)
func TestRuleOfTheDocuments(t *testing.T) {
	text, err := os.ReadFile("../../namespaces/README.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`"alert-rule-create"[^{]*params: (\{[\s\S]*?\n\}) \}\);`).FindSubmatch(text)
	if shown == nil {
		t.Fatal("none is shown")
	}
	var rule map[string]any
	if err := yaml.Unmarshal(regexp.MustCompile(` // .*`).ReplaceAll(shown[1], nil), &rule); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(rule)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := rules.Parse(raw); err != nil || r.CooldownMinutes != 10 {
		t.Errorf("%s: %+v, %v", raw, r, err)
	}
}
