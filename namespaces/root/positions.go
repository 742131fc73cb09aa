package root

import "github.com/skygate-io/skygate/pkg/topic"

// Positions is the policy of the compact form of the aircraft, for clients that
// draw a map and want nothing else: positions:update {positions: [{hex, lat, lon,
// alt, track, gs, vr}], removed: [hex], count, timestamp} names each aircraft of
// which one of these changed, whole. aircraft is the policy of what it shows.
func Positions(aircraft topic.Policy) topic.Policy {
	p := aircraft
	p.Name, p.Prefix, p.List = "positions", "positions", "positions"
	p.Of, p.Only, p.Whole = aircraft.Name, []string{"lat", "lon", "alt", "track", "gs", "vr"}, true
	p.AutoJoin, p.OptIn = false, true
	p.Legacy, p.Urgent = nil, ""
	return p
}
