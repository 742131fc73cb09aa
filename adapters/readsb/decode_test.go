package readsb_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/adapters/readsb"
	"github.com/skygate-io/skygate/pkg/record"
)

const at = 1_700_000_000_000

func keys(updates []record.Update) []string {
	list := []string{}
	for _, u := range updates {
		list = append(list, u.Key)
	}
	return list
}

func TestParseEnvelope(t *testing.T) {
	const list = `[{"hex":"aaaaaa"},{"hex":"~bbbbbb"}]`
	tests := map[string]struct {
		body string
		now  int64
	}{
		"seconds":                 {`{"now":1652867171.3,"messages":34887802,"aircraft":` + list + `}`, 1652867171300},
		"whole seconds":           {`{"now":1589902035,"aircraft":` + list + `}`, 1589902035000},
		"milliseconds":            {`{"now":1598880624209,"aircraft":` + list + `}`, 1598880624209},
		"jv2":                     {`{"ac":` + list + `,"msg":"No error","now":1598880624209.5,"total":2,"ctime":1,"ptime":0}`, 1598880624210},
		"now after the list":      {`{"aircraft":` + list + `,"now":1589902035.04}`, 1589902035040},
		"no now":                  {`{"aircraft":` + list + `}`, 0},
		"a now that is no time":   {`{"now":"today","aircraft":` + list + `}`, 0},
		"a now before all":        {`{"now":-5,"aircraft":` + list + `}`, 0},
		"a now after all":         {`{"now":1e300,"aircraft":` + list + `}`, 0},
		"more around it":          {`{"globeIndex":21,"south":-10,"x":{"aircraft":[1]},"aircraft":` + list + `,"y":[{}]}`, 0},
		"a byte order mark":       {"\ufeff" + `{"aircraft":` + list + `}`, 0},
		"white space":             {"\n\t { \"aircraft\" :\r\n" + list + " }\n", 0},
		"both names of the list":  {`{"aircraft":[{"hex":"aaaaaa"}],"ac":[{"hex":"~bbbbbb"}]}`, 0},
		"something follows":       {`{"aircraft":` + list + `}<!-- served in 3 ms -->`, 0},
		"a list that is null too": {`{"ac":null,"aircraft":` + list + `}`, 0},
		"messages after the list": {`{"aircraft":` + list + `,"messages":7}`, 0},
		"messages are no number":  {`{"messages":"many","aircraft":` + list + `}`, 0},
		"half a message":          {`{"messages":1.5,"aircraft":` + list + `}`, 0},
	}
	messagesOf := map[string]uint64{"seconds": 34887802, "messages after the list": 7} // of the others none
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f, err := readsb.Parse([]byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if f.Now != test.now {
				t.Errorf("now is %d, want %d", f.Now, test.now)
			}
			if want := messagesOf[name]; f.Messages != want {
				t.Errorf("%d messages, want %d", f.Messages, want)
			}
			if got := keys(f.Updates(at, nil)); !slices.Equal(got, []string{"AAAAAA", "~BBBBBB"}) {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestDecodeDamaged(t *testing.T) {
	deep := strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)
	tests := map[string]struct {
		body   string
		want   []string
		bad    map[string]uint64
		reason string // of the error; "" is none
	}{
		"no aircraft":                     {body: `{"now":1,"aircraft":[]}`},
		"a list that is null":             {body: `{"now":1,"aircraft":null}`},
		"nothing":                         {body: " \n", reason: readsb.Truncated},
		"a page":                          {body: "<!DOCTYPE html><title>404</title>", reason: readsb.NotJSON},
		"another JSON":                    {body: `{"version":"3.14","lat":1}`, reason: readsb.NoList},
		"a list in the list's place only": {body: `{"aircraft":{"hex":"aaaaaa"}}`, reason: readsb.NoList},
		"cut in a record": {
			body: `{"now":5,"aircraft":[{"hex":"aaaaaa"},{"hex":"bbbbbb"},{"hex":"ccc`,
			want: []string{"AAAAAA", "BBBBBB"}, reason: readsb.Truncated,
		},
		"cut between records": {
			body: `{"now":5,"aircraft":[{"hex":"aaaaaa"},`, want: []string{"AAAAAA"}, reason: readsb.Truncated,
		},
		"cut after the list": {
			body: `{"now":5,"aircraft":[{"hex":"aaaaaa"}]`, want: []string{"AAAAAA"}, reason: readsb.Truncated,
		},
		"cut before the list": {body: `{"now":5,"airc`, reason: readsb.Truncated},
		"refused records": {
			body: `{"aircraft":[{"hex":"aaaaaa"},{"hex":"zzzzzz"},{"flight":"A"},{"hex":7},{"hex":"cccccc","gs":"fast"},
				5,null,"x",[],{"hex":"dddddd","lat":91,"lon":0},{"hex":"eeeeee","lat":1},{"hex":"bbbbbb"}]}`,
			want: []string{"AAAAAA", "BBBBBB"},
			bad: map[string]uint64{
				"hex": 3, "wrong_type": 1, readsb.NotObject: 4, "position_out_of_range": 1, "half_position": 1,
			},
		},
		"the same aircraft twice": {
			body: `{"aircraft":[{"hex":"aaaaaa"},{"hex":"AAAAAA"}]}`, want: []string{"AAAAAA", "AAAAAA"},
		},
		"broken records": {
			body: `{"aircraft":[{"hex":"aaaaaa","rssi":nan},{"hex":"bbbbbb"},{"hex":"cccccc","flight":"A"B","gs":1},{"hex":"dddddd"},{"hex" "x"}],"now":9}`,
			want: []string{"BBBBBB", "DDDDDD"}, bad: map[string]uint64{readsb.Malformed: 3},
		},
		"a broken record, then the cut": {
			body: `{"aircraft":[{"hex":"aaaaaa"},{"rssi":-inf},{"hex":"bbbbbb"},{"hex":"ccc`,
			want: []string{"AAAAAA", "BBBBBB"}, bad: map[string]uint64{readsb.Malformed: 1}, reason: readsb.Truncated,
		},
		"broken to the end": {
			body: `{"aircraft":[{"hex":"aaaaaa"},{"hex":!!!!`,
			want: []string{"AAAAAA"}, bad: map[string]uint64{readsb.Malformed: 1}, reason: readsb.Malformed,
		},
		"a broken envelope": {
			body: `{"aircraft":[{"hex":"aaaaaa"}],"now":nan}`, want: []string{"AAAAAA"}, reason: readsb.Malformed,
		},
		"too deep": {
			body: `{"aircraft":[{"hex":"aaaaaa","x":` + deep + `},{"hex":"bbbbbb","x":` + deep[15_000:25_000] + `},{"hex":"cccccc","x":[[["}]}]"]]]}]}`,
			want: []string{"CCCCCC"}, bad: map[string]uint64{readsb.Malformed: 1, readsb.TooDeep: 1},
		},
		"too large": {
			body: `{"aircraft":[{"hex":"aaaaaa","x":"` + strings.Repeat("x", 40_000) + `"},{"hex":"bbbbbb"}]}`,
			want: []string{"BBBBBB"}, bad: map[string]uint64{readsb.TooLarge: 1},
		},
		"too many fields": {
			body: `{"aircraft":[{"hex":"aaaaaa"` + strings.Repeat(`,"x":1`, 300) + `},{"hex":"bbbbbb"}]}`,
			want: []string{"BBBBBB"}, bad: map[string]uint64{readsb.TooLarge: 1},
		},
		"a long name of a field": {
			body: `{"aircraft":[{"hex":"aaaaaa","` + strings.Repeat("x", 65) + `":1},{"hex":"bbbbbb","` + strings.Repeat("x", 64) + `":1}]}`,
			want: []string{"BBBBBB"}, bad: map[string]uint64{readsb.TooLarge: 1},
		},
		"many broken records": {
			body: `{"aircraft":[{"hex":"aaaaaa"},` + strings.Repeat(`{"hex":"cccccc","rssi":nan},`, 1000) + `{"hex":"bbbbbb"}]}`,
			want: []string{"AAAAAA", "BBBBBB"}, bad: map[string]uint64{readsb.Malformed: 1000},
		},
		"too many aircraft": {
			body:   `{"aircraft":[{"hex":"aaaaaa"},1` + strings.Repeat(",1", 99_999) + `]}`,
			want:   []string{"AAAAAA"},
			bad:    map[string]uint64{readsb.NotObject: 99_999},
			reason: readsb.TooLarge,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			updates, bad, err := readsb.Decode([]byte(test.body), at, nil)
			reason := ""
			var e *readsb.Error
			if errors.As(err, &e) {
				reason = e.Reason
			}
			if reason != test.reason || (err == nil) != (test.reason == "") {
				t.Errorf("error %v (%s), want %s", err, reason, test.reason)
			}
			if test.want == nil {
				test.want = []string{}
			}
			if diff := cmp.Diff(test.want, keys(updates)); diff != "" {
				t.Errorf("aircraft (-want +got):\n%s", diff)
			}
			if test.bad == nil {
				test.bad = map[string]uint64{}
			}
			if test.reason != "" {
				test.bad[test.reason]++ // the file itself
			}
			if diff := cmp.Diff(test.bad, bad); diff != "" {
				t.Errorf("bad (-want +got):\n%s", diff)
			}
		})
	}
}

// TestParseGivesUp: where broken records lie in each other, finding the next
// means to read most of them again. The number of attempts must not grow with
// the file as its size does.
func TestParseGivesUp(t *testing.T) {
	for name, one := range map[string]string{
		"deeper than can be read": `{"a":[{},`,
		"broken after a while":    strings.Repeat(`{"a":[{},`, 2000) + "!",
	} {
		t.Run(name, func(t *testing.T) {
			const size = 2 << 20
			f, err := readsb.Parse([]byte(`{"now":1,"aircraft":[{"hex":"aaaaaa"},` + strings.Repeat(one, size/len(one))))
			var e *readsb.Error
			if !errors.As(err, &e) || e.Reason != readsb.Malformed {
				t.Errorf("error %v, want it %s", err, readsb.Malformed)
			}
			if n := f.Bad[readsb.Malformed]; n == 0 || n > 1000 {
				t.Errorf("%d attempts to find a record that is whole", n)
			}
			if got := keys(f.Updates(at, nil)); !slices.Contains(got, "AAAAAA") {
				t.Errorf("got %v, without what came before", got)
			}
		})
	}
}

// TestDecodeFieldNames: names that differ only in bytes that are not UTF-8 are
// one name to a client, and must not stand twice in an object.
func TestDecodeFieldNames(t *testing.T) {
	body := "{\"aircraft\":[{\"hex\":\"abcdef\",\"a\xff\":1,\"a\xfe\":2,\"\\ud800\":3,\"\\udfff\":4}]}"
	updates, _, err := readsb.Decode([]byte(body), at, nil)
	if err != nil || len(updates) != 1 {
		t.Fatal(updates, err)
	}
	want := "{\"hex\":\"ABCDEF\",\"a\ufffd\":2,\"emergency\":false,\"military\":false,\"\ufffd\":4}"
	if got := string(updates[0].AppendJSON(nil, "hex", at)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDecodeRecord(t *testing.T) {
	updates, _, err := readsb.Decode([]byte(`{"aircraft":[{"hex":"~3c4582","flight":"DLH1   ","altitude":0,"seen":2.5,"n\u0061me":[ 1 ]}]}`), at, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []record.Update{{
		Record: record.Record{Key: "~3C4582", Fields: record.Fields{
			{Name: "alt", Raw: "0"}, {Name: "alt_baro", Raw: "0"}, {Name: "emergency", Raw: "false"},
			{Name: "flight", Raw: `"DLH1"`}, {Name: "military", Raw: "false"}, {Name: "name", Raw: "[1]"},
			{Name: "seen", Raw: record.Time(at - 2500)},
		}},
		Observed: at - 2500, Whole: true,
	}}
	if diff := cmp.Diff(want, updates); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzDecode: whatever comes, what comes out are sorted records of valid
// values under valid keys, and every aircraft in the list is either used or counted.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"now":1652867171.3,"aircraft":[{"hex":"3c4582","flight":"A  ","alt_baro":"ground","lat":1,"lon":2,"seen":0.1}]}`))
	f.Add([]byte(`{"ac":[{"hex":"~3c4582","rssi":nan},{"hex":"bbbbbb","emergency":3}],"now":1598880624209,"total":2}`))
	f.Add([]byte("{\"aircraft\":[{\"hex\":\"aaaaaa\",\"a\xff\":1e400,\"a\xfe\":[1e400],\"\\ud800\":\"\\ud83d\\ude00\\udc00\"}]}"))
	f.Add([]byte(`{"aircraft":[{"hex":"aaaaaa","x":[{"y":"}, {"}]},{"hex":"b`))
	f.Fuzz(func(t *testing.T, body []byte) {
		updates, bad, err := readsb.Decode(body, at, nil)
		for _, u := range updates {
			if len(strings.TrimPrefix(u.Key, "~")) != 6 || u.Observed > at || !u.Whole {
				t.Fatalf("%+v", u)
			}
			if !slices.IsSortedFunc(u.Fields, func(a, b record.Field) int { return strings.Compare(a.Name, b.Name) }) {
				t.Fatalf("not sorted: %v", u.Fields)
			}
			var plain map[string]any // unlike json.Valid, this refuses numbers that are too large
			if text := u.AppendJSON(nil, "hex", at); json.Unmarshal(text, &plain) != nil || len(plain) != len(u.Fields)+1 {
				t.Fatalf("%s", text)
			}
		}
		var plain struct {
			Aircraft *[]json.RawMessage `json:"aircraft"`
		}
		if err != nil || json.Unmarshal(body, &plain) != nil || plain.Aircraft == nil || strings.Contains(strings.ToLower(string(body)), `"ac"`) ||
			strings.Count(strings.ToLower(string(body)), "aircraft") != 1 || strings.Contains(string(body), `\`) {
			return
		}
		total := uint64(len(updates))
		for _, n := range bad {
			total += n
		}
		if total != uint64(len(*plain.Aircraft)) {
			t.Fatalf("%d used or refused of %d", total, len(*plain.Aircraft))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	body, err := os.ReadFile("testdata/dump1090fa_2022-05-18_76ac.json")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if updates, _, err := readsb.Decode(body, at, nil); err != nil || len(updates) != 76 {
			b.Fatal(err)
		}
	}
}

func ExampleDecode() {
	body := `{"now":1652867171.3,"aircraft":[{"hex":"3c4582","flight":"DLH4AB  ","alt_baro":37000,"seen":0.3}]}`
	updates, _, _ := readsb.Decode([]byte(body), 1652867171300, nil)
	fmt.Println(string(updates[0].AppendJSON(nil, "hex", 1652867171300)))
	// Output: {"hex":"3C4582","alt":37000,"alt_baro":37000,"emergency":false,"flight":"DLH4AB","military":false,"seen":0.3}
}
