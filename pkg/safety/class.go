package safety

import "strings"

// class is a kind of aircraft, by how it flies.
type class int

const (
	unknownClass class = iota
	airliner
	militaryTransport
	fighter
	rotorcraft
	lightGA
	glider
	uav
	classes
)

// profile is what is normal for a class.
type profile struct {
	name string
	// aerobatic aircraft fly any vertical speed; extreme is another threshold.
	aerobatic bool
	// agile aircraft turn climb into descent all the time, and have no TCAS.
	agile bool
	// formation is flown on purpose.
	formation bool
	// light aircraft see and avoid each other: they may be closer.
	light bool
}

var profiles = [classes]profile{
	unknownClass:      {name: "unknown"},
	airliner:          {name: "airliner"},
	militaryTransport: {name: "military_transport", formation: true},
	fighter:           {name: "fighter", aerobatic: true, agile: true, formation: true},
	rotorcraft:        {name: "rotorcraft", agile: true, formation: true, light: true},
	lightGA:           {name: "light_ga", agile: true, light: true},
	glider:            {name: "glider", agile: true, light: true},
	uav:               {name: "uav", agile: true, light: true},
}

// classOf goes by the category where it tells most (high performance,
// rotorcraft), then by the type of a military aircraft, then by the category. A
// military aircraft that tells nothing is taken as a fighter, whose manoeuvres
// mean nothing.
func classOf(a *Aircraft) class {
	category := strings.ToUpper(a.category)
	switch category {
	case "A6":
		return fighter
	case "A7":
		return rotorcraft
	}
	if c, ok := militaryTypes[strings.ToUpper(a.typeCode)]; ok {
		return c
	}
	switch category {
	case "A3", "A4", "A5":
		return airliner
	case "A1", "A2", "B2", "B3", "B4":
		return lightGA
	case "B1":
		return glider
	case "B6":
		return uav
	}
	if a.has(isMilitary) {
		return fighter
	}
	return unknownClass
}

// militaryTypes are the ICAO type designators (Doc 8643) of military aircraft
// that are often seen.
var militaryTypes = typesOf(map[class]string{
	fighter: "A10 AJET AMX EUFI F104 F111 F117 F14 F15 F16 F18 F18H F18S F22 F35 F4 F5 HAR HAWK L159 M339 M346 MG29 MG31 " +
		"MIR2 RFAL SB39 SU24 SU25 SU27 SU30 SU34 SU35 T38 TOR",
	militaryTransport: "A400 B1 B2 B52 C130 C135 C160 C17 C2 C27J C30J C5 C5M E3CF E3TF E6 E737 E767 K35A K35E K35R P3 P8 R135 U2",
	rotorcraft:        "EH10 H47 H53 H53S H60 H64 LYNX MI24 MI8 NH90 S61 TIGR V22",
	uav:               "HRON Q1 Q4 Q9",
})

func typesOf(lists map[class]string) map[string]class {
	types := map[string]class{}
	for c, list := range lists {
		for t := range strings.FieldsSeq(list) {
			types[t] = c
		}
	}
	return types
}
