package safety_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/safety"
)

func TestDefaultConfigIsValid(t *testing.T) {
	cfg := safety.DefaultConfig()
	if err := cfg.Validate(); err != nil {
		t.Error(err)
	}
	cfg.Airports[0] = "changed"
	if again := safety.DefaultConfig(); again.Airports[0] == "changed" {
		t.Error("two defaults share their airports")
	}
}

func TestValidate(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*safety.Config)
		want   string
	}{
		"the first of several": {func(c *safety.Config) { c.ProximityNM, c.WarningNM = 0, -1 }, "proximity_nm: 0 is out of range: from 0.001 to 10 (NM)"},
		"squawk_confirm":       {func(c *safety.Config) { c.SquawkConfirm = 0 }, "squawk_confirm: 0 is out of range: from 1 to 10"},
		"a duration":           {func(c *safety.Config) { c.Expiry = 0 }, "expiry: 0s is out of range: from 1s to 1h0m0s"},
		"one of another":       {func(c *safety.Config) { c.ReversalSpanMin = 5 * time.Second }, "reversal_span_min: 5s is out of range: from 1s to 4s"},
		"search_nm":            {func(c *safety.Config) { c.SearchNM = 0.6 }, "search_nm: 0.6 is less than proximity_nm times leave_scale: at least 0.65"},
		"airport":              {func(c *safety.Config) { c.Airports = []string{"EDDF/50/8/364", "LSZH"} }, `airports: item 2: "LSZH" is not IDENT/LAT/LON/ELEVATION, such as KJFK/40.6399/-73.7787/13`},
		"airport, a number":    {func(c *safety.Config) { c.Airports = []string{"EDDF/50/E8/364"} }, `airports: item 1: "EDDF/50/E8/364": "E8" is no number`},
		"airport, where":       {func(c *safety.Config) { c.Airports = []string{"EDDF/50/NaN/364"} }, `airports: item 1: "EDDF/50/NaN/364": the position is not on the earth`},
		"airport, how high":    {func(c *safety.Config) { c.Airports = []string{"EDDF/50/8/36400"} }, `airports: item 1: "EDDF/50/8/36400": elevation 36400 is out of range: from -2000 to 20000 (ft)`},
		"no airports":          {func(c *safety.Config) { c.Airports = nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := safety.DefaultConfig()
			tc.change(&cfg)
			err := cfg.Validate()
			if (tc.want == "") != (err == nil) || err != nil && err.Error() != tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// Every number has bounds: below and above them Validate names its key.
func TestValidateKnowsEveryKey(t *testing.T) {
	fields := reflect.TypeFor[safety.Config]()
	for i := range fields.NumField() {
		key := fields.Field(i).Tag.Get("koanf")
		if key == "" || key != strings.ToLower(key) {
			t.Errorf("%s has the key %q", fields.Field(i).Name, key)
		}
		for _, huge := range []bool{true, false} {
			cfg := safety.DefaultConfig()
			switch f := reflect.ValueOf(&cfg).Elem().Field(i); {
			case f.CanInt() && huge:
				f.SetInt(1 << 60)
			case f.CanInt():
				f.SetInt(-1)
			case f.CanFloat() && huge:
				f.SetFloat(1e9)
			case f.CanFloat():
				f.SetFloat(-1e9)
			default:
				continue
			}
			if err := cfg.Validate(); err == nil || !strings.HasPrefix(err.Error(), key+": ") {
				t.Errorf("%s, huge %v: got %v", key, huge, err)
			}
		}
	}
}
