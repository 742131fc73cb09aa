package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/demo"
	"github.com/skygate-io/skygate/adapters/readsb"
	"github.com/skygate-io/skygate/adapters/replay"
	"github.com/skygate-io/skygate/pkg/geo"
)

// file writes a configuration file, and gives its name.
func file(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "skygate.yaml")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// load loads, with a file when there is content for one.
func load(t *testing.T, content string, environ []string, args ...string) (*Config, error) {
	t.Helper()
	if content != "" {
		environ = append([]string{"SKYGATE_CONFIG=" + file(t, content)}, environ...)
	}
	return Load(args, environ)
}

func mustLoad(t *testing.T, content string, environ []string, args ...string) *Config {
	t.Helper()
	c, err := load(t, content, environ, args...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNothingSetIsTheDefault(t *testing.T) {
	for name, content := range map[string]string{
		"no file":          "",
		"empty file":       "\n",
		"only comments":    "# listen: \":1\"\n",
		"one empty line":   "---\n",
		"empty sections":   "log:\nbatch: {}\ntopics:\n  aircraft:\nreceiver:\n",
		"empty values":     "listen:\nbatch:\n  window: null\ntopics: {aircraft: {precision: {gs: }}}\n",
		"a list of no one": "sources:\n",
	} {
		t.Run(name, func(t *testing.T) {
			got := mustLoad(t, content, []string{"PATH=/bin", "SKYGATE_LISTEN=", "SKYGATE_SOURCE="})
			got.origins = nil
			if want := Default(); !reflect.DeepEqual(*got, want) {
				t.Errorf("got %+v\nwant %+v", *got, want)
			}
		})
	}
	standard := Default()
	if err := standard.Validate(); err != nil {
		t.Errorf("the defaults are not valid: %v", err)
	}
}

func TestLaterPlacesWin(t *testing.T) {
	const (
		inFile = "listen: \":1\"\nlog: {level: error, format: json}\nbatch: {window: 1s, messages: 7}\n"
		env    = "SKYGATE_LISTEN=:2"
		flag   = "--listen=:3"
	)
	for name, c := range map[string]struct {
		file   string
		env    []string
		flags  []string
		listen string
	}{
		"default":           {"", nil, nil, ":8080"},
		"file":              {inFile, nil, nil, ":1"},
		"env over file":     {inFile, []string{env}, nil, ":2"},
		"env over default":  {"", []string{env}, nil, ":2"},
		"flag over env":     {inFile, []string{env}, []string{flag}, ":3"},
		"flag over file":    {inFile, nil, []string{flag}, ":3"},
		"flag over default": {"", nil, []string{flag}, ":3"},
	} {
		t.Run(name, func(t *testing.T) {
			got := mustLoad(t, c.file, c.env, c.flags...)
			if got.Listen != c.listen {
				t.Errorf("listen = %s, want %s", got.Listen, c.listen)
			}
			if c.file != "" && (got.Log != Log{"error", "json"} || got.Batch.Window != time.Second || got.Batch.Messages != 7 || got.Batch.Bytes != Default().Batch.Bytes) {
				t.Errorf("other keys changed: %+v %+v", got.Log, got.Batch)
			}
		})
	}
}

// Fields of one place are added to those of the places before it.
func TestPrecisionIsByField(t *testing.T) {
	got := mustLoad(t, "topics: {aircraft: {precision: {gs: 1, lat: 4, lastPosition: 2}}}",
		[]string{"SKYGATE_TOPICS_AIRCRAFT_PRECISION_LAT=3", "SKYGATE_TOPICS_AIRCRAFT_PRECISION_TRACK=2"})
	want := map[string]int{"lat": 3, "lon": 5, "gs": 1, "lastPosition": 2, "track": 2}
	if precision := got.Topics["aircraft"].Precision; !reflect.DeepEqual(precision, want) {
		t.Errorf("got %v, want %v", precision, want)
	}
	if precision := Default().Topics["aircraft"].Precision; len(precision) != 4 {
		t.Errorf("the defaults have become %v", precision)
	}
}

func TestFlagNamesTheFile(t *testing.T) {
	wanted, other := file(t, "listen: \":1\""), file(t, "listen: \":2\"")
	got := mustLoad(t, "", []string{"SKYGATE_CONFIG=" + other}, "--config", wanted, "--log-level", "debug")
	if got.Listen != ":1" || got.Log.Level != "debug" {
		t.Errorf("listen %s, level %s", got.Listen, got.Log.Level)
	}
}

func TestEnvironmentSetsEveryKindOfValue(t *testing.T) {
	got := mustLoad(t, "receiver: {lat: 1, lon: 2}", []string{
		"SKYGATE_SHUTDOWN_TIMEOUT=3s",
		"SKYGATE_LOG_LEVEL=warn",
		"SKYGATE_TOPICS_AIRCRAFT_TTL=90s",
		"SKYGATE_TOPICS_AIRCRAFT_RATE=2.5",
		"SKYGATE_TOPICS_AIRCRAFT_RETENTION=5m",
		"SKYGATE_TOPICS_AIRCRAFT_PRECISION_LAT=3",
		"SKYGATE_TOPICS_AIRCRAFT_PRECISION_TRACK_RATE=1",
		"SKYGATE_BATCH_MAX_MESSAGE=100000",
		"SKYGATE_BATCH_MESSAGES=9",
		"SKYGATE_SOCKETIO_PING_INTERVAL=7s",
		"SKYGATE_SOCKETIO_MAX_PAYLOAD=1e6",
		"SKYGATE_SOCKETIO_ORIGINS=https://a.example, https://b.example https://c.example",
		"SKYGATE_RECEIVER_LON=-8.5",
	})
	want := Default()
	want.ShutdownTimeout = 3 * time.Second
	want.Log.Level = "warn"
	aircraft := want.Topics["aircraft"]
	aircraft.TTL, aircraft.Rate, aircraft.Retention = 90*time.Second, 2.5, 5*time.Minute
	aircraft.Precision = map[string]int{"lat": 3, "lon": 5, "gs": 0, "track": 0, "track_rate": 1}
	want.Topics["aircraft"] = aircraft
	want.Batch.Messages, want.Batch.MaxMessage = 9, 100_000
	want.SocketIO.PingInterval = 7 * time.Second
	want.SocketIO.MaxPayload = 1_000_000
	want.SocketIO.Origins = []string{"https://a.example", "https://b.example", "https://c.example"}
	want.Receiver = &geo.Point{Lat: 1, Lon: -8.5}
	got.origins = nil
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("got %+v\nwant %+v", *got, want)
	}
}

func TestEachKeyHasItsOwnVariable(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range variables(schemaOf(Default())) {
		if seen[name] {
			t.Errorf("%s stands for two keys", name)
		}
		seen[name] = true
		if foreign.MatchString(name) {
			t.Errorf("%s is taken for a foreign variable", name)
		}
	}
}

func TestForeignVariablesAreLeftAlone(t *testing.T) {
	got := mustLoad(t, "", []string{
		"SKYGATE_TESTDATA=/data",
		"SKYGATE_PYTHON=/usr/bin/python3",
		"SKYGATE_SERVICE_HOST=10.0.0.1",
		"SKYGATE_SERVICE_PORT=8080",
		"SKYGATE_SERVICE_PORT_HTTP=8080",
		"SKYGATE_PORT=tcp://10.0.0.1:8080",
		"SKYGATE_PORT_8080_TCP=tcp://10.0.0.1:8080",
		"SKYGATE_PORT_8080_TCP_ADDR=10.0.0.1",
		"SKYGATE_REDIS_SERVICE_HOST=10.0.0.2",
		"SKYGATE_REDIS_SERVICE_PORT_REDIS=6379",
		"SKYGATE_REDIS_PORT=tcp://10.0.0.2:6379",
		"SKYGATE_REDIS_PORT_6379_TCP_PROTO=tcp",
	})
	if got.origins = nil; !reflect.DeepEqual(*got, Default()) {
		t.Errorf("got %+v", *got)
	}
}

func TestSources(t *testing.T) {
	receiver := readsb.DefaultConfig()
	receiver.URL = "http://pi"
	fast := receiver
	fast.Name, fast.Interval, fast.Receiver = "roof", 200*time.Millisecond, &geo.Point{Lat: 1, Lon: 2}
	second := receiver
	second.Name, second.URL = "readsb-2", "http://attic"
	recording := replay.DefaultConfig()
	recording.Path, recording.Speed = "flights.jsonl", 10
	evening := recording
	evening.Name = "evening"
	busy := demo.DefaultConfig()
	busy.Aircraft, busy.Seed = 500, 1<<63+1

	const fileList = "sources:\n- {kind: readsb, address: \"http://pi\"}\n"
	for name, c := range map[string]struct {
		file  string
		env   []string
		flags []string
		want  []Source
	}{
		"file, by address": {fileList, nil, nil,
			[]Source{{"readsb", "readsb", receiver}}},
		"file, by the kind's keys": {"sources:\n- {kind: readsb, name: roof, url: \"http://pi\", interval: 200ms, receiver: {lat: 1, lon: 2}}\n", nil, nil,
			[]Source{{"readsb", "roof", fast}}},
		"file, by both": {"sources:\n- kind: demo\n  address: ?aircraft=500\n  seed: 9223372036854775809\n", nil, nil,
			[]Source{{"demo", "demo", busy}}},
		"flags replace the list": {fileList, []string{"SKYGATE_SOURCE=demo"}, []string{"--source=replay=flights.jsonl?speed=10", "--source", "demo"},
			[]Source{{"replay", "replay", recording}, {"demo", "demo", demo.DefaultConfig()}}},
		"a name in the address": {"", nil, []string{"--source=replay=flights.jsonl?speed=10&name=evening"},
			[]Source{{"replay", "evening", evening}}},
		"variables replace the list": {fileList, []string{"SKYGATE_SOURCE= readsb=http://pi  readsb=http://attic "}, nil,
			[]Source{{"readsb", "readsb", receiver}, {"readsb", "readsb-2", second}}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := mustLoad(t, c.file, c.env, c.flags...).Sources; !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, flag := range []string{"--help", "-h"} {
		if _, err := Load([]string{flag}, []string{"SKYGATE_NONSENSE=1"}); !errors.Is(err, ErrHelp) {
			t.Errorf("%s: %v, want ErrHelp", flag, err)
		}
	}
	for _, flag := range []string{"--listen", "--config", "--source", "--log-level"} {
		if !strings.Contains(Usage(), flag) {
			t.Errorf("the usage lacks %s:\n%s", flag, Usage())
		}
	}
}
