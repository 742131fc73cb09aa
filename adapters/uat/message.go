package uat

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/aircraft"
	"github.com/skygate-io/skygate/pkg/record"
)

// names are the fields that mean the same in aircraft.json, by their names here.
var names = map[string]string{
	"pressure_altitude":            "alt_baro",
	"geometric_altitude":           "alt_geom",
	"ground_speed":                 "gs",
	"true_track":                   "track",
	"true_heading":                 "true_heading",
	"magnetic_heading":             "mag_heading",
	"vertical_velocity_barometric": "baro_rate",
	"vertical_velocity_geometric":  "geom_rate",
	"callsign":                     "flight",
	"flightplan_id":                "squawk",
	"emitter_category":             "category",
	"mops_version":                 "uat_version",
	"nic":                          "nic",
	"nic_baro":                     "nic_baro",
	"nac_p":                        "nac_p",
	"nac_v":                        "nac_v",
	"sil":                          "sil",
	"sda":                          "sda",
	"gva":                          "gva",
	"selected_altitude_mcp":        "nav_altitude_mcp",
	"selected_altitude_fms":        "nav_altitude_fms",
	"barometric_pressure_setting":  "nav_qnh",
}

// types are the kinds of sources of aircraft.json, by the address qualifiers here.
var types = map[string]string{
	"adsb_icao":      "adsb_icao",
	"adsb_other":     "adsb_other",
	"adsr_other":     "adsr_other",
	"tisb_icao":      "tisb_icao",
	"tisb_trackfile": "tisb_trackfile",
	"vehicle":        "adsb_other",
	"fixed_beacon":   "adsb_other",
}

// emergencies are the words that differ. dump978-fa 11.0 has no word for minimum
// fuel, and writes "invalid" for it, and for nothing else.
var emergencies = map[string]string{
	`"medical"`: `"lifeguard"`,
	`"invalid"`: `"minfuel"`,
}

// containment is the radius, in metres, within which an aircraft is, by nic (RTCA
// DO-282B, table 2-15); of 6 the larger one. 0 is unknown.
var containment = [...]string{"0", "37040", "14816", "7408", "3704", "1852", "1111.2", "370.4", "185.2", "75", "25", "7.5"}

// silTypes are the words for sil_type.
var silTypes = map[string]string{"per_hour": `"perhour"`, "per_sample": `"persample"`}

// message holds what has another form in aircraft.json.
type message struct {
	Address   string `json:"address"`
	Qualifier string `json:"address_qualifier"`
	Position  struct {
		Lat json.Number `json:"lat"`
		Lon json.Number `json:"lon"`
	} `json:"position"`
	State   string          `json:"airground_state"`
	North   *float64        `json:"north_velocity"`
	East    *float64        `json:"east_velocity"`
	Urgency json.RawMessage `json:"emergency"`
	SIL     string          `json:"sil_supplement"`
	NIC     *float64        `json:"nic"`
	Heading *float64        `json:"selected_heading"`
	Modes   *struct {
		Autopilot bool `json:"autopilot"`
		VNAV      bool `json:"vnav"`
		AltHold   bool `json:"altitude_hold"`
		Approach  bool `json:"approach"`
		LNAV      bool `json:"lnav"`
	} `json:"mode_indicators"`
	Status *struct {
		RA    bool `json:"tcas_ra_active"`
		Ident bool `json:"ident_active"`
	} `json:"operational_modes"`
	Metadata struct {
		RSSI     float64     `json:"rssi"`
		Errors   int         `json:"errors"`
		Received json.Number `json:"received_at"`
	} `json:"metadata"`
}

// key is the address as the aircraft are known by, not yet looked into. Those of
// the adsb_icao and tisb_icao are assigned by ICAO, the others are not.
func (m *message) key() string {
	if m.Qualifier == "adsb_icao" || m.Qualifier == "tisb_icao" {
		return m.Address
	}
	return "~" + m.Address
}

// received is when dump978-fa heard the message, by its clock, in unix
// milliseconds; 0 when it does not say.
func (m *message) received() int64 { return aircraft.UnixMilli(m.Metadata.Received.String()) }

// fields gives what a message tells. given are its fields, as they came.
func (m *message) fields(given record.Fields, at int64) record.Fields {
	f := fields{make(record.Fields, 0, 48)}
	for _, g := range given {
		if name := names[g.Name]; name != "" && g.Raw != "null" && (name != "alt_baro" || !m.onGround()) {
			f.add(name, g.Raw)
		}
	}
	f.add("source", `"uat978"`)
	f.add("seen", record.Time(at))
	m.addOrigin(&f)
	m.addPosition(&f, at)
	m.addVelocity(&f, given)
	m.addStatus(&f)
	m.addIntent(&f)
	if m.Metadata.RSSI != 0 {
		f.add("rssi", record.Number(m.Metadata.RSSI, 1))
	}
	return f.list
}

func (m *message) onGround() bool { return m.State == "ground" }

func (m *message) addOrigin(f *fields) {
	kind := types[m.Qualifier]
	if kind == "" {
		kind = "unknown"
	}
	f.add("type", record.String(kind))
	if strings.HasPrefix(kind, "tisb_") && m.Position.Lat != "" {
		f.add("tisb", `["lat","lon"]`)
	}
}

func (m *message) addPosition(f *fields, at int64) {
	if m.onGround() {
		f.add("alt_baro", aircraft.Ground)
	}
	f.add("lat", m.Position.Lat.String())
	f.add("lon", m.Position.Lon.String())
	if m.Position.Lat != "" {
		f.add("seen_pos", record.Time(at))
	}
	if m.NIC != nil && *m.NIC >= 0 && int(*m.NIC) < len(containment) {
		f.add("rc", containment[int(*m.NIC)])
	}
}

// addVelocity tells speed and track where only the velocities are told.
func (m *message) addVelocity(f *fields, given record.Fields) {
	if m.North == nil || m.East == nil || given.Get("ground_speed") != "" || given.Get("true_track") != "" {
		return
	}
	f.add("gs", record.Number(math.Hypot(*m.North, *m.East), 1))
	f.add("track", record.Number(round360(math.Atan2(*m.East, *m.North)*180/math.Pi), 1))
}

func (m *message) addStatus(f *fields) {
	if urgency := string(m.Urgency); urgency != "" && urgency != "null" {
		if word, ok := emergencies[urgency]; ok {
			urgency = word
		}
		f.add("emergency", urgency)
	}
	f.add("sil_type", silTypes[m.SIL])
	if m.Status != nil {
		f.add("spi", map[bool]string{true: "1", false: "0"}[m.Status.Ident])
		f.add("tcas_ra_active", strconv.FormatBool(m.Status.RA))
	}
}

// addIntent tells what the autopilot is set to.
func (m *message) addIntent(f *fields) {
	if m.Heading != nil {
		f.add("nav_heading", record.Number(round360(*m.Heading), 1))
	}
	if m.Modes == nil {
		return
	}
	on := []string{}
	for _, mode := range [...]struct {
		is   bool
		name string
	}{
		{m.Modes.Autopilot, `"autopilot"`}, {m.Modes.VNAV, `"vnav"`}, {m.Modes.AltHold, `"althold"`},
		{m.Modes.Approach, `"approach"`}, {m.Modes.LNAV, `"lnav"`},
	} {
		if mode.is {
			on = append(on, mode.name)
		}
	}
	f.add("nav_modes", "["+strings.Join(on, ",")+"]")
}

// fields collects fields.
type fields struct{ list record.Fields }

// add adds a field unless its value is unknown.
func (f *fields) add(name, raw string) {
	if raw != "" {
		f.list = append(f.list, record.Field{Name: name, Raw: raw})
	}
}

// round360 gives a direction as one from 0 to 360.
func round360(degrees float64) float64 {
	if degrees < 0 {
		return degrees + 360
	}
	return degrees
}
