package rulestore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/skygate-io/skygate/adapters/redis"
	"github.com/skygate-io/skygate/adapters/redis/redistest"
	"github.com/skygate-io/skygate/adapters/redis/rulestore"
	"github.com/skygate-io/skygate/pkg/rules"
)

func TestMain(m *testing.M) {
	redis.LogTo(zerolog.Nop())
	goleak.VerifyTestMain(m)
}

const (
	// patience bounds a wait for what must happen.
	patience = 20 * time.Second
	// never is longer than any test.
	never = time.Hour

	lowFlyer = `{"name":"Low","rule_type":"altitude_below","value":3000,"visibility":"public"}`
	key      = "{skygate:rules}:book"
)

var anna = rules.User{ID: "anna"}

// process is a book of a process.
type process struct {
	*rules.Book
	t      *testing.T
	mu     sync.Mutex
	failed error // the last
}

func store(t *testing.T, config redis.Config, first func() (rules.Saved, error)) *rulestore.Store {
	t.Helper()
	client, err := redis.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return rulestore.New(client, first, zerolog.Nop())
}

func open(t *testing.T, s *rulestore.Store) *process {
	t.Helper()
	book, err := rules.Open(rules.Config{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	return &process{Book: book, t: t}
}

// run has it hear of what others do, until the test ends.
func (p *process) run() *process {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- p.Run(ctx, func(err error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.failed = err
		})
	}()
	p.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			p.t.Error(err)
		}
	})
	return p
}

func (p *process) makes() string {
	p.t.Helper()
	r, err := p.Create(anna, json.RawMessage(lowFlyer), time.Now())
	if err != nil {
		p.t.Fatal(err)
	}
	return r.ID
}

func (p *process) ids() string {
	var ids []string
	for _, r := range p.List(anna) {
		ids = append(ids, r.ID)
	}
	return strings.Join(ids, " ")
}

func (p *process) want(ids string) {
	p.t.Helper()
	p.eventually("it has "+ids, func() bool { return p.ids() == ids })
}

func (p *process) eventually(what string, holds func() bool) {
	p.t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("waited in vain: %s; it has %s", what, p.ids())
		}
	}
}

func TestAllSetups(t *testing.T) {
	for name, config := range map[string]func(t *testing.T) redis.Config{
		"single": func(t *testing.T) redis.Config { return redistest.Single(t).Config() },
		"acl": func(t *testing.T) redis.Config {
			_, config := redistest.WithACL(t)
			return config
		},
		"cluster": func(t *testing.T) redis.Config { return redistest.Cluster(t, 3).Config() },
	} {
		t.Run(name, func(t *testing.T) {
			config := config(t)
			// They hear of each other by messages alone.
			one, other := open(t, store(t, config, nil).Every(never)).run(), open(t, store(t, config, nil).Every(never)).run()
			one.makes()
			other.want("1")
			if id := other.makes(); id != "2" {
				t.Errorf("the id %s is given twice", id)
			}
			one.want("1 2")
			if err := one.Delete(anna, "1"); err != nil {
				t.Error(err)
			}
			other.want("2")
			open(t, store(t, config, nil)).want("2")
		})
	}
}

// TestAMessageIsLost: the version is looked at as well.
func TestAMessageIsLost(t *testing.T) {
	server := redistest.Single(t)
	one, other := open(t, store(t, server.Config(), nil)), open(t, store(t, server.Config(), nil).Every(50*time.Millisecond)).run()
	other.makes()
	fields, err := server.Client().HGetAll(t.Context(), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	one.makes()
	other.want("1 2")
	// Somebody writes without a message.
	fields["version"], fields["mark"] = "100", "by hand"
	if err := server.Client().HSet(t.Context(), key, fields).Err(); err != nil {
		t.Fatal(err)
	}
	other.want("1")
}

// TestTheConnectionIsLost: what is missed is seen when there is another one, and what
// comes after is heard.
func TestTheConnectionIsLost(t *testing.T) {
	server := redistest.Single(t)
	one, other := open(t, store(t, server.Config(), nil)), open(t, store(t, server.Config(), nil).Every(never)).run()
	want := ""
	for i := range 3 {
		if want += strconv.Itoa(i + 1); one.makes() == "" {
			t.Fatal("it has no id")
		}
		other.want(want)
		other.eventually("it listens", func() bool {
			n, err := server.Client().PubSubNumSub(t.Context(), "skygate:rules").Result()
			return err == nil && n["skygate:rules"] == 1
		})
		if n, err := server.Client().ClientKillByFilter(t.Context(), "TYPE", "pubsub").Result(); err != nil || n != 1 {
			t.Fatalf("%d connections are cut, %v", n, err)
		}
		want += " "
	}
	one.makes()
	other.want(want + "4")
}

// TestEditsAtATime: nothing is lost, and no id is given twice.
func TestEditsAtATime(t *testing.T) {
	server := redistest.Single(t)
	const processes, each = 4, 10
	var all sync.WaitGroup
	for range processes {
		p := open(t, store(t, server.Config(), nil)).run()
		all.Go(func() {
			for range each {
				for {
					_, err := p.Create(anna, json.RawMessage(lowFlyer), time.Now())
					if err == nil {
						break
					}
					if !errors.Is(err, rules.ErrAway) {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	all.Wait()
	list := open(t, store(t, server.Config(), nil)).List(anna)
	if n := len(list); n != processes*each || list[n-1].ID != fmt.Sprint(n) {
		t.Errorf("%d rules, the last is %s", n, list[n-1].ID)
	}
}

// TestRedisIsAway: rules stay in force and are not changed; who starts then has them later.
func TestRedisIsAway(t *testing.T) {
	server := redistest.Single(t)
	one := open(t, store(t, server.Config(), nil).Every(50*time.Millisecond)).run()
	one.makes()
	server.Kill()
	late := open(t, store(t, server.Config(), nil).Every(50*time.Millisecond)).run()
	for _, p := range []*process{one, late} {
		if _, err := p.Create(anna, json.RawMessage(lowFlyer), time.Now()); !errors.Is(err, rules.ErrAway) {
			t.Errorf("an edit: %v", err)
		}
	}
	if got := one.ids(); got != "1" {
		t.Errorf("left are %s", got)
	}
	server.Start()
	late.want("1")
	one.eventually("it can be changed again", func() bool { return one.Delete(anna, "1") == nil })
	late.want("")
	late.makes()
	one.want("2")
}

// TestRedisHasLostThem: who knows more puts it back.
func TestRedisHasLostThem(t *testing.T) {
	server := redistest.Single(t)
	one, other := open(t, store(t, server.Config(), nil).Every(50*time.Millisecond)).run(), open(t, store(t, server.Config(), nil).Every(50*time.Millisecond)).run()
	one.makes()
	before, err := server.Client().HGetAll(t.Context(), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	one.makes()
	other.want("1 2")
	has := func(want string) {
		t.Helper()
		one.eventually("it is put back", func() bool {
			got, err := server.Client().HGet(t.Context(), key, "rules").Result()
			return err == nil && strings.Contains(got, want)
		})
	}
	// The newest change is lost, as in a fail-over.
	if err := server.Client().HSet(t.Context(), key, before).Err(); err != nil {
		t.Fatal(err)
	}
	has(`"next_id":3`)
	server.Erase()
	has(`"next_id":3`)
	if id := other.makes(); id != "3" {
		t.Errorf("the id %s is given twice", id)
	}
	one.want("1 2 3")
}

// TestFirstRules: those of a file are taken once, by a cluster that never had any.
func TestFirstRules(t *testing.T) {
	server := redistest.Single(t)
	asked := 0
	first := func() (rules.Saved, error) {
		asked++
		r, err := rules.Parse([]byte(lowFlyer[:len(lowFlyer)-1] + `,"id":"7"}`))
		return rules.Saved{NextID: 9, Rules: []*rules.Rule{r}}, err
	}
	one := open(t, store(t, server.Config(), first))
	if got := one.ids(); got != "7" {
		t.Fatalf("it begins with %s", got)
	}
	if id := one.makes(); id != "9" {
		t.Errorf("the next is %s", id)
	}
	for _, id := range []string{"7", "9"} {
		if err := one.Delete(rules.User{All: true}, id); err != nil {
			t.Error(err)
		}
	}
	if got := open(t, store(t, server.Config(), first)).ids(); got != "" || asked != 1 {
		t.Errorf("one that comes later begins with %s; asked %d times", got, asked)
	}
	bad := errors.New("the file is damaged")
	other := server.Config()
	other.Prefix = "other"
	if _, err := store(t, other, func() (rules.Saved, error) { return rules.Saved{}, bad }).Load(); !errors.Is(err, bad) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

// TestStrangeRules: what is no document of rules is said, changes nothing, and is not
// written over.
func TestStrangeRules(t *testing.T) {
	const one = `{"version":1,"next_id":2,"rules":[{"id":"1","name":"R","rule_type":"military","value":true}`
	server := redistest.Single(t)
	p := open(t, store(t, server.Config(), nil).Every(20*time.Millisecond)).run()
	p.makes()
	for text, fields := range map[string]map[string]any{
		"unexpected end":                 {"version": "50", "mark": "x", "rules": one[:40]},
		"version 2 is not known here":    {"version": "51", "mark": "x", "rules": `{"version":2}`},
		"rules[1]: conditions":           {"version": "52", "mark": "x", "rules": one + `,{"id":"2","name":"R"}]}`},
		"is missing, or another rule's":  {"version": "53", "mark": "x", "rules": one + `,` + one[34:] + `]}`},
		`"soon" is no number`:            {"version": "soon", "mark": "x", "rules": one + `]}`},
		"rules are too many":             {"version": "55", "mark": "x", "rules": many(rules.MaxRules + 1)},
		"are longer than 16777216 bytes": {"version": "56", "mark": "x", "rules": strings.Repeat(" ", rulestore.MaxBytes+1)},
	} {
		if err := server.Client().HSet(t.Context(), key, fields).Err(); err != nil {
			t.Fatal(err)
		}
		p.eventually("it is told: "+text, func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.failed != nil && strings.Contains(p.failed.Error(), text) && strings.Contains(p.failed.Error(), "delete the key")
		})
		if _, err := p.Create(anna, json.RawMessage(lowFlyer), time.Now()); !errors.Is(err, rules.ErrDamaged) {
			t.Errorf("%s: a change is answered by %v", text, err)
		}
		if _, err := rules.Open(rules.Config{Store: store(t, server.Config(), nil)}); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: a process starts with %v", text, err)
		}
		if got := p.ids(); got != "1" {
			t.Errorf("%s: left are %s", text, got)
		}
	}
	if err := server.Client().Del(t.Context(), key).Err(); err != nil {
		t.Fatal(err)
	}
	p.eventually("it can be changed again", func() bool {
		_, err := p.Create(anna, json.RawMessage(lowFlyer), time.Now())
		return err == nil
	})
	p.want("1 2")
}

func many(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"id":"%d","name":"R","rule_type":"military","value":true}`, i+1)
	}
	return `{"version":1,"next_id":2,"rules":[` + strings.Join(list, ",") + `]}`
}

// TestTooLong: what is longer than is kept is refused before it is sent.
func TestTooLong(t *testing.T) {
	s := store(t, redistest.Single(t).Config(), nil)
	if _, err := s.Load(); err != nil {
		t.Fatal(err)
	}
	long := `{"name":"R","rule_type":"military","value":true,"notification_channels":["` + strings.Repeat("x", 4_000) + `"]}`
	var saved rules.Saved
	for range rulestore.MaxBytes/4_000 + 1 {
		r, err := rules.Parse([]byte(long))
		if err != nil {
			t.Fatal(err)
		}
		saved.Rules = append(saved.Rules, r)
	}
	if err := s.Save(saved); !errors.Is(err, rules.ErrTooLong) {
		t.Errorf("Save = %v", err)
	}
	if err := s.Save(rules.Saved{Rules: saved.Rules[:10]}); err != nil {
		t.Error(err)
	}
}
