package sbs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skygate-io/skygate/adapters/sbs"
	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
)

const at = 1_700_000_000_000

// head is the beginning of a line of a type, up to the call sign.
func head(messageType int, hex string) string {
	return fmt.Sprintf("MSG,%d,1,1,%s,1,2026/11/21,03:07:17.341,2026/11/21,03:07:17.342,", messageType, hex)
}

func TestDecode(t *testing.T) {
	tests := map[string]struct{ line, want string }{
		"identification": {
			head(1, "342398") + "VLG62VE ,,,,,,,,,,,0",
			`{"hex":"342398","flight":"VLG62VE","seen":0,"type":"other"}`,
		},
		"on the ground": {
			head(2, "3c6dd6") + ",,12.5,269,50.03421,8.56123,,,,,,-1",
			`{"hex":"3C6DD6","alt":"ground","alt_baro":"ground","distance_nm":21.7,"gs":12.5,"lat":50.03421,"lon":8.56123,"seen":0,"seen_pos":0,"track":269,"type":"other"}`,
		},
		"on the ground by its type": {
			head(2, "3c6dd6") + ",,0,,,,,,,,,",
			`{"hex":"3C6DD6","alt":"ground","alt_baro":"ground","gs":0,"seen":0,"type":"other"}`,
		},
		"in the air": {
			head(3, "34324F") + ",37025,,,50.0,9.00000,,,0,0,0,0",
			`{"hex":"34324F","alert":0,"alt":37025,"alt_baro":37025,"distance_nm":38.6,"lat":50.0,"lon":9.00000,"seen":0,"seen_pos":0,"spi":0,"type":"other"}`,
		},
		"in the air, the first half of a position": {
			head(3, "34324F") + ",37025,,,,,,,0,,0,0",
			`{"hex":"34324F","alert":0,"alt":37025,"alt_baro":37025,"seen":0,"spi":0,"type":"other"}`,
		},
		"zeros for a position": {
			head(3, "34324F") + ",37025,,,0.0,-0,,,,,,",
			`{"hex":"34324F","alt":37025,"alt_baro":37025,"seen":0,"type":"other"}`,
		},
		"on the equator": {
			head(3, "34324F") + ",,,,0,8,,,,,,",
			`{"hex":"34324F","distance_nm":3002,"lat":0,"lon":8,"seen":0,"seen_pos":0,"type":"other"}`,
		},
		"velocity": {
			head(4, "~34568B") + ",,482,360,,,-64,,,,,0",
			`{"hex":"~34568B","baro_rate":-64,"gs":482,"seen":0,"track":0,"type":"other","vr":-64}`,
		},
		"altitude, for a radar": {
			head(5, "ABDF3F") + "N12345  ,8525,,,,,,,-1,0,-1,0",
			`{"hex":"ABDF3F","alert":1,"alt":8525,"alt_baro":8525,"flight":"N12345","seen":0,"spi":1,"type":"other"}`,
		},
		"squawk": {
			head(6, "ABDF3F") + ",8525,,,,,,7700,0,-1,0,0",
			`{"hex":"ABDF3F","alert":0,"alt":8525,"alt_baro":8525,"emergency":true,"seen":0,"spi":0,"squawk":"7700","type":"other"}`,
		},
		"a squawk without its zeros": {
			head(6, "ABDF3F") + ",,,,,,,21,,,,",
			`{"hex":"ABDF3F","emergency":false,"seen":0,"squawk":"0021","type":"other"}`,
		},
		"only that it is there": {
			head(8, "ABDF3F") + ",,,,,,,,,,,",
			`{"hex":"ABDF3F","seen":0,"type":"other"}`,
		},
		"a radar's reply from the ground": {
			head(5, "ABDF3F") + ",125,,,,,,,,,,-1",
			`{"hex":"ABDF3F","alt":"ground","alt_baro":"ground","seen":0,"type":"other"}`,
		},
		"no dates, blanks, signs and zeros": {
			"MSG,4,,, abdf3f ,,,,,,,,+482.0,007.,.5,-08.25,+064,,,,,1",
			`{"hex":"ABDF3F","alt":"ground","alt_baro":"ground","baro_rate":64,"distance_nm":3086.6,"gs":482,"lat":0.5,"lon":-8.25,"seen":0,"seen_pos":0,"track":7,"type":"other","vr":64}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			u, reason := sbs.NewDecoder(false, &geo.Point{Lat: 50, Lon: 8}).Decode(test.line, at)
			if reason != "" || u.Observed != at || u.Whole {
				t.Fatalf("%+v, %s", u, reason)
			}
			if got := string(u.AppendJSON(nil, "hex", at)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, line := range []string{"SEL,,496,2286,4CA4E5,27215,2010/02/19,18:06:07.710,2010/02/19,18:06:07.710,RYR1427", "ID,,496", "AIR", "STA,,5,179,400AE7,10103,,,,,RM", "CLK,,496,-1,,-1,,,,"} {
		if u, reason := sbs.NewDecoder(false, nil).Decode(line, at); u.Key != "" || reason != "" {
			t.Errorf("%s: %+v, %s; want it passed over", line, u, reason)
		}
	}
	const short = "MSG,5,1,1,ABDF3F,1,2015/09/02,04:23:39.938,2015/09/02,04:23"
	tests := map[string]struct{ line, want string }{
		"JSON":                {`{"hex":"abdf3f"}`, sbs.Malformed},
		"Beast":               {"\x1a3\x00\x01,", sbs.Malformed},
		"AVR":                 {"*8d4840d6202cc371c32ce0576098;", sbs.Malformed},
		"a time before it":    {"2936535519," + head(8, "ABDF3F") + ",,,,,,,,,,,", sbs.Malformed},
		"cut":                 {short, sbs.FieldCount},
		"cut, and the next":   {short + head(8, "ABDF3F") + ",,,,,,,,,,,", sbs.FieldCount},
		"a field too many":    {head(8, "ABDF3F") + ",,,,,,,,,,,,", sbs.FieldCount},
		"a type there is not": {head(9, "ABDF3F") + ",,,,,,,,,,,", sbs.Malformed},
		"no address":          {head(8, "") + ",,,,,,,,,,,", string(aircraft.BadHex)},
		"another address":     {head(8, "ABDF3") + ",,,,,,,,,,,", string(aircraft.BadHex)},
		"a long call sign":    {head(1, "ABDF3F") + "LUFTHANSA,,,,,,,,,,,", sbs.BadCallsign},
		"no text":             {head(1, "ABDF3F") + "DL\x00H,,,,,,,,,,,", sbs.BadCallsign},
		"no ASCII":            {head(1, "ABDF3F") + "DLÜ,,,,,,,,,,,", sbs.BadCallsign},
		"no number":           {head(3, "ABDF3F") + ",high,,,,,,,,,,", string(aircraft.WrongType)},
		"hexadecimal":         {head(3, "ABDF3F") + ",0x10,,,,,,,,,,", string(aircraft.WrongType)},
		"infinite":            {head(4, "ABDF3F") + ",,inf,,,,,,,,,", string(aircraft.WrongType)},
		"with an exponent":    {head(4, "ABDF3F") + ",,1e2,,,,,,,,,", string(aircraft.WrongType)},
		"two signs":           {head(4, "ABDF3F") + ",,,,,,+-64,,,,,", string(aircraft.WrongType)},
		"two points":          {head(4, "ABDF3F") + ",,1.2.3,,,,,,,,,", string(aircraft.WrongType)},
		"a point":             {head(4, "ABDF3F") + ",,.,,,,,,,,,", string(aircraft.WrongType)},
		"a very long number":  {head(4, "ABDF3F") + ",,1." + strings.Repeat("0", 30) + ",,,,,,,,,", string(aircraft.WrongType)},
		"neither yes nor no":  {head(8, "ABDF3F") + ",,,,,,,,,,,2", string(aircraft.WrongType)},
		"half a position":     {head(3, "ABDF3F") + ",,,,50,,,,,,,", string(aircraft.HalfPosition)},
		"north of the pole":   {head(3, "ABDF3F") + ",,,,91,0,,,,,,", string(aircraft.PositionOutOfRange)},
		"round the world":     {head(3, "ABDF3F") + ",,,,9,181,,,,,,", string(aircraft.PositionOutOfRange)},
		"in space":            {head(3, "ABDF3F") + ",200000,,,,,,,,,,", string(aircraft.AltitudeOutOfRange)},
		"too fast":            {head(4, "ABDF3F") + ",,6000,,,,,,,,,", string(aircraft.SpeedOutOfRange)},
		"no direction":        {head(4, "ABDF3F") + ",,,361,,,,,,,,", string(aircraft.TrackOutOfRange)},
		"falls like a stone":  {head(4, "ABDF3F") + ",,,,,,-60000,,,,,", string(aircraft.RateOutOfRange)},
		"no octal digits":     {head(6, "ABDF3F") + ",,,,,,,7800,,,,", string(aircraft.BadSquawk)},
		"five digits":         {head(6, "ABDF3F") + ",,,,,,,77000,,,,", string(aircraft.BadSquawk)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if u, reason := sbs.NewDecoder(false, nil).Decode(test.line, at); reason != test.want || u.Key != "" {
				t.Errorf("%+v, %q; want %q", u, reason, test.want)
			}
		})
	}
}

// TestEmergency: one that a squawk told is not forgotten by messages that say
// nothing of it, or nothing but that the transponder does not.
func TestEmergency(t *testing.T) {
	d := sbs.NewDecoder(false, nil)
	var merged record.Fields
	for i, step := range []struct {
		line, squawk, emergency string
	}{
		{head(4, "ABDF3F") + ",,482,35,,,0,,,,,0", ``, ``},
		{head(6, "ABDF3F") + ",8525,,,,,,7600,0,-1,0,0", `"7600"`, "true"},
		{head(3, "ABDF3F") + ",8525,,,50,8,,,0,0,0,0", `"7600"`, "true"},
		{head(8, "ABDF3F") + ",,,,,,,,,,,0", `"7600"`, "true"},
		{head(6, "ABDF3F") + ",8525,,,,,,1000,0,0,0,0", `"1000"`, "false"},
		{head(3, "ABDF3F") + ",8525,,,50,8,,,0,-1,0,0", `"1000"`, "true"},
		{head(3, "ABDF3F") + ",8525,,,50,8,,,0,0,0,0", `"1000"`, "false"},
	} {
		u, reason := d.Decode(step.line, at+int64(i))
		if reason != "" {
			t.Fatal(reason)
		}
		merged.Merge(u.Fields)
		if merged.Get("emergency") != step.emergency || merged.Get("squawk") != step.squawk {
			t.Errorf("step %d: %v", i, merged)
		}
	}
}

// TestTime: the dates in lines are looked at only when they are declared to be UTC.
func TestTime(t *testing.T) {
	written := time.Date(2026, 11, 21, 3, 7, 17, 341_000_000, time.UTC).UnixMilli()
	line := head(3, "ABDF3F") + ",8525,,,50,8,,,,,,"
	for name, test := range map[string]struct {
		line           string
		utc            bool
		received, want int64 // after it was written
	}{
		"not declared":                {line, false, 1500, 1500},
		"declared":                    {line, true, 1500, 0},
		"declared, but local":         {line, true, 5 * 3_600_000, 5 * 3_600_000},
		"written in the future":       {line, true, -300, -300},
		"declared, but there is none": {strings.ReplaceAll(line, "2026/11/21,03:07:17.34", ","), true, 1500, 1500},
		"declared, but it is no time": {strings.ReplaceAll(line, "03:07", "33:07"), true, 1500, 1500},
		"whole seconds":               {strings.ReplaceAll(line, ":17.341", ":17"), true, 1500, -341},
	} {
		t.Run(name, func(t *testing.T) {
			u, reason := sbs.NewDecoder(test.utc, nil).Decode(test.line, written+test.received)
			want := written + test.want
			if reason != "" || u.Observed != want || u.Fields.Get("seen") != record.Time(want) || u.Fields.Get("seen_pos") != record.Time(want) {
				t.Errorf("%s %v: heard %d ms after it was written, want %d", reason, u.Fields, u.Observed-written, test.want)
			}
		})
	}
}

// FuzzDecode: whatever comes, what comes out is a sorted record of valid values
// under a valid key, or a reason, or nothing of interest.
func FuzzDecode(f *testing.F) {
	f.Add(head(3, "34324F") + ",37025,,,50.0,9.00000,,,0,0,0,-1")
	f.Add("MSG,4,,, ~abdf3f ,,,,,,A B,,+482.0,007.,.5,-08.25,+064,7,-1,1,,1,,")
	f.Add("SEL,,496,2286,4CA4E5,27215,2010/02/19,18:06:07.710,2010/02/19,18:06:07.710,RYR1427")
	f.Fuzz(func(t *testing.T, line string) {
		u, reason := sbs.NewDecoder(true, &geo.Point{Lat: 1, Lon: 2}).Decode(line, at)
		if u.Key == "" {
			return
		}
		if reason != "" || u.Whole {
			t.Fatalf("%+v, %s", u, reason)
		}
		feedtest.WantAircraft(t, u, at)
	})
}

func BenchmarkDecode(b *testing.B) {
	line := head(3, "34324F") + ",37025,,,47.12345,8.54321,,,0,,0,0"
	d := sbs.NewDecoder(false, nil)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if _, reason := d.Decode(line, at); reason != "" {
			b.Fatal(reason)
		}
	}
}

func ExampleDecoder() {
	const received = 1795230437500 // unix milliseconds of this machine's clock
	d := sbs.NewDecoder(false, nil)
	for _, line := range []string{
		"MSG,3,1,1,34324F,1,2026/11/21,03:07:17.341,2026/11/21,03:07:17.342,,37025,,,47.12345,8.54321,,,0,,0,0",
		"MSG,4,1,1,34324F,1,2026/11/21,03:07:17.641,2026/11/21,03:07:17.641,,,479,70,,,-64,,,,,0",
	} {
		u, _ := d.Decode(line, received)
		fmt.Println(string(u.AppendJSON(nil, "hex", received)))
	}
	// Output:
	// {"hex":"34324F","alert":0,"alt":37025,"alt_baro":37025,"lat":47.12345,"lon":8.54321,"seen":0,"seen_pos":0,"spi":0,"type":"other"}
	// {"hex":"34324F","baro_rate":-64,"gs":479,"seen":0,"track":70,"type":"other","vr":-64}
}
