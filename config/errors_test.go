package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestErrorsNameTheKeyAndThePlace(t *testing.T) {
	for name, c := range map[string]struct {
		file  string
		env   []string
		flags []string
		want  []string // one for each line; FILE stands for the file's place
	}{
		"unknown key":             {file: "lisen: \":80\"", want: []string{"FILE: lisen: unknown key; did you mean listen?"}},
		"unknown key, no hint":    {file: "colour: red", want: []string{"FILE: colour: unknown key"}},
		"unknown inner key":       {file: "topics:\n  aircraft:\n    rte: 1", want: []string{"FILE: topics.aircraft.rte: unknown key; did you mean rate?"}},
		"unknown topic":           {file: "topics: {aircrft: {rate: 1}}", want: []string{"FILE: topics.aircrft: unknown key; did you mean aircraft?"}},
		"case counts":             {file: "Listen: \":80\"", want: []string{"FILE: Listen: unknown key; did you mean listen?"}},
		"a dotted key is no path": {file: "batch.window: 1s", want: []string{"FILE: batch.window: unknown key"}},
		"null is no excuse":       {file: "batch: {windw: null}", want: []string{"FILE: batch.windw: unknown key; did you mean window?"}},

		"number for text":       {file: "listen: 8080", want: []string{"FILE: listen: want text, not 8080"}},
		"date for text":         {file: "log: {format: 2024-01-01}", want: []string{"FILE: log.format: want text, not a date"}},
		"number for duration":   {file: "batch: {window: 200}", want: []string{"FILE: batch.window: want a duration such as 200ms or 1m30s, not 200"}},
		"text for duration":     {file: "batch: {window: 200 ms}", want: []string{`FILE: batch.window: want a duration such as 200ms or 1m30s, not the text "200 ms"`}},
		"text for number":       {file: "batch: {messages: \"50\"}", want: []string{`FILE: batch.messages: want a whole number, not the text "50"`}},
		"half a number":         {file: "batch: {messages: 1.5}", want: []string{"FILE: batch.messages: want a whole number, not 1.5"}},
		"too large a number":    {file: "batch: {messages: 99999999999999999999}", want: []string{"FILE: batch.messages: want a whole number, not"}},
		"truth for number":      {file: "topics: {aircraft: {rate: true}}", want: []string{"FILE: topics.aircraft.rate: want a number, not true"}},
		"negative number":       {file: "sources: [{kind: demo, seed: -1}]", want: []string{"FILE: sources[0].seed: want a whole number from 0, not -1"}},
		"text for truth":        {file: "sources: [{kind: replay, path: x, loop: \"yes\"}]", want: []string{`FILE: sources[0].loop: want true or false, not the text "yes"`}},
		"text for list":         {file: "socketio: {origins: \"*\"}", want: []string{`FILE: socketio.origins: want a list of text, not the text "*"`}},
		"numbers in list":       {file: "socketio: {origins: [a, 1]}", want: []string{"FILE: socketio.origins: want a list of text, not a list"}},
		"section for value":     {file: "listen: {port: 80}", want: []string{"FILE: listen: want text, not a section"}},
		"value for section":     {file: "log: info", want: []string{`FILE: log: want a section with the keys level, format, not the text "info"`}},
		"list for section":      {file: "batch: [1s]", want: []string{"FILE: batch: want a section with the keys window, messages, bytes, max_message, not a list"}},
		"numbered section":      {file: "batch: {1: 2}", want: []string{"FILE: batch: want a section with the keys window, messages, bytes, max_message, not a section whose keys are not text"}},
		"section for sources":   {file: "sources: {kind: demo}", want: []string{"FILE: sources: want a list, not a section"}},
		"value for a source":    {file: "sources: [demo]", want: []string{`FILE: sources[0]: want a section with a kind, not the text "demo"`}},
		"nothing for a source":  {file: "sources: [{kind: demo}, ]\nlog: {level: 1}", want: []string{"FILE: log.level: want text"}},
		"an empty source":       {file: "sources:\n- kind: demo\n-\n", want: []string{"FILE: sources[1]: want a section with a kind, not nothing"}},
		"no source at all":      {file: "sources: []", want: []string{"sources: the list is empty; it may be only with redis"}},
		"source without a kind": {file: "sources: [{name: x}]", want: []string{"FILE: sources[0].kind: is missing: it is one of " + kindNames()}},
		"kind of another type":  {file: "sources: [{kind: 1}]", want: []string{"FILE: sources[0].kind: want text, not 1"}},
		"unknown kind":          {file: "sources: [{kind: readsbb}]", want: []string{`FILE: sources[0].kind: "readsbb" is not one of ` + kindNames() + `; did you mean readsb?`}},
		"unknown option":        {file: "sources: [{kind: demo}, {kind: readsb, url: \"http://a\", intervall: 1s}]", want: []string{"FILE: sources[1].intervall: unknown key; did you mean interval?"}},
		"option of another":     {file: "sources: [{kind: demo, url: \"http://a\"}]", want: []string{"FILE: sources[0].url: unknown key"}},
		"two of one name":       {file: "sources: [{kind: demo, name: a}, {kind: demo, name: a}]", want: []string{`FILE: sources[1].name: "a" is the name of sources[0] already`}},
		"set twice":             {file: "sources: [{kind: readsb, address: \"http://a\", url: \"http://b\"}]", want: []string{"FILE: sources[0].url: is set twice"}},
		"bad address":           {file: "sources: [{kind: demo, address: nowhere}]", want: []string{"FILE: sources[0].address: centre: "}},
		"half a position":       {file: "receiver: {lat: 1}", want: []string{"FILE: receiver.lon: is missing"}},
		"half a source's":       {file: "sources: [{kind: readsb, url: \"http://a\", receiver: {lon: 1}}]", want: []string{"FILE: sources[0].receiver.lat: is missing"}},

		"text for decimals":    {file: "topics: {aircraft: {precision: {gs: none}}}", want: []string{`FILE: topics.aircraft.precision.gs: want a whole number, not the text "none"`}},
		"number for precision": {file: "topics: {aircraft: {precision: 5}}", want: []string{"FILE: topics.aircraft.precision: want a section of names with values, not 5"}},
		"section for decimals": {file: "topics: {aircraft: {precision: {lat: {lon: 5}}}}", want: []string{"FILE: topics.aircraft.precision.lat: want a whole number, not a section"}},
		"a dotted name":        {file: "topics: {aircraft: {precision: {nav.qnh: 5}}}", want: []string{`FILE: topics.aircraft.precision: "nav.qnh" is no name (of letters, digits and _)`}},
		"no name":              {file: "topics: {aircraft: {precision: {\"\": 5}}}", want: []string{`FILE: topics.aircraft.precision: "" is no name`}},

		"listen out of range":   {file: "listen: \":99999\"", want: []string{`FILE: listen: port "99999" is out of range`}},
		"listen without port":   {file: "listen: localhost", want: []string{`FILE: listen: "localhost" is not HOST:PORT`}},
		"level out of range":    {file: "log: {level: loud}", want: []string{`FILE: log.level: "loud" is not one of trace,`}},
		"format out of range":   {file: "log: {format: xml}", want: []string{`FILE: log.format: "xml" is not one of auto,`}},
		"lat out of range":      {file: "receiver: {lat: 91, lon: 0}", want: []string{"FILE: receiver.lat: 91 is out of range"}},
		"lon out of range":      {file: "receiver: {lat: 0, lon: .nan}", want: []string{"FILE: receiver.lon: NaN is out of range"}},
		"rate out of range":     {file: "topics: {aircraft: {rate: 0}}", want: []string{"FILE: topics.aircraft.rate: 0 is out of range"}},
		"retention is negative": {file: "topics: {aircraft: {retention: -1s}}", want: []string{"FILE: topics.aircraft.retention: -1s is out of range: from 0s to 24h"}},
		"decimals out of range": {file: "topics: {aircraft: {precision: {gs: 16}}}", want: []string{"FILE: topics.aircraft.precision.gs: 16 is out of range: from 0 to 15 (decimals)"}},
		"message out of range":  {file: "batch: {max_message: 1000}", want: []string{"FILE: batch.max_message: 1000 is out of range: from 65536 to 67108864"}},
		"batch out of range":    {file: "batch: {messages: 0}", want: []string{"FILE: batch.messages: 0 is out of range"}},
		"timeout out of range":  {file: "shutdown_timeout: -1s", want: []string{"FILE: shutdown_timeout: -1s is out of range"}},
		"socketio out of range": {file: "socketio: {ping_interval: 1ms}", want: []string{"FILE: socketio.ping_interval: 1ms is out of range"}},
		"source out of range":   {file: "sources: [{kind: demo, centre: {lat: 95}}]", want: []string{"FILE: sources[0].centre: 95,"}},
		"source lacks its url":  {file: "sources: [{kind: readsb}]", want: []string{"FILE: sources[0].url: is missing"}},

		"a list":            {file: "- a", want: []string{"FILE: want keys with values, not a list"}},
		"a text":            {file: "listen", want: []string{`FILE: want keys with values, not the text "listen"`}},
		"a number as a key": {file: "1: 2", want: []string{"FILE: want keys with values, not a section whose keys are not text"}},
		"one key twice":     {file: "listen: \":1\"\nlisten: \":2\"", want: []string{`FILE: line 2: mapping key "listen" already defined at line 1`}},
		"tabs":              {file: "log:\n\tlevel: info", want: []string{"FILE: line 2: found character that cannot start any token (YAML is indented with spaces, not with tabs)"}},
		"two documents":     {file: "listen: \":1\"\n---\nlisten: \":2\"", want: []string{"FILE: holds more than one document"}},
		"not YAML":          {file: "listen: [", want: []string{"FILE: line 1: did not find expected node content"}},

		"variable of wrong type": {env: []string{"SKYGATE_BATCH_MESSAGES=many"}, want: []string{`env SKYGATE_BATCH_MESSAGES: batch.messages: want a whole number, not the text "many"`}},
		"variable not YAML":      {env: []string{"SKYGATE_BATCH_MESSAGES=["}, want: []string{`env SKYGATE_BATCH_MESSAGES: batch.messages: want a plain value, not "["`}},
		"variable out of range":  {env: []string{"SKYGATE_TOPICS_AIRCRAFT_TTL=1ms"}, want: []string{"env SKYGATE_TOPICS_AIRCRAFT_TTL: topics.aircraft.ttl: 1ms is out of range"}},
		"decimals in a variable": {env: []string{"SKYGATE_TOPICS_AIRCRAFT_PRECISION_GS=-1"}, want: []string{"env SKYGATE_TOPICS_AIRCRAFT_PRECISION_GS: topics.aircraft.precision.gs: -1 is out of range"}},
		"no field in a variable": {env: []string{"SKYGATE_TOPICS_AIRCRAFT_PRECISION=5"}, want: []string{"env SKYGATE_TOPICS_AIRCRAFT_PRECISION: unknown variable"}},
		"no such field, either":  {env: []string{"SKYGATE_TOPICS_AIRCRAFT_PRECISION_=5"}, want: []string{"env SKYGATE_TOPICS_AIRCRAFT_PRECISION_: unknown variable"}},
		"unknown variable":       {env: []string{"SKYGATE_LISTN=:80"}, want: []string{"env SKYGATE_LISTN: unknown variable; did you mean SKYGATE_LISTEN?"}},
		"a port is not foreign":  {env: []string{"SKYGATE_LISTEN_PORT=80"}, want: []string{"env SKYGATE_LISTEN_PORT: unknown variable"}},
		"source in a variable":   {env: []string{"SKYGATE_SOURCE=demo radar=x"}, want: []string{`env SKYGATE_SOURCE: sources[1].kind: "radar" is not one of`}},
		"half a position, env":   {env: []string{"SKYGATE_RECEIVER_LAT=1"}, want: []string{"env SKYGATE_RECEIVER_LAT: receiver.lon: is missing"}},

		"flag out of range":                {flags: []string{"--listen=80"}, want: []string{`flag --listen: listen: "80" is not HOST:PORT; did you mean :80?`}},
		"level in a flag":                  {flags: []string{"--log-level=loud"}, want: []string{`flag --log-level: log.level: "loud" is not one of`}},
		"source in a flag":                 {flags: []string{"--source=readsb=ftp://x"}, want: []string{"flag --source: sources[0].url: must begin with"}},
		"source without a kind, in a flag": {flags: []string{"--source="}, want: []string{`flag --source: sources[0].kind: "" is not one of`}},
		"an address alone, in a flag":      {flags: []string{"--source=http://a.example/x?y=1"}, want: []string{"flag --source: sources[0].kind: this is an address, not one of " + kindNames() + "; an address has its kind before it: write readsb=http://a.example/x?y=1"}},
		"a host alone":                     {flags: []string{"--source=192.168.1.10"}, want: []string{"flag --source: sources[0].kind: this is an address, not one of " + kindNames() + "; an address has its kind before it: write readsb=http://192.168.1.10"}},
		"a host with a known port":         {flags: []string{"--source=pi:30003"}, want: []string{"flag --source: sources[0].kind: this is an address, not one of " + kindNames() + "; an address has its kind before it: write sbs=pi:30003"}},
		"a file alone":                     {flags: []string{"--source=/run/readsb/aircraft.json"}, want: []string{"flag --source: sources[0].kind: this is an address, not one of " + kindNames() + "; an address has its kind before it: write readsb=file:///run/readsb/aircraft.json"}},
		"what messages come to":            {flags: []string{"--source=udp://:5550"}, want: []string{"flag --source: sources[0].kind: this is an address, not one of " + kindNames() + "; an address has its kind before it: write acars=udp://:5550"}},
		"an address with a password":       {flags: []string{"--source=http://a:secret@b"}, want: []string{"flag --source: sources[0].kind: this is an address, not one of " + kindNames() + "; an address has its kind before it: write readsb=http://.."}},
		"a port for a host":                {flags: []string{"--source=acars=udp://5550"}, want: []string{"flag --source: sources[0].address: endpoints[0]: has no port: write udp://:5550"}},
		"a list in a variable, as YAML":    {env: []string{`SKYGATE_SOCKETIO_ORIGINS=["a"]`}, want: []string{"env SKYGATE_SOCKETIO_ORIGINS: socketio.origins: want items with commas between them, as in a,b, without brackets and quotes, not "}},
		"unknown flag":                     {flags: []string{"--port=80"}, want: []string{"unknown flag: --port"}},
		"an argument":                      {flags: []string{"demo"}, want: []string{"unexpected argument: demo"}},
		"no file name":                     {flags: []string{"--config="}, want: []string{"flag --config: want the name of a file"}},
		"no file":                          {flags: []string{"--config=no/such.yaml"}, want: []string{"file no/such.yaml: no such file or directory"}},

		"all at once": {
			file:  "lisen: x\nbatch: {window: 5}",
			env:   []string{"SKYGATE_X=1"},
			flags: []string{"--source=radar"},
			want: []string{
				"FILE: batch.window: want a duration",
				"FILE: lisen: unknown key",
				"env SKYGATE_X: unknown variable",
				"flag --source: sources[0].kind: ",
			},
		},
		"all of several kinds, in one run": {
			file: "batch: {window: 1h, messages: 0, bytes: x}\nsafety: {proximity_nm: 0, expiry: 0s, airports: [LSZH], colour: red}\nreceiver: {lat: north}\n" +
				"sources: [{kind: readsb, interval: 1ms, timeout: 1h}, {kind: nothing}, {kind: sbs, connect: \"a:b:c\", timeout: 2h}]",
			want: []string{
				"FILE: sources[1].kind: ",
				"FILE: batch.bytes: want a whole number",
				"FILE: receiver.lat: want a number",
				"FILE: safety.colour: unknown key",
				"FILE: safety.proximity_nm: 0 is out of range",
				"FILE: safety.expiry: 0s is out of range",
				"FILE: safety.airports: item 1",
				"FILE: batch.window: 1h0m0s is out of range",
				"FILE: batch.messages: 0 is out of range",
				"FILE: sources[0].url: is missing",
				"FILE: sources[0].interval: ",
				"FILE: sources[0].timeout: ",
				"FILE: sources[2].connect: ",
				"FILE: sources[2].timeout: ",
			},
		},
		"all that is out of range": {
			file:  "batch: {window: 1h}\nsources: [{kind: demo, aircraft: 0}]",
			flags: []string{"--listen=x"},
			want: []string{
				"flag --listen: listen: ",
				"FILE: batch.window: ",
				"FILE: sources[0].aircraft: ",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			config, err := load(t, c.file, c.env, c.flags...)
			if err == nil {
				t.Fatalf("accepted: %+v", *config)
			}
			got := strings.Split(err.Error(), "\n")
			if len(got) != len(c.want) {
				t.Fatalf("got %d problems:\n%v\nwant %d", len(got), err, len(c.want))
			}
			for i := range got {
				if line := hideFile(got[i]); !strings.HasPrefix(line, c.want[i]) {
					t.Errorf("got  %s\nwant %s", line, c.want[i])
				}
			}
		})
	}
}

// hideFile puts FILE for the place "file /tmp/.../skygate.yaml".
func hideFile(line string) string {
	place, rest, ok := strings.Cut(line, ": ")
	if name, isFile := strings.CutPrefix(place, "file "); ok && isFile && filepath.IsAbs(name) {
		return "FILE: " + rest
	}
	return line
}

func TestCheck(t *testing.T) {
	if err := Check(file(t, "listen: \":1\"")); err != nil {
		t.Errorf("a valid file: %v", err)
	}
	name := file(t, "topics: {aircraft: {rate: 1000}}")
	var problem *Error
	if err := Check(name); !errors.As(err, &problem) || problem.Key != "topics.aircraft.rate" || problem.Origin != "file "+name {
		t.Errorf("a file out of range: %v", err)
	}
	if err := Check(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there is accepted")
	}
}

func kindNames() string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return strings.Join(names, ", ")
}
