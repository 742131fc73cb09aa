// Package stats computes, from what really flows, the figures that clients show beside
// the map: how much traffic there is, how far it is heard, how the sources do.
//
// # What it tells
//
// In the topic "stats":
//
//	stats:tick    {ts, traffic, reception, system, point}, every tick
//	stats:update  {stat_type, stats}, of each kind of figures when it has changed
//	system:health {status, issue, stale_sources, timestamp}, when a source stops delivering, and when all deliver again
//
// Beside the aircraft aircraft:heartbeat {count, aircraft_count, timestamp} with each
// tick, and antenna:analytics_update, the figures of the antenna alone; beside
// messages acars:update {stat_type: "acars_stats", stats}. The reference has these in
// the rooms of aircraft and ACARS; here they are in topics that go along with those,
// as they are events and the aircraft are a state.
//
// Each key of the topic stands for one picture ("tick", "health", a stat_type), of
// which the newest counts: so the topic's snapshot is all that there is to know. What does
// not change is told again every [Repeat], well before the topic forgets it.
//
// # The series of the tick
//
// The reference sends its series of up to 120 points with every tick, and its web
// client draws what the last tick brought: it keeps nothing of the ticks before, and of
// fewer than two points it draws nothing. So a tick has the one new point, as "point",
// the topic's snapshot has the series, and so does each tick for those who take
// legacy events, as that client does (Series of the topic's policy). Who says legacy: false gets 0.4
// instead of 12 KB a tick, and appends.
//
// # What kinds there are
//
//	aircraft           how many, of which kinds, how high, far and fast; emergencies
//	top                the closest, highest, fastest, climbing, military
//	safety             counts of the safety events that are remembered, a day at most
//	acars_stats        counts of the messages that are remembered, an hour at most
//	antenna_analytics  range and signal by bearing, of the last hour
//	tracking_quality   how completely the aircraft that are in view are heard
//	geographic         countries and operators of the aircraft that are in view
//
// The fields are the reference's, and beside them those that its web client reads
// where that differs. What needs a history (history, trends, top_performers,
// flight_patterns, engagement, time_comparison) is not told. Who may see the topic sees
// some aircraft in "top", as there; of safety events and messages only counts.
//
// # How
//
// Nothing is done per change: each tick is one pass over the records, under the
// feed's lock. A [Monitor] is a mechanism, told the time; [Watch.Run] owns the one
// goroutine. Messages are counted by the receivers' own totals where they tell them
// (aircraft.json), else by the records that came.
//
// Load and memory are read from /proc by hand: two lines of two files that Linux keeps
// as they are; the libraries for it (gopsutil) read a hundred things more, and bring
// six modules.
package stats
