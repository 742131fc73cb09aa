package config

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func printed(t *testing.T, c *Config) string {
	t.Helper()
	var out strings.Builder
	if err := c.Print(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestPrintSaysWhereFrom(t *testing.T) {
	c := mustLoad(t, `
batch: {window: 1s}
topics: {aircraft: {precision: {gs: 0, lon: 3}}}
receiver: {lat: 1, lon: 2}
sources:
- {kind: readsb, address: "http://pi", interval: 2s}
- {kind: demo, name: "yes"}
`, []string{
		"SKYGATE_TOPICS_AIRCRAFT_TTL=90s", "SKYGATE_TOPICS_AIRCRAFT_PRECISION_LON=4", "SKYGATE_TOPICS_AIRCRAFT_PRECISION_NAV_QNH=1",
		"SKYGATE_SOCKETIO_ORIGINS=https://a.example",
	}, "--listen=:81")
	got := regexp.MustCompile(`# file .*`).ReplaceAllString(printed(t, c), "# FILE")
	const want = `listen: :81 # flag --listen
shutdown_timeout: 10s # default
log:
  level: info # default
  format: auto # default
receiver:
  lat: 1 # FILE
  lon: 2 # FILE
topics:
  aircraft:
    rate: 10 # default
    ttl: 1m30s # env SKYGATE_TOPICS_AIRCRAFT_TTL
    retention: 1m0s # default
    precision:
      gs: 0 # FILE
      lat: 5 # default
      lon: 4 # env SKYGATE_TOPICS_AIRCRAFT_PRECISION_LON
      nav_qnh: 1 # env SKYGATE_TOPICS_AIRCRAFT_PRECISION_NAV_QNH
      track: 0 # default
event_topics: {} # default
batch:
  window: 1s # FILE
  messages: 50 # default
  bytes: 1048576 # default
  max_message: 1000000 # default
socketio:
  path: /socket.io # default
  origins: ['https://a.example'] # env SKYGATE_SOCKETIO_ORIGINS
  ping_interval: 25s # default
  ping_timeout: 20s # default
  max_payload: 1000000 # default
  deflate_threshold: 1024 # default
limits:
  requests:
    rate: 20 # default
    burst: 120 # default
  subscribes:
    rate: 20 # default
    burst: 100 # default
  snapshots:
    rate: 2 # default
    burst: 40 # default
rest:
  rate: 100 # default
  burst: 500 # default
auth:
  mode: public # default
  reject_invalid: false # default
  anonymous: [aircraft.view, safety.view, acars.view, stats.view, weather.view, notams.view, system.view_status] # default
  keys: [] # default
publish:
  rate: 100 # default
  burst: 500 # default
  max_body: 1048576 # default
sources:
  - kind: readsb # FILE
    name: readsb # default
    url: http://pi # FILE
    interval: 2s # FILE
    timeout: 5s # default
  - kind: demo # FILE
    name: "yes" # FILE
    centre:
      lat: 50.0333 # default
      lon: 8.5706 # default
    aircraft: 150 # default
    interval: 1s # default
    seed: 0 # default
`
	before, rest, _ := strings.Cut(got, "safety:\n") // a long section, of defaults
	_, after, _ := strings.Cut(rest, "batch:\n")
	after, rest, _ = strings.Cut(after, "redis:\n") // and two more
	_, last, _ := strings.Cut(rest, "sources:\n")
	if before+"batch:\n"+after+"sources:\n"+last != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPrintOfAnAddressSaysWhereFrom(t *testing.T) {
	got := printed(t, mustLoad(t, "sources: [{kind: readsb, interval: 9s}]", nil, "--source=demo=?aircraft=7"))
	const want = `sources:
  - kind: demo # flag --source
    name: demo # default
    centre:
      lat: 50.0333 # default
      lon: 8.5706 # default
    aircraft: 7 # flag --source
    interval: 1s # default
    seed: 0 # default
`
	if _, sources, _ := strings.Cut(got, "sources:"); "sources:"+sources != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWhatIsPrintedIsAFile(t *testing.T) {
	for name, c := range map[string]struct {
		file  string
		flags []string
	}{
		"defaults":   {},
		"everything": {file: uncommented(t)},
		"text that looks like something else": {
			file:  "listen: \"[::1]:80\"\nlog: {level: debug}\nsocketio: {path: \"/~\", origins: [\"*\", \"null\"]}\n",
			flags: []string{"--source=replay=2024-01-01", "--source=replay=~", "--source=replay=a: 'b' #c \"d\"\\"},
		},
		"names that look like something else": {
			file: "topics: {aircraft: {precision: {\"true\": 1, \"null\": 2, \"y\": 3, _: 4, lastPosition: 5}}}",
		},
		"large and small numbers": {
			file: "receiver: {lat: 1e-9, lon: -179.99999999}\ntopics: {aircraft: {rate: 0.000001, ttl: 23h59m59.999s}}\nsources: [{kind: demo, seed: 18446744073709551615}]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			first := mustLoad(t, c.file, nil, c.flags...)
			text := printed(t, first)
			again := mustLoad(t, text, nil)
			first.origins, again.origins = nil, nil
			if !reflect.DeepEqual(first, again) {
				t.Errorf("printed\n%s\nloads as %+v\nwas      %+v", text, *again, *first)
			}
		})
	}
}

const example = "skygate.example.yaml"

func TestExampleFileIsTheDefault(t *testing.T) {
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	got := mustLoad(t, string(data), nil)
	checkListed(t, schemaOf(*got), "", got.origins, func(l leaf) bool { return l.value.IsValid() })
	got.origins = nil
	if want := Default(); !reflect.DeepEqual(*got, want) {
		t.Errorf("it says %+v\nthe defaults are %+v", *got, want)
	}
}

func TestExampleFileListsEveryKey(t *testing.T) {
	got := mustLoad(t, uncommented(t), nil)
	all := func(leaf) bool { return true }
	checkListed(t, schemaOf(*got), "", got.origins, all)
	if len(got.Sources) != len(kinds) {
		t.Fatalf("it has %d sources, there are %d kinds", len(got.Sources), len(kinds))
	}
	for i, source := range got.Sources {
		if source.Kind != kinds[i].name {
			t.Errorf("sources[%d] is a %s, want each kind in the order of the table: %s", i, source.Kind, kinds[i].name)
		}
		checkListed(t, schemaOf(source.Config), sourceKey(i), got.origins, all)
		checkShownDefaults(t, source.Config, kinds[i])
	}
}

// uncommented gives the example with all that is commented out in it.
func uncommented(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?m)^#(\S|  )`).ReplaceAllString(string(data), "$1")
}

func checkListed(t *testing.T, s schema, section string, origins map[string]string, wanted func(leaf) bool) {
	t.Helper()
	for _, l := range s.leaves {
		if key := join(section, l.key); wanted(l) && origins[key] == "" {
			t.Errorf("%s lacks %s", example, key)
		}
	}
}

// checkShownDefaults looks at the options of a source: where there is a
// default, it is what is shown.
func checkShownDefaults(t *testing.T, shown SourceConfig, k kind) {
	t.Helper()
	for _, key := range differing(shown, k.defaults) {
		if l := schemaOf(k.defaults).byKey[key]; l.value.IsValid() && !l.value.IsZero() {
			t.Errorf("%s shows another %s of a %s than its default %v", example, key, k.name, l.value)
		}
	}
}
