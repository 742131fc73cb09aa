package acars

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// seeds are what fuzzing begins with: the samples, and what is done to them on
// the way.
func seeds(f *testing.F) {
	all := []string{vdlm2decLink, dumpvdl2Link, dumphfdlLink, satdumpLink, satdumpRepr}
	for _, text := range messages {
		all = append(all, text)
	}
	for _, text := range all {
		f.Add(text)
		f.Add(text[:len(text)/2] + acarsdecUp)
		f.Add(strings.ReplaceAll(text, `\r\n`, "\r\x01\xff"))
	}
}

// FuzzDecode: any text at all.
func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		got, bad := Decode(text, now)
		for _, m := range got {
			wantSound(t, m)
		}
		if len(got) == 0 && len(bad) == 0 && strings.Trim(text, blank+"\ufeff") != "" {
			t.Errorf("%q is lost without a word", text)
		}
		if strings.Count(text, "{") > mostRereads/2 {
			return // it may be given up before its end
		}
		for _, next := range []string{acarsdecUp, jaeroUp} {
			if n, _ := Decode(text+"\n"+next, now); len(n) == 0 {
				t.Errorf("%q hides the message after it", text)
			}
		}
	})
}

// FuzzSplit: what [gjson.Valid] takes for an object is used as it is, and nothing
// else is.
func FuzzSplit(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		var objects []string
		bad := 0
		split(text, func(object string) bool {
			objects = append(objects, object)
			return true
		}, func(string) { bad++ })
		trimmed := strings.Trim(text, blank)
		if gjson.Valid(trimmed) && strings.HasPrefix(trimmed, "{") {
			if len(objects) != 1 || objects[0] != trimmed || bad > 0 {
				t.Errorf("%q gives %q and %d bad", text, objects, bad)
			}
			return
		}
		if trimmed != "" && bad == 0 && len(objects) == 0 {
			t.Errorf("%q is lost without a word", text)
		}
		for _, object := range objects {
			if !gjson.Valid(object) || object[0] != '{' {
				t.Errorf("%q gives %q", text, object)
			}
		}
	})
}

// fuzzDialect has one decoder look at every object, also of other dialects.
func fuzzDialect(f *testing.F, decode func(gjson.Result) (message, string)) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		if !gjson.Valid(text) || len(text) > maxObject {
			return
		}
		m, reason := decode(gjson.Parse(text))
		if reason == "" {
			wantSound(t, m.finish(now))
		}
	})
}

func FuzzFlat(f *testing.F)    { fuzzDialect(f, decodeFlat) }
func FuzzVDL2(f *testing.F)    { fuzzDialect(f, decodeVDL2) }
func FuzzHFDL(f *testing.F)    { fuzzDialect(f, decodeHFDL) }
func FuzzJAERO(f *testing.F)   { fuzzDialect(f, decodeJAERO) }
func FuzzSatDump(f *testing.F) { fuzzDialect(f, decodeSatDump) }
func FuzzIridium(f *testing.F) { fuzzDialect(f, decodeIridium) }
