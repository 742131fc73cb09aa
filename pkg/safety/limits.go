package safety

import "time"

// limit is what a key may be.
type limit struct {
	key         string
	value       float64
	least, most float64
	unit        string
}

// limits gives what is counted or measured. A threshold of an alarm is above 0;
// one that is above all that occurs turns the alarm off.
func (c *Config) limits() []limit {
	const (
		some   = 0.001
		nm     = " (NM)"
		ft     = " (ft)"
		fpm    = " (ft/min)"
		kt     = " (kt)"
		maxFpm = 100_000
		maxFt  = 10_000
	)
	return []limit{
		{"squawk_confirm", float64(c.SquawkConfirm), 1, 10, ""},
		{"update_nm", c.UpdateNM, some, 10, nm},
		{"update_ft", c.UpdateFt, some, maxFt, ft},
		{"update_fpm", c.UpdateFpm, some, maxFpm, fpm},
		{"vs_extreme_fpm", c.ExtremeFpm, 1, maxFpm, fpm},
		{"vs_extreme_warning_fpm", c.ExtremeWarningFpm, 1, maxFpm, fpm},
		{"vs_extreme_critical_fpm", c.ExtremeCriticalFpm, 1, maxFpm, fpm},
		{"vs_extreme_fighter_fpm", c.ExtremeFighterFpm, 1, maxFpm, fpm},
		{"tcas_vs_fpm", c.TCASFpm, 1, maxFpm, fpm},
		{"vs_change_fpm", c.ChangeFpm, 1, maxFpm, fpm},
		{"vs_change_warning_fpm", c.ChangeWarningFpm, 1, maxFpm, fpm},
		{"traffic_nm", c.TrafficNM, 0, 20, nm},
		{"traffic_ft", c.TrafficFt, 0, maxFt, ft},
		{"proximity_nm", c.ProximityNM, some, 10, nm},
		{"altitude_diff_ft", c.AltitudeDiffFt, 1, maxFt, ft},
		{"mixed_altitude_ft", c.MixedAltitudeFt, 0, maxFt, ft},
		{"near_miss_nm", c.NearMissNM, 0, 10, nm},
		{"critical_nm", c.CriticalNM, 0, 10, nm},
		{"critical_ft", c.CriticalFt, 0, maxFt, ft},
		{"warning_nm", c.WarningNM, 0, 10, nm},
		{"warning_ft", c.WarningFt, 0, maxFt, ft},
		{"light_scale", c.LightScale, some, 1, ""},
		{"leave_scale", c.LeaveScale, 1, 3, ""},
		{"proximity_confirm", float64(c.ProximityConfirm), 1, 10, ""},
		{"search_nm", c.SearchNM, some, 20, nm},
		{"min_altitude_ft", c.MinAltitudeFt, -2000, 60_000, ft},
		{"min_speed_kt", c.MinSpeedKt, 0, 1000, kt},
		{"min_rotor_speed_kt", c.MinRotorSpeedKt, 0, 1000, kt},
		{"max_speed_kt", c.MaxSpeedKt, 1, 3000, kt},
		{"min_nic", float64(c.MinNIC), 0, 11, ""},
		{"formation_kt", c.FormationKt, 0, 1000, kt},
		{"airport_nm", c.AirportNM, 0, 50, nm},
		{"airport_ft", c.AirportFt, 0, 20_000, ft},
		{"airport_fpm", c.AirportFpm, 0, maxFpm, fpm},
	}
}

// period is what a key may be that is a duration.
type period struct {
	key         string
	value       time.Duration
	least, most time.Duration
}

func (c *Config) durations() []period {
	return []period{
		{"squawk_expiry", c.SquawkExpiry, 10 * time.Second, 24 * time.Hour},
		{"expiry", c.Expiry, time.Second, time.Hour},
		{"cooldown", c.Cooldown, 0, time.Hour},
		{"update_every", c.UpdateEvery, 0, 10 * time.Minute},
		{"ease_after", c.EaseAfter, 0, 10 * time.Minute},
		{"vs_confirm", c.VSConfirm, time.Second, 10 * time.Second},
		{"reversal_span", c.ReversalSpan, time.Second, 30 * time.Second},
		{"reversal_span_min", c.ReversalSpanMin, time.Second, c.ReversalSpan},
		{"reversal_span_max", c.ReversalSpanMax, c.ReversalSpan, time.Minute},
		{"advisory_age", c.AdvisoryAge, time.Second, 10 * time.Minute},
		{"look_ahead", c.LookAhead, time.Second, 5 * time.Minute},
		{"max_position_age", c.MaxPositionAge, time.Second, time.Minute},
	}
}
