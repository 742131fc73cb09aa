package demo

import (
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/pkg/geo"
)

func TestParseAddress(t *testing.T) {
	with := func(change func(*Config)) Config {
		c := DefaultConfig()
		change(&c)
		return c
	}
	cases := map[string]struct {
		address string
		want    Config
		err     string // how the error begins
	}{
		"nothing":        {"", DefaultConfig(), ""},
		"a place":        {"50.03,8.57", with(func(c *Config) { c.Centre = geo.Point{Lat: 50.03, Lon: 8.57} }), ""},
		"south and west": {"-33.9, -70.8", with(func(c *Config) { c.Centre = geo.Point{Lat: -33.9, Lon: -70.8} }), ""},
		"options alone":  {"?aircraft=500", with(func(c *Config) { c.Aircraft = 500 }), ""},
		"everything": {"1,2?aircraft=500&seed=7&interval=500ms", Config{
			Centre: geo.Point{Lat: 1, Lon: 2}, Aircraft: 500, Seed: 7, Interval: 500 * time.Millisecond}, ""},

		"no comma":          {"50.03", Config{}, `centre: "50.03" is not`},
		"no number":         {"north,8", Config{}, `centre: "north,8" is not`},
		"no longitude":      {"50,", Config{}, `centre: "50," is not`},
		"three numbers":     {"1,2,3", Config{}, `centre: "1,2,3" is not`},
		"not a number":      {"NaN,8", Config{}, "centre: NaN,8 is out of range"},
		"beyond the pole":   {"91,8", Config{}, "centre: 91,8 is out of range"},
		"at the pole":       {"90,8", Config{}, "centre: 90,8 is out of range"},
		"too far east":      {"50,181", Config{}, "centre: 50,181 is out of range"},
		"none":              {"?aircraft=0", Config{}, "aircraft: 0 is out of range"},
		"too many":          {"?aircraft=20001", Config{}, "aircraft: 20001 is out of range"},
		"no whole number":   {"?aircraft=1.5", Config{}, `aircraft: "1.5" is not`},
		"negative seed":     {"?seed=-1", Config{}, `seed: "-1" is not`},
		"no unit":           {"?interval=500", Config{}, `interval: "500" is not`},
		"too often":         {"?interval=99ms", Config{}, "interval: 99ms is out of range"},
		"too seldom":        {"?interval=11s", Config{}, "interval: 11s is out of range"},
		"unknown option":    {"?planes=5", Config{}, "planes: there is no such option"},
		"twice":             {"?seed=1&seed=2", Config{}, "seed: given 2 times"},
		"broken escape":     {"?seed=%zz", Config{}, `options: "seed=%zz" is not`},
		"the first of many": {"?zeal=1&aircraft=x", Config{}, "aircraft: "},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := ParseAddress(tc.address)
			if tc.err == "" && (err != nil || got != tc.want) {
				t.Fatalf("got %+v, %v; want %+v", got, err, tc.want)
			}
			if tc.err != "" && (err == nil || !strings.HasPrefix(err.Error(), tc.err)) {
				t.Fatalf("error %v, want one that begins with %q", err, tc.err)
			}
		})
	}
}

func TestDefaultConfigIsValid(t *testing.T) {
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("")
	f.Add("50.03,8.57?aircraft=500&seed=7&interval=500ms")
	f.Add("-89,-180?interval=1e3s")
	f.Add("0x1p4,1_0?&&;")
	f.Fuzz(func(t *testing.T, address string) {
		c, err := ParseAddress(address)
		if err == nil {
			err = c.Validate()
			if err != nil {
				t.Errorf("%q gave %+v: %v", address, c, err)
			}
			return
		}
		if !strings.Contains(err.Error(), ": ") {
			t.Errorf("%q: the error %q does not name its part", address, err)
		}
	})
}
