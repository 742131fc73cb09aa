package uat_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/skygate-io/skygate/adapters/uat"
	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/geo"
	"github.com/skygate-io/skygate/pkg/record"
	"github.com/skygate-io/skygate/pkg/recordings"
)

const at = 1_700_000_000_000

// line is a message of an aircraft with the given members.
func line(members string) string {
	return `{"address":"a66ef1","address_qualifier":"adsb_icao",` + members + `}`
}

func TestDecode(t *testing.T) {
	tests := map[string]struct {
		line string
		want map[string]string // beside what every update has
	}{
		"where it is, how high and how fast": {
			line(`"airground_state":"airborne","east_velocity":65,"geometric_altitude":2100,"ground_speed":118,"metadata":{"errors":0,"received_at":1699999999.9,"rssi":-12.3},
				"nic":9,"north_velocity":-99,"position":{"lat":50.00001,"lon":9.0},"pressure_altitude":2000,"true_track":146.7,"uplink_feedback":0,"utc_coupled":false,
				"vertical_velocity_geometric":-192,"vv_src":"geometric"`),
			map[string]string{
				"alt": "2000", "alt_baro": "2000", "alt_geom": "2100", "distance_nm": "38.6", "geom_rate": "-192", "gs": "118", "lat": "50.00001", "lon": "9.0",
				"nic": "9", "rc": "75", "rssi": "-12.3", "seen": record.Time(at - 100), "seen_pos": record.Time(at - 100), "track": "146.7", "vr": "-192",
			},
		},
		"who it is": {
			line(`"callsign":"N5130E","capability_codes":{"es_in":false,"tcas_operational":false,"uat_in":false},"emergency":"none","emitter_category":"A1","gva":2,
				"mops_version":2,"nac_p":10,"nac_v":2,"nic_baro":1,"nic_supplement":false,"operational_modes":{"atc_services":false,"ident_active":false,"tcas_ra_active":false},
				"sda":2,"sil":3,"sil_supplement":"per_hour","single_antenna":false,"transmit_mso":45`),
			map[string]string{
				"category": `"A1"`, "emergency": "false", "emergency_status": `"none"`, "flight": `"N5130E"`, "gva": "2", "nac_p": "10", "nac_v": "2", "nic_baro": "1",
				"sda": "2", "sil": "3", "sil_type": `"perhour"`, "spi": "0", "tcas_ra_active": "false", "uat_version": "2",
			},
		},
		"a squawk and an emergency": {
			line(`"emergency":"nordo","flightplan_id":"7600","operational_modes":{"ident_active":true,"tcas_ra_active":true},"sil_supplement":"per_sample"`),
			map[string]string{
				"emergency": "true", "emergency_status": `"nordo"`, "sil_type": `"persample"`, "spi": "1", "squawk": `"7600"`, "tcas_ra_active": "true",
			},
		},
		"an emergency by its squawk":  {line(`"emergency":"none","flightplan_id":"7700"`), map[string]string{"emergency": "true", "emergency_status": `"none"`, "squawk": `"7700"`}},
		"an ambulance":                {line(`"emergency":"medical"`), map[string]string{"emergency": "false", "emergency_status": `"lifeguard"`}},
		"minimum fuel":                {line(`"emergency":"invalid"`), map[string]string{"emergency": "true", "emergency_status": `"minfuel"`}},
		"an emergency by its number":  {line(`"emergency":6`), map[string]string{"emergency": "true", "emergency_status": `"downed"`}},
		"on the ground":               {line(`"airground_state":"ground","ground_speed":12,"pressure_altitude":25,"true_track":90.0`), map[string]string{"alt": `"ground"`, "alt_baro": `"ground"`, "gs": "12", "track": "90.0"}},
		"on the ground, its headings": {line(`"airground_state":"ground","magnetic_heading":180.0,"true_heading":171.5`), map[string]string{"alt": `"ground"`, "alt_baro": `"ground"`, "mag_heading": "180.0", "true_heading": "171.5"}},
		"faster than sound":           {line(`"airground_state":"supersonic","pressure_altitude":60000,"vertical_velocity_barometric":64`), map[string]string{"alt": "60000", "alt_baro": "60000", "baro_rate": "64", "vr": "64"}},
		"velocities alone":            {line(`"east_velocity":-100,"north_velocity":0`), map[string]string{"gs": "100", "track": "270"}},
		"one velocity alone":          {line(`"north_velocity":100,"ground_speed":null`), nil},
		"what it intends": {
			line(`"barometric_pressure_setting":1013.6,"mode_indicators":{"altitude_hold":true,"approach":true,"autopilot":true,"lnav":true,"vnav":true},
				"selected_altitude_mcp":4000,"selected_altitude_type":"mcp_fcu","selected_heading":-90.0`),
			map[string]string{"nav_altitude_mcp": "4000", "nav_heading": "270", "nav_modes": `["autopilot","vnav","althold","approach","lnav"]`, "nav_qnh": "1013.6"},
		},
		"what it intends less": {
			line(`"mode_indicators":{"altitude_hold":false},"selected_altitude_fms":8000,"selected_heading":45.0`),
			map[string]string{"nav_altitude_fms": "8000", "nav_heading": "45", "nav_modes": `[]`},
		},
		"nothing but that it is there": {line(`"nic":0,"metadata":{"rssi":0.0}`), map[string]string{"nic": "0", "rc": "0"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := map[string]string{"seen": record.Time(at), "source": `"uat978"`, "type": `"adsb_icao"`}
			maps.Copy(want, test.want)
			u, reason := uat.NewDecoder(&geo.Point{Lat: 50, Lon: 8}).Decode(test.line, at)
			if reason != "" || u.Key != "A66EF1" || u.Whole {
				t.Fatalf("%+v, %s", u, reason)
			}
			got := map[string]string{}
			for _, f := range u.Fields {
				got[f.Name] = f.Raw
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	for qualifier, want := range map[string]string{
		"adsb_icao": "A66EF1 adsb_icao", "adsb_other": "~A66EF1 adsb_other", "tisb_icao": "A66EF1 tisb_icao", "tisb_trackfile": "~A66EF1 tisb_trackfile",
		"vehicle": "~A66EF1 adsb_other", "fixed_beacon": "~A66EF1 adsb_other", "adsr_other": "~A66EF1 adsr_other", "reserved": "~A66EF1 unknown", "": "~A66EF1 unknown",
	} {
		text := fmt.Sprintf(`{"address":"a66ef1","address_qualifier":%q,"position":{"lat":1.5,"lon":2}}`, qualifier)
		u, reason := uat.NewDecoder(nil).Decode(text, at)
		if got := u.Key + " " + strings.Trim(u.Fields.Get("type"), `"`); got != want || reason != "" {
			t.Errorf("%s: %s %s, want %s", qualifier, got, reason, want)
		}
		if got := u.Fields.Get("tisb"); (got == `["lat","lon"]`) != strings.HasPrefix(qualifier, "tisb") {
			t.Errorf("%s: tisb %s", qualifier, got)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := map[string]struct{ line, want string }{
		"half a line":           {`{"address":"a66ef1","address_qual`, uat.Malformed},
		"a frame, undecoded":    {`-00a66ef135445d525a0c0519119021204800;rs=0;`, uat.Malformed},
		"the other port's head": {`!fecfix=1;program=dump978-fa;version=11.0;`, uat.Malformed},
		"a list":                {`[]`, string(aircraft.NotObject)},
		"another object":        {`{"now" : 1675610064.166,"hex":"a9ef5c"}`, string(aircraft.BadHex)},
		"no address":            {`{"address":"66ef1","address_qualifier":"adsb_icao"}`, string(aircraft.BadHex)},
		"an address as number":  {`{"address":1}`, string(aircraft.WrongType)},
		"text for a number":     {line(`"ground_speed":"118"`), string(aircraft.WrongType)},
		"text for a velocity":   {line(`"north_velocity":"118"`), string(aircraft.WrongType)},
		"a list for an object":  {line(`"position":[1,2]`), string(aircraft.WrongType)},
		"an object for a code":  {line(`"emergency":{}`), string(aircraft.WrongType)},
		"half a position":       {line(`"position":{"lat":1}`), string(aircraft.HalfPosition)},
		"not on earth":          {line(`"position":{"lat":95,"lon":1}`), string(aircraft.PositionOutOfRange)},
		"in space":              {line(`"geometric_altitude":200000`), string(aircraft.AltitudeOutOfRange)},
		"too fast":              {line(`"east_velocity":9000,"north_velocity":0`), string(aircraft.SpeedOutOfRange)},
		"no direction":          {line(`"true_heading":-1`), string(aircraft.TrackOutOfRange)},
		"falls like a stone":    {line(`"vertical_velocity_barometric":-64000`), string(aircraft.RateOutOfRange)},
		"no octal digits":       {line(`"flightplan_id":"1280"`), string(aircraft.BadSquawk)},
		"too large":             {line(`"x":"` + strings.Repeat("x", 40_000) + `"`), string(aircraft.TooLarge)},
		"too deep":              {line(`"x":` + strings.Repeat("[", 99) + strings.Repeat("]", 99)), string(aircraft.TooDeep)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if u, reason := uat.NewDecoder(nil).Decode(test.line, at); reason != test.want || u.Key != "" {
				t.Errorf("%+v, %q; want %q", u, reason, test.want)
			}
		})
	}
}

// TestParts: call sign and squawk come in turns; what one tells is not lost with
// the other.
func TestParts(t *testing.T) {
	d := uat.NewDecoder(nil)
	var merged record.Fields
	for i, text := range []string{
		line(`"emergency":"nordo","flightplan_id":"7600","pressure_altitude":2000`),
		line(`"geometric_altitude":2100`),
		line(`"emergency":"none","callsign":"N5130E"`),
		line(`"pressure_altitude":2025`),
	} {
		u, reason := d.Decode(text, at+int64(i)*1000)
		if reason != "" {
			t.Fatal(reason)
		}
		merged.Merge(u.Fields)
	}
	for name, want := range map[string]string{
		"emergency": "true", "emergency_status": `"none"`, "squawk": `"7600"`, "flight": `"N5130E"`, "alt": "2025", "alt_geom": "2100",
	} {
		if got := merged.Get(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// TestUnconfirmed: what may be damaged is believed when it comes twice.
func TestUnconfirmed(t *testing.T) {
	d := uat.NewDecoder(nil)
	message := func(address string, errors int) string {
		return fmt.Sprintf(`{"address":%q,"address_qualifier":"adsb_icao","metadata":{"errors":%d}}`, address, errors)
	}
	for i, step := range []struct {
		address string
		errors  int
		after   int64 // seconds
		want    string
	}{
		{"aaaaaa", 0, 0, ""},
		{"aaaaaa", 7, 1, ""},
		{"bbbbbb", 7, 1, uat.Unconfirmed},
		{"cccccc", 5, 2, uat.Unconfirmed},
		{"dddddd", 4, 2, ""},
		{"bbbbbb", 6, 10, ""},
		{"cccccc", 5, 70, uat.Unconfirmed},
		{"cccccc", 0, 71, ""},
		{"aaaaaa", 6, 71, uat.Unconfirmed},
	} {
		if u, reason := d.Decode(message(step.address, step.errors), at+1000*step.after); reason != step.want || (u.Key == "") != (reason != "") {
			t.Errorf("step %d: %+v, %q; want %q", i, u, reason, step.want)
		}
	}
	for i := range 5000 { // nothing grows
		if _, reason := d.Decode(message(fmt.Sprintf("%06x", i), 7), at+80_000); reason != uat.Unconfirmed {
			t.Fatal(reason)
		}
	}
}

// TestClock: the receiver's clock is believed unless it is off.
func TestClock(t *testing.T) {
	d := uat.NewDecoder(nil)
	for i, step := range []struct{ received, want int64 }{{-250, -250}, {-3_600_000, 0}, {3_600_000, 0}, {-250, -250}, {-10_000, 0}} {
		text := line(fmt.Sprintf(`"position":{"lat":1,"lon":2},"metadata":{"received_at":%.3f}`, float64(at+step.received)/1000))
		u, reason := d.Decode(text, at)
		if reason != "" || u.Observed != at+step.want || u.Fields.Get("seen") != record.Time(u.Observed) || u.Fields.Get("seen_pos") != record.Time(u.Observed) {
			t.Errorf("step %d: %+v, %s", i, u, reason)
		}
	}
}

// TestDecodeRecorded: what dump978-fa 11.0 writes of real messages.
func TestDecodeRecorded(t *testing.T) {
	d := uat.NewDecoder(nil)
	lines := recordings.Lines(t, "testdata/stratux_gms5002_2015-09-07_uat.jsonl.gz")
	for i, text := range lines {
		var plain struct {
			Address  string
			Position struct{ Lat, Lon json.Number }
			Altitude json.Number `json:"pressure_altitude"`
			Speed    json.Number `json:"ground_speed"`
			Metadata struct {
				Received float64 `json:"received_at"`
			}
		}
		if err := json.Unmarshal([]byte(text), &plain); err != nil {
			t.Fatal(err)
		}
		heard := int64(plain.Metadata.Received*1000 + 0.5)
		u, reason := d.Decode(text, heard+5)
		if reason != "" || u.Key != "~"+strings.ToUpper(plain.Address) || u.Observed != heard {
			t.Fatalf("line %d: %+v, %s\n%s", i, u, reason, text)
		}
		for name, want := range map[string]string{
			"lat": plain.Position.Lat.String(), "lon": plain.Position.Lon.String(), "alt": plain.Altitude.String(), "gs": plain.Speed.String(),
			"type": `"tisb_trackfile"`, "source": `"uat978"`,
		} {
			if got := u.Fields.Get(name); got != want {
				t.Fatalf("line %d: %s is %q, want %q\n%s", i, name, got, want, text)
			}
		}
	}
	if len(lines) != 303 {
		t.Errorf("%d lines", len(lines))
	}
}

// TestDecodeRecordedFrames: what comes from dump978-fa's other port, frames that
// are not decoded, is refused.
func TestDecodeRecordedFrames(t *testing.T) {
	for _, file := range recordings.Files(t, "adsb/uat978/*") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			d := uat.NewDecoder(nil)
			for _, text := range recordings.Lines(t, file) {
				if u, reason := d.Decode(text, at); reason == "" || u.Key != "" {
					t.Fatalf("%+v of %s", u, text)
				}
			}
		})
	}
}

// FuzzDecode: whatever comes, what comes out is a sorted record of valid values
// under a valid key, or a reason.
func FuzzDecode(f *testing.F) {
	f.Add(line(`"airground_state":"ground","east_velocity":65,"north_velocity":-99,"position":{"lat":50.00001,"lon":9.0},"pressure_altitude":2000,"nic":9,"metadata":{"errors":7,"received_at":1699999999.9,"rssi":-12.3}`))
	f.Add(line(`"emergency":"invalid","flightplan_id":"7600","operational_modes":{"ident_active":true},"mode_indicators":{"lnav":true},"selected_heading":-90.0,"nic":99,"sil_supplement":"per_sample"`))
	f.Add(`{"address":"a66ef1","nic":-1,"nic":1e400,"position":{"lat":"1","lon":1e999},"emitter_category":"\ud800","metadata":{"rssi":1e308}}`)
	f.Fuzz(func(t *testing.T, text string) {
		d := uat.NewDecoder(&geo.Point{Lat: 1, Lon: 2})
		for range 2 {
			u, reason := d.Decode(text, at)
			if (u.Key == "") != (reason != "") {
				t.Fatalf("%+v, %q", u, reason)
			}
			if reason != "" {
				continue
			}
			if u.Whole {
				t.Fatalf("%+v", u)
			}
			feedtest.WantAircraft(t, u, at)
		}
	})
}

func ExampleDecoder() {
	const received = 1700000000500 // unix milliseconds of this machine's clock
	d := uat.NewDecoder(nil)
	u, _ := d.Decode(`{"address":"a66ef1","address_qualifier":"adsb_icao","airground_state":"airborne","ground_speed":118,"metadata":{"errors":0,"received_at":1700000000.1,"rssi":-12.3},`+
		`"position":{"lat":37.50001,"lon":-122.25},"pressure_altitude":2000,"true_track":146.7}`, received)
	fmt.Println(string(u.AppendJSON(nil, "hex", received)))
	// Output: {"hex":"A66EF1","alt":2000,"alt_baro":2000,"gs":118,"lat":37.50001,"lon":-122.25,"rssi":-12.3,"seen":0.4,"seen_pos":0.4,"source":"uat978","track":146.7,"type":"adsb_icao"}
}
