package stats

import (
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
)

// places are where the aircraft in view are registered, and who flies them: kind
// "geographic". A country is that of the registration's nationality mark (ICAO Annex 7),
// an operator the three letters that begin an airline's callsign.
type places struct {
	Countries []country  `json:"countries_breakdown"`
	Operators []operator `json:"operators_frequency"`
	Military  []military `json:"military_breakdown"`
	Summary   struct {
		Aircraft  int     `json:"total_unique_aircraft"`
		Marked    int     `json:"aircraft_with_info"`
		Coverage  float64 `json:"info_coverage_pct"`
		Countries int     `json:"total_countries"`
		Operators int     `json:"total_operators"`
	} `json:"summary"`
	// What the web client reads.
	Named    []country `json:"countries"`
	Airlines []airline `json:"airlines"`

	byCountry  map[string]*military
	byOperator map[string]*operator
}

type country struct {
	Country    string  `json:"country"`
	Count      int     `json:"count"`
	Percentage float64 `json:"percentage"`
}

type operator struct {
	Operator string `json:"operator"`
	ICAO     string `json:"operator_icao"`
	Count    int    `json:"aircraft_count"`
}

type airline struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
}

type military struct {
	Country  string  `json:"country"`
	Military int     `json:"military_count"`
	Civilian int     `json:"civilian_count"`
	Total    int     `json:"total"`
	Share    float64 `json:"military_pct"`
}

// mostPlaces bounds the lists.
const mostPlaces = 20

func newPlaces() *places {
	return &places{byCountry: map[string]*military{}, byOperator: map[string]*operator{}}
}

func (p *places) add(a *aircraft) {
	p.Summary.Aircraft++
	if name := countryOf(record.Text(a.registration)); name != "" {
		p.Summary.Marked++
		m := p.byCountry[name]
		if m == nil {
			m = &military{Country: name}
			p.byCountry[name] = m
		}
		m.Total++
		if a.has(isMilitary) {
			m.Military++
		} else {
			m.Civilian++
		}
	}
	if code := operatorOf(record.Text(a.flight)); code != "" {
		o := p.byOperator[code]
		if o == nil {
			o = &operator{Operator: code, ICAO: code}
			p.byOperator[code] = o
		}
		o.Count++
	}
}

// end makes the lists.
func (p *places) end() {
	p.Summary.Coverage = share(p.Summary.Marked, p.Summary.Aircraft)
	p.Summary.Countries, p.Summary.Operators = len(p.byCountry), len(p.byOperator)
	p.Military = most(p.byCountry, mostPlaces, func(m *military) (int, string) { return m.Total, m.Country })
	p.Countries = []country{}
	for i := range p.Military {
		m := &p.Military[i]
		m.Share = share(m.Military, m.Total)
		p.Countries = append(p.Countries, country{m.Country, m.Total, share(m.Total, p.Summary.Marked)})
	}
	p.Named = p.Countries
	p.Operators = most(p.byOperator, mostPlaces, func(o *operator) (int, string) { return o.Count, o.ICAO })
	p.Airlines = []airline{}
	for _, o := range p.Operators {
		p.Airlines = append(p.Airlines, airline{o.ICAO, o.Count})
	}
}

// operatorOf gives the operator of a callsign such as KLM23; "" of any other.
func operatorOf(callsign string) string {
	callsign = strings.TrimSpace(callsign)
	if len(callsign) < 4 || len(callsign) > 8 || callsign[3] < '0' || callsign[3] > '9' {
		return ""
	}
	for i := range 3 {
		if callsign[i] < 'A' || callsign[i] > 'Z' {
			return ""
		}
	}
	return callsign[:3]
}

// countryOf gives the country of a registration; "" when its mark is none of those
// that are known here.
func countryOf(registration string) string {
	mark, rest, dashed := strings.Cut(strings.ToUpper(strings.TrimSpace(registration)), "-")
	switch {
	case dashed && rest != "" && countries[mark] != "":
		return countries[mark]
	case dashed || mark == "":
		return ""
	case mark[0] == 'N' && len(mark) > 1 && mark[1] >= '1' && mark[1] <= '9':
		return "United States"
	case strings.HasPrefix(mark, "JA"):
		return "Japan"
	case strings.HasPrefix(mark, "HL"):
		return "South Korea"
	}
	return ""
}

// countries are nationality marks that a dash follows.
var countries = map[string]string{
	"C": "Canada", "G": "United Kingdom", "D": "Germany", "F": "France", "I": "Italy", "B": "China",
	"VH": "Australia", "ZK": "New Zealand", "ZS": "South Africa", "EC": "Spain", "PH": "Netherlands", "HB": "Switzerland",
	"OE": "Austria", "OO": "Belgium", "SE": "Sweden", "LN": "Norway", "OY": "Denmark", "OH": "Finland", "EI": "Ireland",
	"CS": "Portugal", "SP": "Poland", "OK": "Czechia", "OM": "Slovakia", "HA": "Hungary", "YR": "Romania", "LZ": "Bulgaria",
	"SX": "Greece", "TC": "Turkey", "UR": "Ukraine", "RA": "Russia", "EW": "Belarus", "ES": "Estonia", "YL": "Latvia", "LY": "Lithuania",
	"9A": "Croatia", "S5": "Slovenia", "YU": "Serbia", "LX": "Luxembourg", "TF": "Iceland", "9H": "Malta", "5B": "Cyprus", "M": "Isle of Man",
	"4X": "Israel", "A6": "United Arab Emirates", "A7": "Qatar", "9K": "Kuwait", "HZ": "Saudi Arabia", "OD": "Lebanon", "JY": "Jordan", "EP": "Iran",
	"SU": "Egypt", "CN": "Morocco", "7T": "Algeria", "TS": "Tunisia", "ET": "Ethiopia", "5Y": "Kenya", "5N": "Nigeria",
	"VT": "India", "AP": "Pakistan", "HS": "Thailand", "9M": "Malaysia", "9V": "Singapore", "PK": "Indonesia", "RP": "Philippines", "VN": "Vietnam",
	"PP": "Brazil", "PR": "Brazil", "PS": "Brazil", "PT": "Brazil", "PU": "Brazil", "LV": "Argentina", "CC": "Chile", "HK": "Colombia", "OB": "Peru",
	"XA": "Mexico", "XB": "Mexico", "XC": "Mexico", "HP": "Panama", "CU": "Cuba", "P4": "Aruba", "VP": "United Kingdom (overseas)", "VQ": "United Kingdom (overseas)",
}
