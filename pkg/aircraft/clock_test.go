package aircraft_test

import (
	"testing"

	"github.com/skygate-io/skygate/pkg/aircraft"
)

func TestMoment(t *testing.T) {
	const received, hour = 1_700_000_000_000, 3_600_000
	tests := map[string]struct {
		now, date int64 // relative to received; 0 is unknown
		want      int64 // relative to received
	}{
		"clocks agree":                         {now: -300, date: -300, want: -300},
		"clocks agree, no date":                {now: -4900, want: -4900},
		"the receiver is a little ahead":       {now: 4900, date: 4900, want: 0},
		"the receiver is an hour ahead":        {now: hour - 700, date: hour, want: -700},
		"the receiver is an hour behind":       {now: -hour - 700, date: -hour, want: -700},
		"the file is an hour old":              {now: -hour, date: -1, want: 1 - hour},
		"old, and the clock is off":            {now: -3 * hour, date: -2 * hour, want: -hour},
		"date cut to the second is before now": {now: hour, date: hour - 900, want: 0},
		"far off, and nothing tells the age":   {now: -hour, want: 0},
		"a date that no clock tells":           {now: 100_000, date: 250_000_000_000_000, want: 0},
		"such a date, and the clock is off":    {now: -24 * hour, date: 24 * hour, want: 0},
		"a day old":                            {now: -24 * hour, date: -1, want: 1 - 24*hour},
		"the file says nothing":                {date: -1, want: 0},
		"neither the file nor the server says": {want: 0},
	}
	absolute := func(relative int64) int64 {
		if relative == 0 {
			return 0
		}
		return received + relative
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := new(aircraft.Clock).Moment(received, absolute(test.now), absolute(test.date)) - received; got != test.want {
				t.Errorf("%d ms after it was received, want %d", got, test.want)
			}
		})
	}
}

// TestMomentHolds: a clock that is off by about as much as is borne is not
// believed and disbelieved by turns.
func TestMomentHolds(t *testing.T) {
	var c aircraft.Clock
	for i, step := range []struct{ skew, want int64 }{
		{4900, -4900}, {5100, -300}, {4900, -300}, {3100, -300}, {2900, -2900}, {4900, -4900}, {-5100, -300}, {-3100, -300}, {-2900, 0},
	} {
		const received = 1_700_000_000_000
		now := received - step.skew
		if got := c.Moment(received, now, now+300) - received; got != step.want {
			t.Errorf("step %d, %d ms off: %d ms after it was received, want %d", i, step.skew, got, step.want)
		}
	}
}
