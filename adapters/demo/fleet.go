package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
)

// identity is what an aircraft says about itself, and what a database adds.
type identity struct {
	key    string // the address as in the field hex, upper case, "~" before one that is not ICAO's
	model  *model
	squawk string        // four octal digits; "" when it has no transponder code
	fixed  record.Fields // the fields that stay as they are
}

// fleet gives out identities. No two in use are alike.
type fleet struct {
	rng   *rand.Rand
	taken map[string]bool // addresses in use
}

// release gives an address back.
func (f *fleet) release(key string) { delete(f.taken, key) }

func (f *fleet) airliner() identity {
	line := &airlines[f.rng.IntN(len(airlines))]
	m := models[line.types[f.rng.IntN(len(line.types))]]
	return f.known(line.state, m, line.state.registration, f.flightNumber(line.code))
}

// flightNumber is an operator's code and a number, or, as is usual in Europe,
// a number with letters that no other flight nearby sounds like.
func (f *fleet) flightNumber(code string) string {
	if f.rng.IntN(5) < 3 {
		return fmt.Sprintf("%s%d", code, 1+f.rng.IntN(9998))
	}
	return code + f.fill("9@@"[:2+f.rng.IntN(2)])
}

func (f *fleet) small() identity {
	state := &germany
	if f.rng.IntN(4) == 0 {
		state = neighbours[f.rng.IntN(len(neighbours))]
	}
	return f.called(state, smallModels[f.rng.IntN(len(smallModels))], state.small, "7000")
}

func (f *fleet) glider() identity {
	return f.called(&germany, models["GLID"], "D-9999", "")
}

func (f *fleet) helicopter() identity {
	m := helicopters[f.rng.IntN(len(helicopters))]
	return f.known(&germany, m, "D-H@@@", fmt.Sprintf("CHX%d", 1+f.rng.IntN(89)))
}

// fighter is one of a pair: its number is that in the flight.
func (f *fleet) fighter(number int) identity {
	id := f.known(&luftwaffe, models["EUFI"], "99+99", fmt.Sprintf("GAF%d%d", 61+f.rng.IntN(9), number))
	id.fixed = append(id.fixed, record.Field{Name: "dbFlags", Raw: "1"})
	return id
}

func (f *fleet) vehicle() identity {
	id := identity{key: f.address(&germany), model: models["GND"]}
	id.fixed = append(id.describe("adsb_icao_nt"), text("flight", fmt.Sprintf("FOLLOW%d", 1+f.rng.IntN(20))))
	return id
}

// anonymous has an address that a ground station made up, and no more.
func (f *fleet) anonymous() identity {
	id := identity{key: f.free(func() string { return fmt.Sprintf("~%06X", 0x200000+f.rng.IntN(0x100000)) }), model: models["C172"]}
	id.fixed = record.Fields{text("type", "tisb_other"),
		{Name: "tisb", Raw: `["altitude","gs","track","lat","lon"]`}, {Name: "mlat", Raw: "[]"},
		{Name: "nic", Raw: "6"}, {Name: "rc", Raw: "926"}, {Name: "nac_p", Raw: "7"}, {Name: "sil", Raw: "2"}, text("sil_type", "unknown")}
	return id
}

// called is an aircraft whose call sign is its registration.
func (f *fleet) called(of *state, m *model, pattern, squawk string) identity {
	id := f.known(of, m, pattern, "")
	id.squawk = squawk
	for _, field := range id.fixed {
		if field.Name == "r" {
			id.fixed = append(id.fixed, record.Field{Name: "flight", Raw: strings.ReplaceAll(field.Raw, "-", "")})
		}
	}
	return id
}

// known is an aircraft with an address of a state, a registration and a call
// sign, if any.
func (f *fleet) known(of *state, m *model, pattern, flight string) identity {
	id := identity{key: f.address(of), model: m, squawk: f.code()}
	id.fixed = append(id.describe("adsb_icao"), text("r", f.fill(pattern)), text("t", m.code))
	if flight != "" {
		id.fixed = append(id.fixed, text("flight", flight))
	}
	return id
}

// describe gives what an ADS-B transponder of version 2 reports of itself and
// of the quality of its data.
func (id *identity) describe(source string) record.Fields {
	return record.Fields{
		text("type", source), text("category", id.model.category),
		{Name: "version", Raw: "2"}, {Name: "nic", Raw: "8"}, {Name: "rc", Raw: "186"}, {Name: "nic_baro", Raw: "1"},
		{Name: "nac_p", Raw: "9"}, {Name: "nac_v", Raw: "1"}, {Name: "sil", Raw: "3"}, text("sil_type", "perhour"),
		{Name: "gva", Raw: "2"}, {Name: "sda", Raw: "2"}, {Name: "alert", Raw: "0"}, {Name: "spi", Raw: "0"},
		{Name: "mlat", Raw: "[]"}, {Name: "tisb", Raw: "[]"},
	}
}

func text(name, value string) record.Field {
	return record.Field{Name: name, Raw: record.String(value)}
}

func (f *fleet) address(of *state) string {
	return f.free(func() string {
		return fmt.Sprintf("%06X", of.first+f.rng.IntN(of.last-of.first+1))
	})
}

func (f *fleet) free(draw func() string) string {
	for {
		if key := draw(); !f.taken[key] {
			f.taken[key] = true
			return key
		}
	}
}

// code is a squawk that is not one of those with a meaning of their own.
func (f *fleet) code() string {
	for {
		code := fmt.Sprintf("%04o", 0o0100+f.rng.IntN(0o7600))
		switch code {
		case "1000", "1200", "2000", "7000", "7500", "7600":
			continue
		}
		return code
	}
}

// fill replaces each "@" of a pattern by a letter and each "9" by a digit.
func (f *fleet) fill(pattern string) string {
	out := []byte(pattern)
	for i, c := range out {
		switch c {
		case '@':
			out[i] = "ABCDEFGHJKLMNPRSTUVWXYZ"[f.rng.IntN(23)]
		case '9':
			out[i] = byte('1' + f.rng.IntN(9))
		}
	}
	return string(out)
}
