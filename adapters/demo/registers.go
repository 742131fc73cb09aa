package demo

// state is a state of registry: a part of the block of 24-bit addresses that
// ICAO Annex 10, volume III, chapter 9 allots to it (the part that civil
// aircraft use), and the form of its registrations ("@" a letter, "9" a digit).
type state struct {
	first, last  int
	registration string // of airliners
	small        string // of light aircraft
}

var (
	germany     = state{0x3C0000, 0x3DFFFF, "D-A@@@", "D-E@@@"}
	france      = state{0x380000, 0x39FFFF, "F-H@@@", "F-G@@@"}
	switzerland = state{0x4B0000, 0x4B6FFF, "HB-J@@", "HB-P@@"}
	austria     = state{0x440000, 0x443FFF, "OE-L@@", "OE-D@@"}
	netherlands = state{0x484000, 0x485FFF, "PH-B@@", "PH-S@@"}
	luftwaffe   = state{0x3EA000, 0x3EBFFF, "99+99", "99+99"}

	neighbours = []*state{&france, &switzerland, &austria, &netherlands}
)

// airline is an operator: its ICAO code, where its aircraft are registered, and
// the types that it flies.
type airline struct {
	code  string
	state *state
	types []string
}

var airlines = []airline{
	{"DLH", &germany, []string{"A319", "A320", "A20N", "A321", "A21N", "A333", "A359", "B748"}},
	{"EWG", &germany, []string{"A319", "A320"}},
	{"CFG", &germany, []string{"A320", "A321", "A339"}},
	{"TUI", &germany, []string{"B738", "B38M"}},
	{"GEC", &germany, []string{"B77L"}},
	{"AFR", &france, []string{"A318", "A320", "BCS3", "A359", "B77W"}},
	{"KLM", &netherlands, []string{"B738", "E190", "B772", "B789"}},
	{"SWR", &switzerland, []string{"A320", "BCS1", "BCS3", "A333", "B77W"}},
	{"AUA", &austria, []string{"A320", "A321", "E195", "B772"}},
	{"BAW", &state{0x400000, 0x43BFFF, "G-@@@@", "G-@@@@"}, []string{"A319", "A320", "A20N", "B772", "B789"}},
	{"EZY", &state{0x400000, 0x43BFFF, "G-E@@@", "G-@@@@"}, []string{"A319", "A320", "A20N"}},
	{"RYR", &state{0x4CA000, 0x4CAFFF, "EI-@@@", "EI-@@@"}, []string{"B738", "B38M"}},
	{"ITY", &state{0x300000, 0x32FFFF, "EI-@@@", "I-@@@@"}, []string{"A319", "A320", "BCS3", "A339"}},
	{"IBE", &state{0x340000, 0x34FFFF, "EC-@@@", "EC-@@@"}, []string{"A320", "A321", "A333", "A359"}},
	{"VLG", &state{0x340000, 0x34FFFF, "EC-@@@", "EC-@@@"}, []string{"A319", "A320", "A20N"}},
	{"TAP", &state{0x490000, 0x496FFF, "CS-T@@", "CS-D@@"}, []string{"A320", "A21N", "A339"}},
	{"LOT", &state{0x488000, 0x48CFFF, "SP-L@@", "SP-K@@"}, []string{"E75L", "E195", "B738", "B789"}},
	{"WZZ", &state{0x471000, 0x473BFF, "HA-L@@", "HA-S@@"}, []string{"A320", "A21N"}},
	{"SAS", &state{0x4A8000, 0x4AFFFF, "SE-R@@", "SE-K@@"}, []string{"A320", "A20N", "B738", "A359"}},
	{"NOZ", &state{0x478200, 0x47FFFF, "LN-@@@", "LN-@@@"}, []string{"B738", "B38M"}},
	{"DAT", &state{0x458000, 0x45EFFF, "OY-@@@", "OY-@@@"}, []string{"AT76", "A320"}},
	{"THY", &state{0x4BA000, 0x4BBFFF, "TC-J@@", "TC-@@@"}, []string{"B738", "B38M", "A321", "A333", "B77W"}},
	{"UAE", &state{0x896000, 0x896FFF, "A6-E@@", "A6-@@@"}, []string{"B77W", "A388"}},
	{"UAL", &state{0xA00001, 0xADF7C7, "N99999", "N999@@"}, []string{"B772", "B789", "B77W"}},
	{"DAL", &state{0xA00001, 0xADF7C7, "N999@@", "N999@@"}, []string{"A333", "A339", "A359"}},
	{"FDX", &state{0xA00001, 0xADF7C7, "N999FE", "N999@@"}, []string{"B77L", "B752"}},
	{"ACA", &state{0xC00000, 0xC0CDF8, "C-F@@@", "C-G@@@"}, []string{"A333", "B789", "B77W"}},
	{"ANA", &state{0x840000, 0x87FFFF, "JA99@A", "JA99@@"}, []string{"B77W", "B789"}},
}

// model is a type of aircraft: its ICAO designator (Doc 8643), its emitter
// category, and what it flies with.
type model struct {
	code     string
	category string
	perf     *performance
	cruise   float64 // kt
	approach float64 // kt, over the threshold
	bottom   float64 // ft, the lowest eastbound cruising level
	top      float64 // ft, the highest
}

var models = byCode(
	model{"A318", "A3", &jet, 438, 128, 31000, 39000},
	model{"A319", "A3", &jet, 442, 130, 31000, 39000},
	model{"A320", "A3", &jet, 446, 136, 31000, 39000},
	model{"A20N", "A3", &jet, 447, 136, 31000, 39000},
	model{"A321", "A3", &jet, 450, 142, 29000, 37000},
	model{"A21N", "A3", &jet, 450, 142, 31000, 39000},
	model{"BCS1", "A3", &jet, 444, 128, 33000, 41000},
	model{"BCS3", "A3", &jet, 446, 131, 33000, 41000},
	model{"B738", "A3", &jet, 450, 142, 31000, 39000},
	model{"B38M", "A3", &jet, 452, 142, 33000, 41000},
	model{"B752", "A4", &jet, 458, 136, 31000, 39000},
	model{"E75L", "A3", &jet, 432, 126, 29000, 37000},
	model{"E190", "A3", &jet, 440, 130, 31000, 39000},
	model{"E195", "A3", &jet, 440, 131, 31000, 39000},
	model{"A333", "A5", &jet, 470, 138, 33000, 41000},
	model{"A339", "A5", &jet, 472, 138, 35000, 41000},
	model{"A359", "A5", &jet, 484, 140, 35000, 41000},
	model{"A388", "A5", &jet, 486, 138, 33000, 41000},
	model{"B748", "A5", &jet, 488, 148, 31000, 39000},
	model{"B772", "A5", &jet, 482, 140, 33000, 41000},
	model{"B77L", "A5", &jet, 484, 145, 31000, 39000},
	model{"B77W", "A5", &jet, 484, 146, 31000, 39000},
	model{"B789", "A5", &jet, 484, 144, 35000, 41000},
	model{"AT76", "A2", &turboprop, 268, 114, 17000, 23000},
	model{"C152", "A1", &light, 90, 58, 0, 0},
	model{"C172", "A1", &light, 105, 61, 0, 0},
	model{"P28A", "A1", &light, 110, 62, 0, 0},
	model{"DA40", "A1", &light, 125, 66, 0, 0},
	model{"SR22", "A1", &light, 150, 74, 0, 0},
	model{"EC35", "A7", &rotorcraft, 130, 8, 0, 0},
	model{"EC45", "A7", &rotorcraft, 132, 8, 0, 0},
	model{"GLID", "B1", &glider, 60, 48, 0, 0},
	model{"EUFI", "A6", &fighter, 430, 145, 0, 0},
	model{"GND", "C2", &vehicle, 15, 15, 0, 0},
)

var (
	smallModels = []*model{models["C152"], models["C172"], models["P28A"], models["DA40"], models["SR22"]}
	helicopters = []*model{models["EC35"], models["EC45"]}
)

func byCode(list ...model) map[string]*model {
	m := make(map[string]*model, len(list))
	for i := range list {
		m[list[i].code] = &list[i]
	}
	return m
}
