package cannonball

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/skygate-io/skygate/pkg/gateway"
)

// near answers "threats".
type near struct {
	Threats  []threat  `json:"threats"`
	Count    int       `json:"count"`
	Position *position `json:"position"`
}

// info answers "session-info".
type info struct {
	SessionID string    `json:"session_id"`
	Position  *position `json:"position"`
	Heading   *float64  `json:"heading"`
	RadiusNM  float64   `json:"radius_nm"`
}

// acknowledged answers "alert-acknowledge".
type acknowledged struct {
	Success      bool   `json:"success"`
	ID           string `json:"id"`
	Acknowledged bool   `json:"acknowledged"`
}

// acknowledgedAll answers "alert-acknowledge-all".
type acknowledgedAll struct {
	Success bool `json:"success"`
	Count   int  `json:"acknowledged_count"`
}

// whatIs are the params of "known-aircraft-check".
type whatIs struct {
	Hex      string `json:"icao_hex"`
	ICAO     string `json:"icao"`
	Callsign string `json:"callsign"`
	Operator string `json:"operator"`
	Owner    string `json:"owner"`
	Category string `json:"category"`
	Type     string `json:"type_code"`
}

// identified answers it.
type identified struct {
	Hex         string  `json:"icao_hex"`
	Known       bool    `json:"is_known"`
	Enforcement bool    `json:"is_law_enforcement"`
	Helicopter  bool    `json:"is_helicopter"`
	Category    *string `json:"category"`
	Description *string `json:"description"`
	Confidence  string  `json:"confidence"`
}

// raised answers "alerts": those of this session, newest first.
type raised struct {
	Alerts []alertState `json:"alerts"`
	Count  int          `json:"count"`
}

// flown answers "patterns": what the paths of the threats look like.
type flown struct {
	Patterns []flight `json:"patterns"`
	Count    int      `json:"count"`
}

type flight struct {
	Hex      string  `json:"icao_hex"`
	Callsign *string `json:"callsign"`
	Pattern
}

// missing are the requests of the reference that nothing here can answer, and why.
var missing = map[string]string{
	"sessions":      "sessions of the past are not kept",
	"stats-summary": "sessions of the past are not kept",
}

func requests(n *gateway.Namespace) {
	gateway.Handle(n, "threats", permission, func(_ context.Context, s *gateway.Session, _ json.RawMessage) (near, error) {
		o := observerOf(s)
		o.mu.Lock()
		defer o.mu.Unlock()
		list, err := o.nearLocked(time.Now())
		return near{list, len(list), o.position()}, err
	})
	gateway.Handle(n, "session-info", permission, func(_ context.Context, s *gateway.Session, _ json.RawMessage) (info, error) {
		o := observerOf(s)
		o.mu.Lock()
		defer o.mu.Unlock()
		return info{o.id, o.position(), o.heading, o.radius}, nil
	})
	gateway.Handle(n, "alert-acknowledge", permission, func(_ context.Context, s *gateway.Session, p struct {
		ID json.RawMessage `json:"id"`
	}) (acknowledged, error) {
		id := strings.Trim(string(p.ID), `"`)
		if absent(p.ID) || id == "" {
			return acknowledged{}, gateway.Errorf(gateway.CodeInvalidParams, "Missing alert id")
		}
		o := observerOf(s)
		o.mu.Lock()
		defer o.mu.Unlock()
		if !o.alerts.acknowledge(id) {
			return acknowledged{}, gateway.Errorf(gateway.CodeNotFound, "Alert not found")
		}
		return acknowledged{true, id, true}, nil
	})
	gateway.Handle(n, "alert-acknowledge-all", permission, func(_ context.Context, s *gateway.Session, _ json.RawMessage) (acknowledgedAll, error) {
		o := observerOf(s)
		o.mu.Lock()
		defer o.mu.Unlock()
		return acknowledgedAll{true, o.alerts.acknowledgeAll()}, nil
	})
	gateway.Handle(n, "alerts", permission, func(_ context.Context, s *gateway.Session, _ json.RawMessage) (raised, error) {
		o := observerOf(s)
		o.mu.Lock()
		defer o.mu.Unlock()
		list := append([]alertState{}, o.alerts.open...)
		slices.Reverse(list)
		return raised{list, len(list)}, nil
	})
	gateway.Handle(n, "patterns", permission, func(_ context.Context, s *gateway.Session, _ json.RawMessage) (flown, error) {
		o := observerOf(s)
		o.mu.Lock()
		defer o.mu.Unlock()
		list, err := o.nearLocked(time.Now())
		answer := flown{Patterns: []flight{}}
		for i := range list {
			for _, p := range list[i].Patterns {
				answer.Patterns = append(answer.Patterns, flight{list[i].Hex, list[i].Callsign, p})
			}
		}
		answer.Count = len(answer.Patterns)
		return answer, err
	})
	gateway.Handle(n, "known-aircraft-check", permission, func(_ context.Context, s *gateway.Session, p whatIs) (identified, error) {
		return observerOf(s).identify(p)
	})
	for requestType, why := range missing {
		gateway.Handle(n, requestType, permission, func(context.Context, *gateway.Session, json.RawMessage) (any, error) {
			return nil, gateway.Errorf(gateway.CodeUnknownRequest, "Not available: %s", why)
		})
	}
}

// identify says what an aircraft is, by what the client knows of it and, where it
// says nothing, by what is known here.
func (o *observer) identify(p whatIs) (identified, error) {
	hex := p.Hex
	if hex == "" {
		hex = p.ICAO
	}
	if hex = strings.ToUpper(strings.TrimSpace(hex)); hex == "" {
		return identified{}, gateway.Errorf(gateway.CodeInvalidParams, "Missing icao_hex parameter")
	}
	id := Identity{Callsign: p.Callsign, Operator: p.Operator, Owner: p.Owner, Category: p.Category, Type: p.Type}
	live, err := o.hub.Record(topicName, hex)
	if err != nil {
		return identified{}, err
	}
	if live != nil {
		id = id.or(identityOf(live.Fields))
	}
	k, ok := Identify(id)
	return identified{hex, ok, k.LawEnforcement, k.Helicopter, known(k.Category), known(k.Description), k.Confidence}, nil
}

// or fills in what is not known from another.
func (id Identity) or(other Identity) Identity {
	for _, f := range []struct {
		into *string
		from string
	}{
		{&id.Callsign, other.Callsign}, {&id.Operator, other.Operator}, {&id.Owner, other.Owner},
		{&id.Category, other.Category}, {&id.Type, other.Type},
	} {
		if *f.into == "" {
			*f.into = f.from
		}
	}
	return id
}
