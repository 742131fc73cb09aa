package rulestore_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/rulestore"
	"github.com/skygate-io/skygate/pkg/rules"
)

const lowFlyer = `{"name":"Low","rule_type":"altitude_below","value":3000,"api_url":"https://a.example/?a=1&b=<2>"}`

var anna = rules.User{ID: "anna"}

func open(t *testing.T, path string) *rules.Book {
	t.Helper()
	b, err := rules.Open(rules.Config{Store: rulestore.New(path)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func create(t *testing.T, b *rules.Book) *rules.Rule {
	t.Helper()
	r, err := b.Create(anna, json.RawMessage(lowFlyer), time.Date(2026, 7, 4, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// files gives the names of all that is in the folder of a file.
func files(t *testing.T, path string) string {
	t.Helper()
	list, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range list {
		names = append(names, f.Name())
	}
	return strings.Join(names, " ")
}

func TestWhatIsKeptIsThereAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.json")
	b := open(t, path)
	want, _ := create(t, b).JSON()
	if r := create(t, b); b.Delete(anna, r.ID) != nil {
		t.Error("not deleted")
	}
	again := open(t, path)
	list := again.List(anna)
	if len(list) != 1 {
		t.Fatalf("%d rules", len(list))
	}
	if got, _ := list[0].JSON(); string(got) != string(want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if r := create(t, again); r.ID != "3" {
		t.Errorf("the id %s is used twice", r.ID)
	}
	if got := files(t, path); got != "rules.json" {
		t.Errorf("there are %s", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: others may read it", info.Mode(), err)
	}
}

func TestADamagedFileIsLeftAlone(t *testing.T) {
	const one = `{"version":1,"next_id":2,"rules":[{"id":"1","name":"R","rule_type":"military","value":true}`
	for content, says := range map[string]string{
		``:                          "unexpected end",
		one[:40]:                    "unexpected end",
		`[]`:                        "cannot unmarshal array",
		`{"version":2}`:             "version 2 is not known here",
		one + `,{"name":"R"}]}`:     "rules[1]: conditions: the rule has no condition",
		one + `,` + one[34:] + `]}`: "rules[1].id: is missing, or another rule's",
	} {
		path := filepath.Join(t.TempDir(), "rules.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		s := rulestore.New(path)
		_, err := s.Load()
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), path+" is damaged") || !strings.Contains(err.Error(), "move it away") {
			t.Errorf("%q: %v, want one that says %q", content, err, says)
		}
		if err := s.Save(rules.Saved{}); !errors.Is(err, rulestore.ErrNotLoaded) {
			t.Errorf("%q: Save: %v", content, err)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != content {
			t.Errorf("%q became %q", content, now)
		}
	}
	if err := rulestore.New(filepath.Join(t.TempDir(), "rules.json")).Save(rules.Saved{}); !errors.Is(err, rulestore.ErrNotLoaded) {
		t.Errorf("saved unread: %v", err)
	}
}

func TestAFailedSaveLeavesTheOldOne(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "there")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	b := open(t, filepath.Join(folder, "rules.json"))
	create(t, b)
	if err := os.Rename(folder, folder+"-gone"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Create(anna, json.RawMessage(lowFlyer), time.Now()); err == nil || !strings.Contains(err.Error(), "keep alert rules") {
		t.Errorf("created: %v", err)
	}
	if n := len(b.List(anna)); n != 1 {
		t.Errorf("%d rules are in force", n)
	}
	if n := len(open(t, filepath.Join(folder+"-gone", "rules.json")).List(anna)); n != 1 {
		t.Errorf("%d rules are kept", n)
	}
}

func TestALinkStaysALink(t *testing.T) {
	folder := t.TempDir()
	path, link := filepath.Join(folder, "rules.json"), filepath.Join(t.TempDir(), "link.json")
	create(t, open(t, path))
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	create(t, open(t, link))
	if n := len(open(t, path).List(anna)); n != 2 {
		t.Errorf("%d rules behind the link", n)
	}
}

func TestConfig(t *testing.T) {
	folder := t.TempDir()
	for path, says := range map[string]string{
		"":                                   "",
		filepath.Join(folder, "rules.json"):  "",
		folder:                               "is no file",
		filepath.Join(folder, "no", "rules"): "there is no folder",
	} {
		err := rulestore.Config{Path: path}.Validate()
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", path, err, says)
		}
	}
}
