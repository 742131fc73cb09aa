package acars

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"
)

var now = time.Date(2026, 2, 3, 4, 5, 6, 789e6, time.UTC)

// fieldsOf gives the fields that are not null, "" or 0 as one JSON object, in
// words: what is expected is easier to read so.
func fieldsOf(t *testing.T, m Message) map[string]any {
	t.Helper()
	all := map[string]any{}
	if err := json.Unmarshal(m.Event.AppendJSON(nil, "id", 0), &all); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil || v == "" || v == 0.0 })
	return all
}

// object reads what is expected.
func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestDecodeDialects(t *testing.T) {
	for name, want := range map[string]string{
		"acarsdec, from an aircraft": `{"source":"acars","channel":"2","station_id":"TEST-1","signal_level":-4.8,"mode":"2","label":"_d","block_id":"0","ack":"W","registration":"G-DBCK",
			"callsign":"BA031T","msg_num":"S64A","timestamp":"2026-11-21T02:59:10.319Z","airline":{"icao":"BAW","iata":"BA","name":"British Airways","flight_number":"31T"}}`,
		"acarsdec, from the ground": `{"source":"acars","channel":"4","frequency":131.55,"station_id":"CS-KABQ-ACARS","signal_level":-6.9,"error_count":1,"mode":"2","label":"SQ",
			"text":"02XAABQKABQ13502N10637WV136975/ARINC","timestamp":"2026-02-01T23:58:53.884Z"}`,
		"vdlm2dec": `{"source":"vdlm2","channel":"2","frequency":136.975,"station_id":"CS-KABQ-VDLM2","icao_hex":"AD6595","mode":"2","label":"_d","block_id":"6","ack":"A","registration":"N962WN",
			"callsign":"WN0184","msg_num":"S07A","timestamp":"2021-01-25T22:03:13.280Z","airline":{"icao":"SWA","iata":"WN","name":"Southwest Airlines","flight_number":"184"}}`,
		"dumpvdl2": `{"source":"vdlm2","channel":"0","frequency":136.65,"station_id":"CS-KABQ-VDLM","icao_hex":"ABFDAF","signal_level":-16.620939,"noise_level":-39.815151,"mode":"2","label":"H1","block_id":"3",
			"registration":"N8719Q","callsign":"WN2340","msg_num":"D09A","timestamp":"2026-02-02T00:04:08.949Z","airline":{"icao":"SWA","iata":"WN","name":"Southwest Airlines","flight_number":"2340"},
			"text":"ABS001DA_N8719Q  KMDWKPHX287\r\n 35322-1078960003037993-585264034X20W/X0100150000--\r\n"}`,
		"dumpvdl2, with ADS-C": `{"source":"vdlm2","channel":"0","frequency":136.975,"station_id":"CS-KABQ-VDLM","icao_hex":"AA73A0","signal_level":-2.879317,"noise_level":-40.696533,"error_count":3,"mode":"2","label":"H1",
			"block_id":"9","ack":"4","registration":"N7726A","callsign":"WN0720","msg_num":"F79A","timestamp":"2022-01-10T17:15:46.141Z","airline":{"icao":"SWA","iata":"WN","name":"Southwest Airlines","flight_number":"720"},
			"text":"QXHADS2.ADS.N7726A033B07191935A0EF88C98EC00F03E7",
			"libacars":{"arinc622":{"msg_type":"adsc_msg","crc_ok":true,"gs_addr":"QXHADS2","air_addr":".N7726A","adsc":{"tags":[{"ack":{"contract_num":59}}],"err":false}}}}`,
		"dumphfdl, from an aircraft": `{"source":"hfdl","frequency":10.063,"station_id":"CS-KABQ-HFDL","signal_level":-22.391499,"noise_level":-27.693794,"mode":"2","label":"Q0","block_id":"4","registration":"N931AV",
			"callsign":"AV0244","msg_num":"S54A","timestamp":"2026-02-02T00:26:57.602Z","airline":{"icao":"AVA","iata":"AV","name":"Avianca","flight_number":"244"}}`,
		"dumphfdl, from the ground": `{"source":"hfdl","frequency":6.661,"station_id":"dumphfdl","icao_hex":"346206","signal_level":-98.641129,"noise_level":-96.456993,"mode":"2","label":"SA","block_id":"Z","registration":"EC-NCK",
			"text":"0EH003958VHS","timestamp":"2023-12-10T05:46:30.223Z","libacars":{"media-adv":{"err":false,"version":0}}}`,
		"JAERO": `{"source":"imsl","station_id":"XX-YSSY-AERO","icao_hex":"8963A1","mode":"2","label":"H1","block_id":"A","registration":"A6-EOK","text":"- #MDREQPOS037B","timestamp":"2023-11-14T22:13:20.123Z"}`,
		"SatDump": `{"source":"imsl","frequency":1546.02,"station_id":"RP-KLDJ-IMSL-98W","icao_hex":"A0A54D","signal_level":-1.7,"mode":"2","label":"3P","block_id":"T","registration":"N14019","text":"REQPOS037B",
			"timestamp":"2024-04-14T01:41:16.000Z"}`,
		"iridium-toolkit": `{"source":"irdm","frequency":1625.708333,"station_id":"RP-KLDJ-IRDM","signal_level":-40.01,"mode":"2","label":"_d","block_id":"Z","ack":"0","registration":"TF-ISN","callsign":"FI0614","msg_num":"M05A",
			"timestamp":"2024-04-14T01:45:24.000Z","airline":{"icao":"ICE","iata":"FI","name":"Icelandair","flight_number":"614"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			got, bad := Decode(messages[name], now)
			if len(got) != 1 || len(bad) > 0 {
				t.Fatalf("%d messages, bad %v", len(got), bad)
			}
			wantSound(t, got[0])
			fields := fieldsOf(t, got[0])
			delete(fields, "id")
			delete(fields, "label_info")
			if d := cmp.Diff(object(t, want), fields); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	nested := strings.Replace(acarsdecUp, `"mode":"2"`, `"libacars":`+strings.Repeat(`{"a":`, maxDepth)+`1`+strings.Repeat(`}`, maxDepth), 1)
	for name, c := range map[string]struct{ text, reason string }{
		"vdlm2dec without ACARS":     {vdlm2decLink, NoACARS},
		"dumpvdl2 without ACARS":     {dumpvdl2Link, NoACARS},
		"dumphfdl without ACARS":     {dumphfdlLink, NoACARS},
		"SatDump without ACARS":      {satdumpLink, NoACARS},
		"SatDump as Python has it":   {satdumpRepr, PythonRepr},
		"damaged on the air":         {strings.Replace(dumpvdl2Text, `"crc_ok":true`, `"crc_ok":false`, 1), Damaged},
		"an error in it":             {`{"vdl2":{"avlc":{"acars":{"err":true}}}}`, Damaged},
		"ACARS without a label":      {strings.Replace(dumpvdl2Text, `"label":"H1"`, `"label":null`, 1), NoACARS},
		"an aircraft":                {`{"hex":"4ca2c3","flight":"RYR4XY","lat":50.1}`, Unknown},
		"nothing in it":              {`{}`, Unknown},
		"a list":                     {`[1,2]`, NotJSON},
		"a number":                   {`17`, NotJSON},
		"a page":                     {`<html><body>{}</body></html>`, NotJSON},
		"NMEA":                       {`!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23`, NotJSON},
		"an object in another":       {`{"a":{"timestamp":1,"freq":131.55,"label":"SQ"}}`, Unknown},
		"without a comma":            {`{"timestamp":1769990333 "freq":131.55,"label":"SQ"}`, Malformed},
		"braces":                     {`{{{{`, NotJSON},
		"large":                      {strings.Replace(acarsdecUp, "02XA", strings.Repeat("x", maxObject), 1), TooLarge},
		"deep":                       {nested, TooDeep},
		"deep and broken":            {strings.Repeat(`{"a":`, 10_000), Truncated},
		"many beginnings":            {strings.Repeat(`{"`, 30_000), Truncated},
		"only a beginning of a text": {`{"timestamp":17699`, Truncated},
	} {
		t.Run(name, func(t *testing.T) {
			got, bad := Decode(c.text, now)
			if len(got) != 0 {
				t.Errorf("%d messages", len(got))
			}
			if d := cmp.Diff(map[string]uint64{c.reason: 1}, bad); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
	for _, nothing := range []string{"", "\n", " \r\n\r\n", "\x00"} {
		if got, bad := Decode(nothing, now); got != nil || bad != nil {
			t.Errorf("%q: %v, %v", nothing, got, bad)
		}
	}
}

// TestDecodeWhatIsGluedOn cuts every sample at every byte and has every other
// follow without a gap: each time exactly that one comes out.
func TestDecodeWhatIsGluedOn(t *testing.T) {
	ids := map[string]string{}
	for name, text := range messages {
		m, _ := Decode(text, now)
		ids[name] = m[0].Event.Key
	}
	names := slices.Sorted(maps.Keys(messages))
	for _, cut := range names {
		t.Run(cut, func(t *testing.T) {
			for at := 1; at < len(messages[cut]); at++ {
				next := names[at%len(names)]
				got, bad := Decode(messages[cut][:at]+messages[next], now)
				if len(got) != 1 || got[0].Event.Key != ids[next] {
					t.Fatalf("cut at %d, %s after it: %d messages, %v", at, next, len(got), bad)
				}
				if d := cmp.Diff(map[string]uint64{Truncated: 1}, bad); d != "" {
					t.Fatalf("cut at %d, %s after it (-want +got):\n%s", at, next, d)
				}
			}
		})
	}
}

func TestDecodeSeveral(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want int
		bad  map[string]uint64
	}{
		"two without a gap":        {acarsdecUp + dumpvdl2Text, 2, nil},
		"three lines":              {acarsdecUp + "\n\n" + dumpvdl2Text + "\r\n" + jaeroUp + "\n", 3, nil},
		"with a zero at the end":   {acarsdecUp + "\x00", 1, nil},
		"after a byte order mark":  {"\ufeff" + acarsdecUp, 1, nil},
		"noise around it":          {"noise" + acarsdecUp + "noise", 1, map[string]uint64{NotJSON: 2}},
		"one between two halves":   {acarsdecUp[:200] + dumpvdl2Text + jaeroUp[:100], 1, map[string]uint64{Truncated: 2}},
		"a frame and a message":    {dumpvdl2Link + acarsdecUp, 1, map[string]uint64{NoACARS: 1}},
		"half a frame, a message":  {dumpvdl2Link[:400] + acarsdecUp, 1, map[string]uint64{Truncated: 1}},
		"Python before a message":  {satdumpRepr + "\n" + acarsdecUp, 1, map[string]uint64{PythonRepr: 1}},
		"others among them":        {`{"a":1}` + acarsdecUp + `{"b":{"c":2}}` + jaeroUp, 2, map[string]uint64{Unknown: 2}},
		"white space where it may": {strings.ReplaceAll(iridiumDown, `{"`, "{ \t\""), 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, bad := Decode(c.text, now)
			if len(got) != c.want {
				t.Errorf("%d messages, want %d", len(got), c.want)
			}
			if d := cmp.Diff(c.bad, bad); d != "" {
				t.Errorf("bad (-want +got):\n%s", d)
			}
		})
	}
}

func TestDecodeText(t *testing.T) {
	const sample = `{"timestamp":1769990333,"freq":131.55,"label":"H1","tail":"N1","text":%s}`
	for name, c := range map[string]struct {
		raw, want string // of the text, as JSON
		bad       map[string]uint64
	}{
		"controls":              {`"a\r\n\t\u0003\u007f\"\\b"`, `"a\u000d\u000a\u0009\u0003` + "\x7f" + `\"\\b"`, nil},
		"controls as they are":  {"\"a\x03\x1b\rb\"", `"a\u0003\u001b\u000db"`, nil},
		"other alphabets":       {`"Zürich \u00e9 \ud83d\ude00"`, `"Zürich é 😀"`, nil},
		"half a character":      {`"a\ud800b\udc00"`, `"a` + "\ufffd" + `b` + "\ufffd" + `"`, nil},
		"bytes of no alphabet":  {"\"a\xff\xc3b\"", `"a` + "\ufffd" + `b"`, map[string]uint64{InvalidUTF8: 1}},
		"none":                  {`null`, `""`, nil},
		"a number":              {`17.50`, `"17.50"`, nil},
		"something else":        {`{"a":1}`, `""`, nil},
		"something of no sense": {`true`, `""`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, bad := Decode(fmt.Sprintf(sample, c.raw), now)
			if d := cmp.Diff(c.bad, bad); d != "" || len(got) != 1 {
				t.Fatalf("%d messages, bad (-want +got):\n%s", len(got), d)
			}
			wantSound(t, got[0])
			if text := got[0].Event.Fields.Get("text"); text != c.want {
				t.Errorf("text %s, want %s", text, c.want)
			}
		})
	}
}

func TestDecodeFlatFields(t *testing.T) {
	for _, c := range []struct{ field, raw, name, want string }{
		{"ack", `false`, "ack", `null`},
		{"ack", `true`, "ack", `null`},
		{"ack", `"!"`, "ack", `null`},
		{"ack", `"\u0015"`, "ack", `null`},
		{"ack", `"A"`, "ack", `"A"`},
		{"icao", `11363733`, "icao_hex", `"AD6595"`},
		{"icao", `"11363733"`, "icao_hex", `"AD6595"`},
		{"icao", `"ad6595"`, "icao_hex", `"AD6595"`},
		{"icao", `"400123"`, "icao_hex", `"400123"`},
		{"icao", `255`, "icao_hex", `"0000FF"`},
		{"icao", `0`, "icao_hex", `null`},
		{"icao", `"FFFFFF"`, "icao_hex", `null`},
		{"icao", `16777216`, "icao_hex", `null`},
		{"icao", `-1`, "icao_hex", `null`},
		{"icao", `1.5`, "icao_hex", `null`},
		{"icao", `1e999`, "icao_hex", `null`},
		{"icao", `"unknown"`, "icao_hex", `null`},
		{"icao", `""`, "icao_hex", `null`},
		{"icao_hex", `"ad6595"`, "icao_hex", `"AD6595"`},
		{"freq", `131.550`, "frequency", `131.55`},
		{"freq", `131550`, "frequency", `131.55`},
		{"freq", `131550000`, "frequency", `131.55`},
		{"freq", `"131.55"`, "frequency", `131.55`},
		{"freq", `0.000`, "frequency", `null`},
		{"freq", `1090`, "frequency", `null`},
		{"freq", `99.9`, "frequency", `null`},
		{"freq", `-131.55`, "frequency", `null`},
		{"freq", `1e999`, "frequency", `null`},
		{"freq", `null`, "frequency", `null`},
		{"tail", `".N123"`, "registration", `"N123"`},
		{"tail", `"..PH-X"`, "registration", `"PH-X"`},
		{"tail", `" D-AIMA "`, "registration", `"D-AIMA"`},
		{"tail", `"."`, "registration", `null`},
		{"flight", `" KL1681 "`, "callsign", `"KL1681"`},
		{"flight", `""`, "callsign", `null`},
		{"channel", `2`, "channel", `"2"`},
		{"channel", `"B"`, "channel", `"B"`},
		{"level", `-18`, "signal_level", `-18`},
		{"level", `-18.50`, "signal_level", `-18.5`},
		{"level", `"-18.5"`, "signal_level", `-18.5`},
		{"level", `1e300`, "signal_level", `null`},
		{"level", `"loud"`, "signal_level", `null`},
		{"error", `3`, "error_count", `3`},
		{"error", `-3`, "error_count", `null`},
		{"error", `true`, "error_count", `1`},
		{"depa", `"EDDF"`, "depa", `"EDDF"`},
		{"dsta", `"KJFK"`, "dsta", `"KJFK"`},
		{"eta", `"1204"`, "eta", `"1204"`},
		{"eta", `1204`, "eta", `"1204"`},
		{"libacars", `{"b":[1e999,-0.5,1e2],"a":"\ud800<&"}`, "libacars", `{"a":"` + "\ufffd" + `<&","b":[null,-0.5,1e2]}`},
		{"libacars", `"text"`, "libacars", `null`},
		{"timestamp", `1769990333.8837607`, "timestamp", `"2026-02-01T23:58:53.884Z"`},
		{"timestamp", `1769990333884`, "timestamp", `"2026-02-01T23:58:53.884Z"`},
		{"timestamp", `"1769990333.884"`, "timestamp", `"2026-02-01T23:58:53.884Z"`},
		{"timestamp", `"2026-02-01T23:58:53.884"`, "timestamp", `"2026-02-01T23:58:53.884Z"`},
		{"timestamp", `"2026-02-02T00:58:53.884+01:00"`, "timestamp", `"2026-02-01T23:58:53.884Z"`},
		{"timestamp", `"yesterday"`, "timestamp", `"2026-02-03T04:05:06.789Z"`},
		{"timestamp", `0`, "timestamp", `"2026-02-03T04:05:06.789Z"`},
		{"timestamp", `-5`, "timestamp", `"2026-02-03T04:05:06.789Z"`},
		{"timestamp", `1e300`, "timestamp", `"2026-02-03T04:05:06.789Z"`},
		{"app", `{"name":"vdlm2dec"}`, "source", `"vdlm2"`},
		{"app", `{"name":"acarsdec"}`, "station_id", `"acarsdec"`},
	} {
		t.Run(c.field+" "+c.raw, func(t *testing.T) {
			all := map[string]string{"timestamp": "1769990333", "channel": "1", "label": `"H1"`}
			all[c.field] = c.raw
			var parts []string
			for name, raw := range all {
				parts = append(parts, fmt.Sprintf("%q:%s", name, raw))
			}
			got, bad := Decode("{"+strings.Join(parts, ",")+"}", now)
			if len(got) != 1 || bad != nil {
				t.Fatalf("%d messages, bad %v", len(got), bad)
			}
			wantSound(t, got[0])
			if raw := got[0].Event.Fields.Get(c.name); raw != c.want {
				t.Errorf("%s is %s, want %s", c.name, raw, c.want)
			}
		})
	}
}

// TestFrequencyOfEachBand: MHz, kHz and Hz of HF and of satellites.
func TestFrequencyOfEachBand(t *testing.T) {
	for raw, c := range map[string]struct {
		in   band
		want string
	}{
		`11387000`:           {hf, "11.387"},
		`11387`:              {hf, "11.387"},
		`11.387`:             {hf, "11.387"},
		`21937.0`:            {hf, "21.937"},
		`131550000`:          {hf, ""},
		`1625708333.3333333`: {satellite, "1625.708333"},
		`"1545.110"`:         {satellite, "1545.11"},
		`3615000`:            {satellite, "3615"},
		`11387001`:           {satellite, ""},
	} {
		if got := megahertz(gjson.Parse(raw), c.in); got != c.want {
			t.Errorf("%s in %v is %q MHz, want %q", raw, c.in, got, c.want)
		}
	}
}

func TestObservedIsNotInTheFuture(t *testing.T) {
	for text, want := range map[string]int64{
		acarsdecUp:   1769990333884,
		acarsdecDown: now.UnixMilli(), // its decoder's clock is ahead
	} {
		if m, _ := Decode(text, now); m[0].Observed != want {
			t.Errorf("observed at %d, want %d", m[0].Observed, want)
		}
	}
}

// TestIDTellsMessagesApart: what says the same in the same second has the same id,
// whoever heard it.
func TestIDTellsMessagesApart(t *testing.T) {
	id := func(from, to string) string {
		m, bad := Decode(strings.ReplaceAll(dumpvdl2Text, from, to), now)
		if len(m) != 1 {
			t.Fatalf("%s: %v", to, bad)
		}
		return m[0].Event.Key
	}
	first := id("", "")
	for from, to := range map[string]string{
		`"CS-KABQ-VDLM"`: `"ELSEWHERE"`,
		`"usec":949234`:  `"usec":100`,
		`136650000`:      `136975000`,
		`-16.620939`:     `-3`,
		`"ABFDAF"`:       `"ABFDAE"`, // the registration says who it is
		`0150000--\r\n`:  `0150000`,  // beyond the 50th character
		`"acars_router"`: `"another"`,
	} {
		if id(from, to) != first {
			t.Errorf("%s in the place of %s makes it another message", to, from)
		}
	}
	for from, to := range map[string]string{
		`"sec":1769990648`: `"sec":1769990649`,
		`.N8719Q`:          `.N8719R`,
		`"H1"`:             `"H2"`,
		`"blk_id":"3"`:     `"blk_id":"4"`,
		`"D09"`:            `"D10"`,
		`"ack":"!"`:        `"ack":"1"`,
		`"ABS001DA_`:       `"ABS001DB_`,
	} {
		if id(from, to) == first {
			t.Errorf("%s in the place of %s makes it no other message", to, from)
		}
	}
	// Of one transmission two programs say the same.
	const flat = `{"timestamp":1769990648.9,"icao":11271599,"toaddr":1,"freq":136.65,"mode":"2","label":"H1","block_id":"3","ack":"!","tail":".N8719Q","flight":"WN2340","msgno":"D09A","text":%s}`
	m, _ := Decode(fmt.Sprintf(flat, gjson.Get(dumpvdl2Text, "vdl2.avlc.acars.msg_text").Raw), now)
	if m[0].Event.Key != first {
		t.Error("dumpvdl2 and vdlm2dec name a message differently")
	}
}

func TestAirlines(t *testing.T) {
	for flight, want := range map[string]string{
		"KL1681":   `{"icao":"KLM","iata":"KL","name":"KLM","flight_number":"1681"}`,
		"KLM1681":  `{"icao":"KLM","iata":"KL","name":"KLM","flight_number":"1681"}`,
		"WN0007":   `{"icao":"SWA","iata":"WN","name":"Southwest Airlines","flight_number":"7"}`,
		"U21A":     `{"icao":"EZY","iata":"U2","name":"easyJet","flight_number":"1A"}`,
		"UPS76":    `{"icao":"UPS","iata":"5X","name":"UPS Airlines","flight_number":"76"}`,
		"UP5846":   `{"icao":"UPS","iata":"5X","name":"UPS Airlines","flight_number":"5846"}`,
		"B60000":   `{"icao":"JBU","iata":"B6","name":"JetBlue","flight_number":"0"}`,
		"":         "",
		"KL":       "",
		"KLM":      "",
		"N123AB":   "",
		"XX1234":   "",
		"KLABC":    "",
		"KL123456": "",
		"KL12 4":   "",
		"KLé1":     "",
	} {
		if got := airlineOf(flight); got != want {
			t.Errorf("%q: %s, want %s", flight, got, want)
		}
	}
	if len(airlineByCode) != 2*len(airlines)+1 {
		t.Errorf("%d airlines have %d codes: some have the same", len(airlines), len(airlineByCode))
	}
}

func TestLabels(t *testing.T) {
	for code, want := range map[string]string{
		"Q0": `{"name":"Link test","description":"Test of the link"}`,
		"12": `{"name":"Airline defined","description":"What it means is up to the airline"}`,
		"8Z": `{"name":"Airline defined","description":"What it means is up to the airline"}`,
		"":   "",
		"1":  "",
		"ZZ": "",
	} {
		if got := labelInfo(code); got != want {
			t.Errorf("%q: %s, want %s", code, got, want)
		}
	}
}
