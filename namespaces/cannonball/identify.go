package cannonball

import (
	"regexp"
	"slices"
	"strings"
)

// Identity is what there is to tell by what an aircraft is; "" where that is not known.
type Identity struct {
	Callsign string
	Operator string // a designator of three letters, or in words; without one the callsign's
	Owner    string // whom it belongs to, in words
	Category string // of its transponder: A7 is a helicopter
	Type     string // an ICAO designator: EC35
}

// Kind is what an aircraft is, to someone who watches out.
type Kind struct {
	Category, Description, Confidence string
	// Agency is the force that an aircraft is of, by its designator; "" when it has none.
	Agency                                   string
	LawEnforcement, Helicopter, Surveillance bool
}

// How sure it is that an aircraft is what its kind says.
const (
	sureNone     = "none"
	sureLow      = "low"
	sureHigh     = "high"
	sureVeryHigh = "very_high"
)

// operators are the police and border forces that fly under a designator of their own.
var operators = map[string]string{
	"BPO": "Bundespolizei, Germany",
	"FGN": "Gendarmerie nationale, France",
	"FNG": "Border Guard, Finland",
	"UKP": "National Police Air Service, United Kingdom",
	"ZXP": "Police, Netherlands",
}

// callsigns are those that only police and border forces use.
var callsigns = regexp.MustCompile(`^(POLICE|POLAIR|POLIZEI|SHERIFF|TROOPER|NYPD|LAPD|RCMP|NPAS|PIROL|OMAHA|(CHP|DPS|POL)\d)`)

// owners are words in the names of police and border forces.
var owners = []string{
	"police", "sheriff", "state patrol", "highway patrol", "department of public safety", "dept of public safety",
	"law enforcement", "customs and border", "homeland security", "drug enforcement", "bureau of investigation",
	"marshals service", "department of justice", "border patrol", "border guard", "royal canadian mounted",
	"polizei", "politie", "policia", "policía", "polizia", "gendarmerie", "guardia civil", "guardia di finanza", "carabinieri",
}

// helicopters are the types of helicopters, by their first letters where those are enough.
var helicopters = []string{
	"A109", "A119", "A139", "A149", "A169", "A189", "ALH", "ALO2", "ALO3", "AS32", "AS3B", "AS50", "AS55", "AS65",
	"B06", "B105", "B212", "B214", "B222", "B230", "B407", "B412", "B427", "B429", "B430", "B47", "B505", "BK17",
	"EC20", "EC25", "EC30", "EC35", "EC45", "EC55", "EC75", "EH10", "EN28", "EN48", "EXPL", "GAZL", "G2CA",
	"H160", "H269", "H47", "H500", "H53", "H60", "H64", "KA32", "KMAX", "LYNX", "MD52", "MD60", "MI24", "MI26", "MI8",
	"NH90", "PUMA", "R22", "R44", "R66", "S61", "S64", "S65", "S76", "S92", "TIGR", "UH1",
}

// surveillance are the types of aeroplanes and drones that are mostly seen at work
// as observers.
var surveillance = []string{"BN2T", "C206", "C208", "DA62", "GA8", "HRON", "P68", "P68T", "PC12", "Q1", "Q4", "Q9", "R135", "T206", "U2"}

// Identify says what an aircraft is; ok is false when it is nothing to watch out for.
func Identify(id Identity) (k Kind, ok bool) {
	callsign := strings.ToUpper(strings.TrimSpace(id.Callsign))
	typeCode := strings.ToUpper(strings.TrimSpace(id.Type))
	k.Helicopter = strings.EqualFold(id.Category, "A7") || slices.ContainsFunc(helicopters, func(p string) bool {
		return strings.HasPrefix(typeCode, p) && len(typeCode) <= len(p)+1
	})
	k.Surveillance = slices.Contains(surveillance, typeCode)
	k.LawEnforcement, k.Confidence, k.Description = enforcement(id, callsign)
	if k.Confidence == sureVeryHigh {
		k.Agency = k.Description
	}
	switch {
	case k.LawEnforcement && k.Helicopter:
		k.Category = "Police Helicopter"
	case k.LawEnforcement:
		k.Category = "Law Enforcement"
	case k.Helicopter:
		k.Category, k.Description, k.Confidence = "Helicopter", "Helicopter", sureLow
	case k.Surveillance:
		k.Category, k.Description, k.Confidence = "Surveillance", "Type that is used for surveillance", sureLow
	default:
		return Kind{Confidence: sureNone}, false
	}
	return k, true
}

// enforcement says whether an aircraft is one of police or border forces, how sure
// that is, and by what.
func enforcement(id Identity, callsign string) (yes bool, confidence, why string) {
	operator := strings.ToUpper(strings.TrimSpace(id.Operator))
	if operator == "" && len(callsign) > 3 && callsign[3] >= '0' && callsign[3] <= '9' {
		operator = callsign[:3]
	}
	if name, ok := operators[operator]; ok {
		return true, sureVeryHigh, name
	}
	if callsigns.MatchString(callsign) {
		return true, sureHigh, "Callsign of law enforcement"
	}
	for _, name := range []string{id.Owner, id.Operator} {
		lower := strings.ToLower(name)
		if slices.ContainsFunc(owners, func(word string) bool { return strings.Contains(lower, word) }) {
			return true, sureHigh, strings.TrimSpace(name)
		}
	}
	return false, sureNone, ""
}
