package demo

// alarm is an emergency, as the transponder tells it.
type alarm struct {
	squawk string // "" when there is none
	status string // the word for it in the field emergency
}

var alarms = [...]struct {
	alarm
	upTo float64 // how often, added up
}{
	{alarm{"7700", "general"}, 0.7},
	{alarm{"7600", "nordo"}, 0.94},
	{alarm{"7500", "unlawful"}, 1},
}

// emergencies lets one aircraft at a time have one.
type emergencies struct {
	flight *flight // nil when all is well
	change float64 // s: when that ends, or the next begins
}

func (e *emergencies) step(s *Sim) {
	switch {
	case e.change == 0:
		e.change = s.clock + 30 + s.rng.Float64()*90
	case e.flight != nil && (s.clock >= e.change || e.flight.over):
		e.flight.alarm = alarm{}
		e.flight = nil
		e.change = s.clock + 120 + s.rng.Float64()*180
	case e.flight == nil && s.clock >= e.change:
		e.begin(s)
	}
}

// begin gives an emergency to an aircraft in the air that was heard before, so
// that its squawk is seen to change. When none is found in a few tries the next
// step tries again.
func (e *emergencies) begin(s *Sim) {
	for range 10 {
		f := s.flights[s.rng.IntN(len(s.flights))]
		if f.over || f.ground || f.squawk == "" || !f.image.form.known {
			continue
		}
		luck, which := s.rng.Float64(), 0
		for luck > alarms[which].upTo {
			which++
		}
		f.alarm = alarms[which].alarm
		e.flight, e.change = f, s.clock+60+s.rng.Float64()*60
		return
	}
}
