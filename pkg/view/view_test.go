package view_test

import (
	"slices"
	"testing"

	"github.com/skygate-io/skygate/pkg/view"
)

func TestView(t *testing.T) {
	military, err := view.ParseFilter([]byte(`{"military":true}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		one, other *view.View
		same       bool // they are one view
		sameFields bool
	}{
		"everything":            {view.New(nil, nil, ""), view.New(nil, nil, ""), true, true},
		"a filter":              {view.New(military, nil, ""), view.New(nil, nil, ""), false, true},
		"fields in any order":   {view.New(nil, []string{"gs", "alt", "gs"}, ""), view.New(nil, []string{"alt", "gs"}, ""), true, true},
		"other fields":          {view.New(nil, []string{"gs"}, ""), view.New(nil, []string{"alt"}, ""), false, false},
		"no field, and all":     {view.New(nil, []string{}, ""), view.New(nil, nil, ""), false, false},
		"other permissions":     {view.New(nil, nil, "owner:1"), view.New(nil, nil, "owner:2"), false, true},
		"a filter, and a class": {view.New(military, nil, ""), view.New(nil, nil, string(military.Canonical())), false, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tc.one.Token() == tc.other.Token(); got != tc.same {
				t.Errorf("tokens %s and %s", tc.one.Token(), tc.other.Token())
			}
			if got := tc.one.SameFields(tc.other); got != tc.sameFields {
				t.Errorf("the same fields: %v", got)
			}
		})
	}
}

func TestFieldsOfAView(t *testing.T) {
	none, some, all := view.New(nil, []string{}, ""), view.New(nil, []string{"gs", "alt"}, ""), view.New(nil, nil, "")
	if none.Shows("gs") || !some.Shows("gs") || some.Shows("lat") || !all.Shows("lat") {
		t.Error("a view does not show what it should")
	}
	if none.Fields() == nil || all.Fields() != nil || !slices.Equal(some.Fields(), []string{"alt", "gs"}) {
		t.Errorf("fields %v, %v and %v", none.Fields(), some.Fields(), all.Fields())
	}
	if again := view.New(nil, none.Fields(), ""); again.Token() != none.Token() {
		t.Error("no field becomes all of them")
	}
}
