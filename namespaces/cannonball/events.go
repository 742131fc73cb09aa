package cannonball

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/geo"
)

// codeRateLimited: too many of these events came.
const codeRateLimited = "rate_limited"

func invalid(message string) error {
	return gateway.Errorf(gateway.CodeInvalidPayload, "%s", message)
}

// positionUpdate takes where the client is, and answers with what is near. One that
// comes too soon after others is dropped without a word, as in the reference.
func positionUpdate(s *gateway.Session, raw json.RawMessage, ack gateway.Ack) error {
	var given map[string]json.RawMessage
	if json.Unmarshal(raw, &given) != nil || given == nil {
		return invalid("Invalid position update: expected dict payload")
	}
	if absent(given["lat"]) || absent(given["lon"]) {
		return invalid("lat and lon are required")
	}
	lat, latOK := coordinate(given["lat"])
	lon, lonOK := coordinate(given["lon"])
	if !latOK || !lonOK {
		return invalid("Invalid coordinate values")
	}
	to := geo.Point{Lat: lat, Lon: lon}
	if !to.Valid() {
		return invalid("Coordinates out of bounds (lat: -90 to 90, lon: -180 to 180)")
	}
	var heading *float64
	if degrees, ok := coordinate(given["heading"]); ok && !math.IsInf(degrees, 0) && !math.IsNaN(degrees) {
		turned := math.Mod(math.Mod(degrees, 360)+360, 360)
		heading = &turned
	}
	now := time.Now()
	o := observerOf(s)
	if !o.positions.AllowN(now, 1) {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.moveLocked(to, heading, now)
	return o.answerLocked(ack, now)
}

// radius is how far the client looks.
type radius struct {
	RadiusNM float64 `json:"radius_nm"`
}

func setRadius(s *gateway.Session, raw json.RawMessage, ack gateway.Ack) error {
	var given map[string]json.RawMessage
	if !absent(raw) && json.Unmarshal(raw, &given) != nil {
		return invalid("Invalid radius request: expected dict payload")
	}
	nm := defaultRadius
	if asked := given["radius_nm"]; !absent(asked) {
		v, ok := coordinate(asked)
		if !ok || math.IsNaN(v) {
			return invalid("Invalid radius value")
		}
		nm = min(max(v, minRadius), maxRadius)
	}
	o := observerOf(s)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.radius = nm
	o.toldAt = time.Time{} // what is near is another
	return s.Reply("radius_updated", radius{nm}, ack)
}

// getThreats is answered whatever comes with it.
func getThreats(s *gateway.Session, _ json.RawMessage, ack gateway.Ack) error {
	now := time.Now()
	o := observerOf(s)
	if !o.questions.AllowN(now, 1) {
		return gateway.Errorf(codeRateLimited, "Rate limit exceeded, please slow down")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.where == nil {
		return invalid("No position set. Send position_update first.")
	}
	return o.answerLocked(ack, now)
}

func absent(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// coordinate reads a number, or a text that is one.
func coordinate(raw json.RawMessage) (v float64, ok bool) {
	text := strings.TrimSpace(string(raw))
	if strings.HasPrefix(text, `"`) {
		var inner string
		if json.Unmarshal(raw, &inner) != nil {
			return 0, false
		}
		text = strings.TrimSpace(inner)
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}
