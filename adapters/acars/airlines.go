package acars

import (
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
)

// airline has two codes: IATA's is in the flight number that ACARS carries, ICAO's
// in the call sign that is spoken.
type airline struct{ iata, icao, name string }

// airlines are the larger ones.
var airlines = []airline{
	{"3U", "CSC", "Sichuan Airlines"},
	{"4Y", "OCN", "Discover Airlines"},
	{"5X", "UPS", "UPS Airlines"},
	{"5Y", "GTI", "Atlas Air"},
	{"6E", "IGO", "IndiGo"},
	{"7C", "JJA", "Jeju Air"},
	{"9E", "EDV", "Endeavor Air"},
	{"9W", "JAI", "Jet Airways"},
	{"AA", "AAL", "American Airlines"},
	{"AC", "ACA", "Air Canada"},
	{"AF", "AFR", "Air France"},
	{"AH", "DAH", "Air Algérie"},
	{"AI", "AIC", "Air India"},
	{"AM", "AMX", "Aeroméxico"},
	{"AR", "ARG", "Aerolíneas Argentinas"},
	{"AS", "ASA", "Alaska Airlines"},
	{"AT", "RAM", "Royal Air Maroc"},
	{"AV", "AVA", "Avianca"},
	{"AY", "FIN", "Finnair"},
	{"AZ", "ITY", "ITA Airways"},
	{"B6", "JBU", "JetBlue"},
	{"BA", "BAW", "British Airways"},
	{"BR", "EVA", "EVA Air"},
	{"BY", "TOM", "TUI Airways"},
	{"CA", "CCA", "Air China"},
	{"CI", "CAL", "China Airlines"},
	{"CK", "CKK", "China Cargo Airlines"},
	{"CM", "CMP", "Copa Airlines"},
	{"CV", "CLX", "Cargolux"},
	{"CX", "CPA", "Cathay Pacific"},
	{"CZ", "CSN", "China Southern Airlines"},
	{"D8", "IBK", "Norwegian Air International"},
	{"DE", "CFG", "Condor"},
	{"DL", "DAL", "Delta Air Lines"},
	{"DY", "NOZ", "Norwegian Air Shuttle"},
	{"EI", "EIN", "Aer Lingus"},
	{"EK", "UAE", "Emirates"},
	{"ET", "ETH", "Ethiopian Airlines"},
	{"EW", "EWG", "Eurowings"},
	{"EY", "ETD", "Etihad Airways"},
	{"F9", "FFT", "Frontier Airlines"},
	{"FI", "ICE", "Icelandair"},
	{"FR", "RYR", "Ryanair"},
	{"FX", "FDX", "FedEx Express"},
	{"FZ", "FDB", "flydubai"},
	{"G3", "GLO", "GOL Linhas Aéreas"},
	{"G4", "AAY", "Allegiant Air"},
	{"GA", "GIA", "Garuda Indonesia"},
	{"GF", "GFA", "Gulf Air"},
	{"HA", "HAL", "Hawaiian Airlines"},
	{"HU", "CHH", "Hainan Airlines"},
	{"IB", "IBE", "Iberia"},
	{"IR", "IRA", "Iran Air"},
	{"JJ", "TAM", "LATAM Airlines Brasil"},
	{"JL", "JAL", "Japan Airlines"},
	{"JQ", "JST", "Jetstar"},
	{"KE", "KAL", "Korean Air"},
	{"KL", "KLM", "KLM"},
	{"KU", "KAC", "Kuwait Airways"},
	{"LA", "LAN", "LATAM Airlines"},
	{"LH", "DLH", "Lufthansa"},
	{"LO", "LOT", "LOT Polish Airlines"},
	{"LR", "LRC", "Avianca Costa Rica"},
	{"LS", "EXS", "Jet2"},
	{"LX", "SWR", "Swiss"},
	{"LY", "ELY", "El Al"},
	{"MH", "MAS", "Malaysia Airlines"},
	{"MP", "MPH", "Martinair"},
	{"MQ", "ENY", "Envoy Air"},
	{"MS", "MSR", "EgyptAir"},
	{"MU", "CES", "China Eastern Airlines"},
	{"NH", "ANA", "All Nippon Airways"},
	{"NK", "NKS", "Spirit Airlines"},
	{"NZ", "ANZ", "Air New Zealand"},
	{"OH", "JIA", "PSA Airlines"},
	{"OO", "SKW", "SkyWest Airlines"},
	{"OS", "AUA", "Austrian Airlines"},
	{"OZ", "AAR", "Asiana Airlines"},
	{"PC", "PGT", "Pegasus Airlines"},
	{"PR", "PAL", "Philippine Airlines"},
	{"QF", "QFA", "Qantas"},
	{"QR", "QTR", "Qatar Airways"},
	{"RJ", "RJA", "Royal Jordanian"},
	{"SA", "SAA", "South African Airways"},
	{"SK", "SAS", "SAS"},
	{"SN", "BEL", "Brussels Airlines"},
	{"SQ", "SIA", "Singapore Airlines"},
	{"SU", "AFL", "Aeroflot"},
	{"SV", "SVA", "Saudia"},
	{"SY", "SCX", "Sun Country Airlines"},
	{"TA", "TAI", "Avianca El Salvador"},
	{"TG", "THA", "Thai Airways"},
	{"TK", "THY", "Turkish Airlines"},
	{"TP", "TAP", "TAP Air Portugal"},
	{"TS", "TSC", "Air Transat"},
	{"U2", "EZY", "easyJet"},
	{"UA", "UAL", "United Airlines"},
	{"UX", "AEA", "Air Europa"},
	{"VA", "VOZ", "Virgin Australia"},
	{"VB", "VIV", "Viva Aerobus"},
	{"VN", "HVN", "Vietnam Airlines"},
	{"VS", "VIR", "Virgin Atlantic"},
	{"VY", "VLG", "Vueling"},
	{"W6", "WZZ", "Wizz Air"},
	{"WN", "SWA", "Southwest Airlines"},
	{"WS", "WJA", "WestJet"},
	{"X3", "TUI", "TUI fly Deutschland"},
	{"XQ", "SXS", "SunExpress"},
	{"XY", "KNE", "flynas"},
	{"Y4", "VOI", "Volaris"},
	{"YV", "ASH", "Mesa Airlines"},
	{"YX", "RPA", "Republic Airways"},
}

// airlineByCode has each under both its codes.
var airlineByCode = func() map[string]*airline {
	m := make(map[string]*airline, 2*len(airlines))
	for i := range airlines {
		a := &airlines[i]
		m[a.iata], m[a.icao] = a, a
	}
	m["UP"] = m["UPS"] // what its aircraft use
	return m
}()

// airlineOf gives the airline and the number of a flight, as JSON; "" when it is
// none that is known. ACARS fills numbers up with zeros, people do not.
func airlineOf(flight string) string {
	for _, length := range []int{3, 2} { // XXX1 may be of X or of XX, but no code has a digit in the third place
		if len(flight) <= length {
			continue
		}
		a, number := airlineByCode[flight[:length]], flight[length:]
		if a == nil || !isFlightNumber(number) {
			continue
		}
		out := record.AppendString([]byte(`{"icao":`), a.icao)
		out = record.AppendString(append(out, `,"iata":`...), a.iata)
		out = record.AppendString(append(out, `,"name":`...), a.name)
		out = record.AppendString(append(out, `,"flight_number":`...), strings.TrimLeft(number[:len(number)-1], "0")+number[len(number)-1:])
		return string(append(out, '}'))
	}
	return ""
}

// isFlightNumber says whether a text is up to five digits and capitals, a digit
// first.
func isFlightNumber(s string) bool {
	if s == "" || len(s) > 5 || s[0] > '9' {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
