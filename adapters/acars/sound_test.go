package acars

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/skygate-io/skygate/pkg/record"
)

// names are the fields of every message, in order, and the form that their JSON has.
var names = func() (list []struct {
	name string
	form *regexp.Regexp
}) {
	const (
		text     = `"([^"\\]|\\.)*"`
		orNull   = `|null`
		number   = `-?[0-9]+(\.[0-9]+)?`
		object   = `\{.*\}`
		hex      = `"[0-9A-F]{6}"`
		moment   = `"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"`
		channels = `"(acars|vdlm2|hfdl|imsl|irdm)"`
	)
	for line := range strings.Lines(`ack ` + text + orNull + `
airline ` + object + orNull + `
block_id ` + text + orNull + `
callsign ` + text + orNull + `
channel ` + text + `
depa ` + text + orNull + `
dsta ` + text + orNull + `
error_count [0-9]+` + orNull + `
eta ` + text + orNull + `
frequency ` + number + orNull + `
icao_hex ` + hex + orNull + `
label ` + text + `
label_info ` + object + orNull + `
libacars ` + object + orNull + `
mode ` + text + orNull + `
msg_num ` + text + orNull + `
noise_level ` + number + orNull + `
registration ` + text + orNull + `
signal_level ` + number + orNull + `
source ` + channels + `
station_id ` + text + orNull + `
text ` + text + `
timestamp ` + moment) {
		name, form, _ := strings.Cut(strings.TrimSpace(line), " ")
		list = append(list, struct {
			name string
			form *regexp.Regexp
		}{name, regexp.MustCompile(`(?s)^(` + form + `)$`)})
	}
	return list
}()

var idForm = regexp.MustCompile(`^[0-9a-f]{16}$`)

// wantSound checks what holds for every message, whatever it was made of.
func wantSound(t *testing.T, m Message) {
	t.Helper()
	e := m.Event
	if e.Name != "acars:message" || !idForm.MatchString(e.Key) || m.Observed < 0 {
		t.Errorf("event %q with key %q, heard at %d", e.Name, e.Key, m.Observed)
	}
	if len(e.Fields) != len(names) || !slices.IsSortedFunc(e.Fields, func(a, b record.Field) int { return strings.Compare(a.Name, b.Name) }) {
		t.Fatalf("the fields are %v", e.Fields)
	}
	for i, want := range names {
		f := e.Fields[i]
		if f.Name != want.name || !want.form.MatchString(f.Raw) {
			t.Errorf("field %d is %s: %s; want %s like %v", i, f.Name, f.Raw, want.name, want.form)
		}
		if !json.Valid([]byte(f.Raw)) || !utf8.ValidString(f.Raw) {
			t.Errorf("%s is no JSON: %q", f.Name, f.Raw)
		}
		for _, half := range []string{`\ud8`, `\ud9`, `\uda`, `\udb`, `\udc`, `\udd`, `\ude`, `\udf`} {
			if strings.Contains(strings.ReplaceAll(f.Raw, `\\`, ""), half) {
				t.Errorf("%s has half of a character: %q", f.Name, f.Raw)
			}
		}
	}
}
