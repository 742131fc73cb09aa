// Package awc asks aviationweather.gov for advisories: what warns of the weather, in the
// interface /api/data/.. with format=json, or geojson.
//
//	airsigmet  SIGMETs of the United States: altitudes in feet, times in unix seconds
//	isigmet    those of the rest of the world, by flight information region
//	gairmet    G-AIRMETs: pictures of the weather three hours apart; altitudes in hundreds
//	           of feet, places as texts, the time of a picture a date
//	cwa        advisories of the centres, short ones
//	tcf        forecasts of convection, two hours apart
//
// Which it is is told by the fields. Nothing there has an id: a key is made of what makes
// one different from the others, and, where that does not tell several apart, of where it
// is. A picture holds until the next one (its expireTime is its own time).
package awc
