package aircraft

import (
	"strconv"
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
)

// kind is what the value of a known field may be.
type kind int

const (
	anything kind = iota
	aNumber
	aText
	aLevel    // feet, or "ground"
	anAge     // seconds, or a record.Time
	aCode     // a word, or its number
	aPriority // a word, its number, or a bool that an earlier Normalise left
	aBool
	anObject
)

// kinds are the fields whose type the program, or a client that follows the
// dialect's description, relies on.
var kinds = map[string]kind{
	"alt_baro": aLevel, "altitude": aLevel, "alt": aLevel,
	"seen": anAge, "seen_pos": anAge,
	"sil_type": aCode, "emergency": aPriority,
	"military": aBool, "lastPosition": anObject,

	"type": aText, "flight": aText, "r": aText, "t": aText, "desc": aText, "squawk": aText, "category": aText,
	"emergency_status": aText,

	"lat": aNumber, "lon": aNumber, "alt_geom": aNumber, "gs": aNumber, "speed": aNumber, "ias": aNumber,
	"tas": aNumber, "mach": aNumber, "track": aNumber, "calc_track": aNumber, "track_rate": aNumber, "roll": aNumber,
	"mag_heading": aNumber, "true_heading": aNumber, "baro_rate": aNumber, "geom_rate": aNumber, "vert_rate": aNumber,
	"vr": aNumber, "nav_qnh": aNumber, "nav_altitude_mcp": aNumber, "nav_altitude_fms": aNumber, "nav_heading": aNumber,
	"nic": aNumber, "rc": aNumber, "version": aNumber, "nic_baro": aNumber, "nac_p": aNumber, "nac_v": aNumber,
	"sil": aNumber, "gva": aNumber, "sda": aNumber, "nucp": aNumber, "messages": aNumber, "rssi": aNumber,
	"dbFlags": aNumber, "wd": aNumber, "ws": aNumber, "oat": aNumber, "tat": aNumber, "r_dst": aNumber, "r_dir": aNumber,
	"distance_nm": aNumber, "uat_version": aNumber,
}

// clean drops what is absent or beyond a float64, brings the rest to its
// shortest text and refuses values of a wrong type. The fields stay sorted.
func clean(f *record.Fields) error {
	kept := (*f)[:0]
	for _, field := range *f {
		raw := strings.Trim(field.Raw, " \t\r\n")
		if raw == "" || raw == "null" || field.Name == "hex" {
			continue
		}
		raw, ok := compact(raw)
		if !ok || !kinds[field.Name].accepts(raw) {
			return &Error{Reason: WrongType, Field: field.Name}
		}
		if isFinite(raw) {
			kept = append(kept, record.Field{Name: field.Name, Raw: raw})
		}
	}
	clear((*f)[len(kept):])
	*f = kept
	return nil
}

func (k kind) accepts(raw string) bool {
	switch k {
	case aNumber:
		return isNumber(raw)
	case aText:
		return isText(raw)
	case aLevel:
		return raw == Ground || isNumber(raw)
	case anAge:
		_, isTime := record.ParseTime(raw)
		return isTime || isNumber(raw)
	case aCode:
		return isText(raw) || isNumber(raw)
	case aPriority:
		return isText(raw) || isNumber(raw) || isBool(raw)
	case aBool:
		return isBool(raw)
	case anObject:
		return raw[0] == '{'
	}
	return true
}

func isText(raw string) bool { return raw != "" && raw[0] == '"' }

func isBool(raw string) bool { return raw == "true" || raw == "false" }

// isNumber says whether raw is a JSON number that a float can hold. Longer ones
// than any receiver writes are not looked at.
func isNumber(raw string) bool {
	if raw == "" || len(raw) > 64 || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return false
	}
	if !strings.ContainsAny(raw, "eE") {
		return true
	}
	_, err := strconv.ParseFloat(raw, 64)
	return err == nil
}
