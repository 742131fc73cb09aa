package lease

import (
	"testing"
	"time"
)

// TestEar: reports at some times, and what the ear says at a last look, when it has
// looked all the time.
func TestEar(t *testing.T) {
	const deaf, look = 5 * time.Second, 500 * time.Millisecond
	every := func(from, to, pause time.Duration) (all []time.Duration) {
		for at := from; at <= to; at += pause {
			all = append(all, at)
		}
		return all
	}
	for name, test := range map[string]struct {
		reports    []time.Duration
		at         time.Duration
		deaf, well bool
	}{
		"nothing yet":                  {nil, 5 * time.Second, false, false},
		"nothing for long":             {nil, 5*time.Second + look, true, false},
		"for a moment":                 {every(0, 3*time.Second, time.Second), 3 * time.Second, false, false},
		"for long":                     {every(0, time.Minute, time.Second), time.Minute, false, true},
		"silent for a while":           {every(0, 10*time.Second, time.Second), 15 * time.Second, false, true},
		"silent":                       {every(0, 10*time.Second, time.Second), 15*time.Second + look, true, false},
		"again":                        {append(every(0, 10*time.Second, time.Second), 20*time.Second), 20 * time.Second, false, false},
		"again for long":               {append(every(0, 10*time.Second, time.Second), every(20*time.Second, 25*time.Second, time.Second)...), 25 * time.Second, false, true},
		"now and then, and just now":   {every(0, time.Minute, 6*time.Second), time.Minute, false, false},
		"now and then, and not lately": {every(0, time.Minute, 6*time.Second), time.Minute + 5*time.Second + look, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Unix(1000, 0)
			now := began
			e := ear{deaf: deaf, began: began, heard: func() (last time.Time) {
				for _, at := range test.reports {
					if at := began.Add(at); !at.After(now) {
						last = at
					}
				}
				return last
			}}
			var well bool
			for ; !now.After(began.Add(test.at)); now = now.Add(look) {
				well = e.isWell(now)
			}
			if is := e.isDeaf(began.Add(test.at)); is != test.deaf || well != test.well {
				t.Errorf("deaf: %v, well: %v", is, well)
			}
		})
	}
	t.Run("where it does not matter", func(t *testing.T) {
		if e := newEar(nil, deaf); e.isDeaf(time.Now().Add(time.Hour)) || e.isWell(time.Now()) {
			t.Error("it is deaf, or well")
		}
	})
}
