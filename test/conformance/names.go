package conformance

// sent are the events that clients of the reference send, and the requests of the
// namespaces beside "/".
var sent = []string{
	"connect", "subscribe", "unsubscribe", "ping", "request",
	"/audio subscribe", "/audio unsubscribe",
	"/audio request transmissions", "/audio request transmission", "/audio request stats", "/audio request",
	"/cannonball position_update", "/cannonball set_radius", "/cannonball get_threats",
	"/cannonball request threats", "/cannonball request session-info", "/cannonball request sessions",
	"/cannonball request patterns", "/cannonball request alerts", "/cannonball request alert-acknowledge",
	"/cannonball request alert-acknowledge-all", "/cannonball request stats-summary",
	"/cannonball request known-aircraft-check", "/cannonball request",
}

// told are the events that its clients get.
var told = []string{
	"subscribed", "unsubscribed", "pong", "response", "error",
	"aircraft object", "aircraft:snapshot", "aircraft:new", "aircraft:remove", "positions:update",
	"aircraft:update delta", "aircraft:update full", "aircraft:update poll", "aircraft:update info",
	"aircraft:heartbeat", "airframe:error", "antenna:analytics_update", "aircraft:delta", "aircraft:position", "aircraft:positions",
	"notam:refresh", "airspace:advisory", "airspace:advisory_expired", "airspace:boundary", "pirep:update",
	"metar:update", "taf:update", "geodata:refresh", "wildfires:refresh", "openaip:refresh",
	"safety:snapshot", "safety:event", "safety:event_updated", "safety:event_resolved",
	"alert:snapshot", "alert:triggered",
	"acars:snapshot", "acars:message", "acars:update",
	"stats:update", "stats:tick", "system:health",
	"airspace:update", "airspace:snapshot",
	"notam:snapshot", "notam:new", "notam:tfr_new", "notam:update", "notam:expired", "notam:tfr_expired", "notam:stats",
	"audio:snapshot", "audio:transmission", "audio:transcription_started", "audio:transcription_completed", "audio:transcription_failed",
	"session_started", "threats", "radius_updated", "threat_refresh", "threat_update", "new_alert",
	"batch",
}

// texts are those of the reference's errors.
var texts = []string{
	"Invalid subscription request: expected dict with 'topics' key", "Invalid unsubscription request: expected dict with 'topics' key",
	"Invalid request: expected dict payload", "Missing request type", "Rate limit exceeded, please slow down", "Permission denied",
	"Unknown request type: ", "Internal server error", "Missing id parameter",
	"Invalid position update: expected dict payload", "lat and lon are required", "Invalid coordinate values",
	"Coordinates out of bounds (lat: -90 to 90, lon: -180 to 180)", "Invalid radius request: expected dict payload",
	"Invalid radius value", "No position set. Send position_update first.",
	"Missing alert id", "Alert not found", "Missing icao_hex parameter",
}
