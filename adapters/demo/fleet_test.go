package demo

import (
	"math/rand/v2"
	"regexp"
	"testing"
)

func TestIdentitiesArePlausible(t *testing.T) {
	f := fleet{rng: rand.New(rand.NewPCG(1, 0)), taken: map[string]bool{}}
	makers := map[string]struct {
		make   func() identity
		key    string
		flight string // "" when there is none
		squawk string
	}{
		"airliner":   {f.airliner, `^[0-9A-F]{6}$`, `^"[A-Z]{3}([1-9][0-9]{0,3}|[1-9][A-Z]{1,2})"$`, `^[0-7]{4}$`},
		"small":      {f.small, `^[0-9A-F]{6}$`, `^"[A-Z]{3,5}"$`, `^7000$`},
		"glider":     {f.glider, `^3[CD][0-9A-F]{4}$`, `^"D[1-9]{4}"$`, `^$`},
		"helicopter": {f.helicopter, `^3[CD][0-9A-F]{4}$`, `^"CHX[1-9][0-9]?"$`, `^[0-7]{4}$`},
		"fighter":    {func() identity { return f.fighter(1) }, `^3E[AB][0-9A-F]{3}$`, `^"GAF6[1-9]1"$`, `^[0-7]{4}$`},
		"vehicle":    {f.vehicle, `^3[CD][0-9A-F]{4}$`, `^"FOLLOW[1-9][0-9]?"$`, `^$`},
		"anonymous":  {f.anonymous, `^~2[0-9A-F]{5}$`, "", `^$`},
	}
	used := map[string]bool{}
	for name, m := range makers {
		for range 200 {
			id := m.make()
			if used[id.key] {
				t.Fatalf("%s: address %s again", name, id.key)
			}
			used[id.key] = true
			match(t, name+" address", m.key, id.key)
			match(t, name+" squawk", m.squawk, id.squawk)
			if id.squawk == "7500" || id.squawk == "7600" || id.squawk == "7700" {
				t.Errorf("%s: squawk %s", name, id.squawk)
			}
			fields := id.fixed
			fields.Sort()
			if m.flight != "" {
				match(t, name+" flight", m.flight, fields.Get("flight"))
			} else if got := fields.Get("flight"); got != "" {
				t.Errorf("%s: flight %s", name, got)
			}
		}
	}
}

// A name in the list of airlines that no model has would be a nil model.
func TestAirlinesFlyKnownModels(t *testing.T) {
	for _, line := range airlines {
		for _, code := range line.types {
			if m := models[code]; m == nil {
				t.Errorf("%s flies %s, which is no model", line.code, code)
			} else if m.bottom <= 0 || m.top <= m.bottom {
				t.Errorf("%s has no cruising levels", code)
			}
		}
	}
}

func TestReleasedAddressIsFree(t *testing.T) {
	f := fleet{rng: rand.New(rand.NewPCG(1, 0)), taken: map[string]bool{}}
	one := state{first: 0x400000, last: 0x400000}
	key := f.address(&one)
	f.release(key)
	if again := f.address(&one); again != key {
		t.Errorf("the only address is %s, then %s", key, again)
	}
}

func match(t *testing.T, what, pattern, got string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(got) {
		t.Errorf("%s: %q does not match %s", what, got, pattern)
	}
}
