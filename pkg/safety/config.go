package safety

import (
	"fmt"
	"time"
)

// Config holds the thresholds. The defaults are those of the reference's code.
type Config struct {
	// SquawkConfirm is how many observations in a row must show an emergency before
	// it is told, and another code before it is over: 1 (the default: at first
	// sight, as an aircraft may be heard only once) to 10. More is for pilots who
	// turn the knob through such codes, and for receivers that disagree.
	SquawkConfirm int `koanf:"squawk_confirm"`
	// SquawkExpiry is how long an emergency lives that is no longer seen: 10s to
	// 24h, default 5m.
	SquawkExpiry time.Duration `koanf:"squawk_expiry"`
	// Expiry is how long any other event lives that is no longer seen: 1s to 1h,
	// default 45s.
	Expiry time.Duration `koanf:"expiry"`
	// Cooldown is how long any other event lives at least: what happens again
	// within it is told as no other event. 0s to 1h, default 60s.
	Cooldown time.Duration `koanf:"cooldown"`
	// UpdateEvery is how often an event's changes are told at most, but for a
	// higher severity, which is told at once: 0s to 10m, default 5s.
	UpdateEvery time.Duration `koanf:"update_every"`
	// EaseAfter is how long a severity must not have been reached before a lower
	// one is told: 0s to 10m, default 15s.
	EaseAfter time.Duration `koanf:"ease_after"`
	// UpdateNM (NM, default 0.1), UpdateFt (ft, 100) and UpdateFpm (ft/min, 1000)
	// are the changes of what is assessed that are worth telling.
	UpdateNM  float64 `koanf:"update_nm"`
	UpdateFt  float64 `koanf:"update_ft"`
	UpdateFpm float64 `koanf:"update_fpm"`

	// ExtremeFpm is the vertical speed (ft/min) that is extreme: default 9000.
	// From ExtremeWarningFpm (10500) on it is a warning, from ExtremeCriticalFpm
	// (12000) on it is critical.
	ExtremeFpm         float64 `koanf:"vs_extreme_fpm"`
	ExtremeWarningFpm  float64 `koanf:"vs_extreme_warning_fpm"`
	ExtremeCriticalFpm float64 `koanf:"vs_extreme_critical_fpm"`
	// VSConfirm is how long such a speed must be told before it is believed: 1s to
	// 10s, default 2s. Meanwhile the altitude, where it is told, must follow.
	VSConfirm time.Duration `koanf:"vs_confirm"`
	// ExtremeFighterFpm is that of a fighter (ft/min): default 15000.
	ExtremeFighterFpm float64 `koanf:"vs_extreme_fighter_fpm"`
	// TCASFpm is the vertical speed (ft/min) that both sides of a reversal reach
	// that looks like a resolution advisory: default 1500.
	TCASFpm float64 `koanf:"tcas_vs_fpm"`
	// ChangeFpm is the change (ft/min) that makes a reversal: default 2000. One
	// below ChangeWarningFpm (4000) is not told.
	ChangeFpm        float64 `koanf:"vs_change_fpm"`
	ChangeWarningFpm float64 `koanf:"vs_change_warning_fpm"`
	// ReversalSpan is how far back the vertical speed is that the present one is
	// compared with: 1s to 30s, default 4s. ReversalSpanMin (2s) will do when there
	// is none, ReversalSpanMax (30s) is too far.
	ReversalSpan    time.Duration `koanf:"reversal_span"`
	ReversalSpanMin time.Duration `koanf:"reversal_span_min"`
	ReversalSpanMax time.Duration `koanf:"reversal_span_max"`
	// TrafficNM (NM, default 3) and TrafficFt (ft, 1000) are how near another
	// aircraft is that a reversal may be meant for.
	TrafficNM float64 `koanf:"traffic_nm"`
	TrafficFt float64 `koanf:"traffic_ft"`
	// AdvisoryAge is how long a resolution advisory counts that does not change in
	// the record: 1s to 10m, default 15s, which is how long readsb shows one.
	AdvisoryAge time.Duration `koanf:"advisory_age"`

	// ProximityNM (NM, default 0.5) and AltitudeDiffFt (ft, 500) are how close two
	// aircraft are in a conflict. MixedAltitudeFt (ft, 250) is added where one
	// altitude is barometric and the other geometric.
	ProximityNM     float64 `koanf:"proximity_nm"`
	AltitudeDiffFt  float64 `koanf:"altitude_diff_ft"`
	MixedAltitudeFt float64 `koanf:"mixed_altitude_ft"`
	// NearMissNM is the distance (NM) within which it does not matter whether they
	// come closer: default 0.15.
	NearMissNM float64 `koanf:"near_miss_nm"`
	// A conflict within CriticalNM (NM, default 0.25) and CriticalFt (ft, 300) is
	// critical; one within WarningNM (NM, 0.35) or WarningFt (ft, 400) is a warning;
	// any other is not told.
	CriticalNM float64 `koanf:"critical_nm"`
	CriticalFt float64 `koanf:"critical_ft"`
	WarningNM  float64 `koanf:"warning_nm"`
	WarningFt  float64 `koanf:"warning_ft"`
	// LightScale is what gliders, light aircraft, rotorcraft and drones multiply
	// these distances with: above 0 to 1, default 0.4. In a pair the larger scale counts.
	LightScale float64 `koanf:"light_scale"`
	// LeaveScale is what they are multiplied with for a conflict to be over: 1 to
	// 3, default 1.3.
	LeaveScale float64 `koanf:"leave_scale"`
	// ProximityConfirm is how many observations in a row must show a conflict
	// before it is told: 1 (the default) to 10.
	ProximityConfirm int `koanf:"proximity_confirm"`
	// SearchNM is how near (NM) two aircraft are that are looked at: default 2.
	SearchNM float64 `koanf:"search_nm"`
	// LookAhead is how far ahead a closest approach counts: 1s to 5m, default 35s.
	LookAhead time.Duration `koanf:"look_ahead"`

	// MaxPositionAge is how old a position may be: 1s to 60s, default 15s.
	MaxPositionAge time.Duration `koanf:"max_position_age"`
	// MinAltitudeFt (ft, default 500), MinSpeedKt (kt, 40) and MinRotorSpeedKt (kt,
	// 5; of rotorcraft) are what an aircraft must have to be in flight. MaxSpeedKt
	// (kt, 1200) is more than any has: such a speed is not believed.
	MinAltitudeFt   float64 `koanf:"min_altitude_ft"`
	MinSpeedKt      float64 `koanf:"min_speed_kt"`
	MinRotorSpeedKt float64 `koanf:"min_rotor_speed_kt"`
	MaxSpeedKt      float64 `koanf:"max_speed_kt"`
	// MinNIC is the least navigation integrity category of a position that counts,
	// where the aircraft tells one: 0 (the default: any) to 11.
	MinNIC int `koanf:"min_nic"`

	// FormationKt is the closure rate (kt) below which two aircraft of a kind that
	// flies in formation keep station: default 30.
	FormationKt float64 `koanf:"formation_kt"`
	// AirportNM (NM, default 5) and AirportFt (ft above the field, 3000) are how
	// near to an airport a take-off or landing is, AirportFpm (ft/min, 300) the
	// vertical speed of one.
	AirportNM  float64 `koanf:"airport_nm"`
	AirportFt  float64 `koanf:"airport_ft"`
	AirportFpm float64 `koanf:"airport_fpm"`
	// Airports are these airports, each IDENT/LAT/LON/ELEVATION in degrees and
	// feet. Default: 46 large ones of the United States.
	Airports []string `koanf:"airports"`
}

// DefaultConfig is what the reference's code has.
func DefaultConfig() Config {
	return Config{
		SquawkConfirm: 1, SquawkExpiry: 5 * time.Minute,
		Expiry: 45 * time.Second, Cooldown: time.Minute,
		UpdateEvery: 5 * time.Second, EaseAfter: 15 * time.Second,
		UpdateNM: 0.1, UpdateFt: 100, UpdateFpm: 1000,

		ExtremeFpm: 9000, ExtremeWarningFpm: 10_500, ExtremeCriticalFpm: 12_000, ExtremeFighterFpm: 15_000,
		VSConfirm: 2 * time.Second,
		TCASFpm:   1500, ChangeFpm: 2000, ChangeWarningFpm: 4000,
		ReversalSpan: 4 * time.Second, ReversalSpanMin: 2 * time.Second, ReversalSpanMax: 30 * time.Second,
		TrafficNM: 3, TrafficFt: 1000,
		AdvisoryAge: 15 * time.Second,

		ProximityNM: 0.5, AltitudeDiffFt: 500, MixedAltitudeFt: 250, NearMissNM: 0.15,
		CriticalNM: 0.25, CriticalFt: 300, WarningNM: 0.35, WarningFt: 400,
		LightScale: 0.4, LeaveScale: 1.3, ProximityConfirm: 1,
		SearchNM: 2, LookAhead: 35 * time.Second,

		MaxPositionAge: 15 * time.Second,
		MinAltitudeFt:  500, MinSpeedKt: 40, MinRotorSpeedKt: 5, MaxSpeedKt: 1200,

		FormationKt: 30,
		AirportNM:   5, AirportFt: 3000, AirportFpm: 300,
		Airports: append([]string(nil), usAirports[:]...),
	}
}

// Validate names the first value that is out of range.
func (c *Config) Validate() error {
	for _, l := range c.limits() {
		if !(l.value >= l.least && l.value <= l.most) {
			return fmt.Errorf("%s: %v is out of range: from %v to %v%s", l.key, l.value, l.least, l.most, l.unit)
		}
	}
	for _, l := range c.durations() {
		if l.value < l.least || l.value > l.most {
			return fmt.Errorf("%s: %v is out of range: from %v to %v", l.key, l.value, l.least, l.most)
		}
	}
	if least := c.LeaveScale * c.ProximityNM; c.SearchNM < least {
		return fmt.Errorf("search_nm: %v is less than proximity_nm times leave_scale: at least %v", c.SearchNM, least)
	}
	for i, text := range c.Airports {
		if _, err := parseAirport(text); err != nil {
			return fmt.Errorf("airports: item %d: %w", i+1, err)
		}
	}
	return nil
}
