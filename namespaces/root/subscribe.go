package root

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/skygate-io/skygate/pkg/gateway"
	"github.com/skygate-io/skygate/pkg/hub"
	"github.com/skygate-io/skygate/pkg/view"
	"github.com/skygate-io/skygate/pkg/wire"
)

// subscription is the payload of "subscribe". What is absent stays as it was;
// null for a topic clears what was asked for before.
type subscription struct {
	Topics  topicList                  `json:"topics"`
	Since   map[string]*wire.Position  `json:"since"`
	Filters map[string]json.RawMessage `json:"filters"`
	Rate    map[string]*float64        `json:"rate"` // Hz
	Fields  map[string][]string        `json:"fields"`
	Batch   *bool                      `json:"batch"`
	Legacy  *bool                      `json:"legacy"`
}

func subscribe(s *gateway.Session, ask subscription, ack gateway.Ack) error {
	if err := ask.Topics.check("subscribe"); err != nil {
		return err
	}
	filters, err := parseFilters(ask.Filters)
	if err != nil {
		return err
	}
	since := make(map[string]wire.Position, len(ask.Since))
	for name, at := range ask.Since {
		if at != nil {
			since[name] = *at
		}
	}
	answer, err := s.Subscribe(hub.Subscribe{
		Topics: ask.Topics, Filters: filters, Rates: ask.Rate, Fields: ask.Fields, Since: since,
		Batch: ask.Batch, Legacy: ask.Legacy,
	})
	var wrong *hub.AskError
	if errors.As(err, &wrong) {
		return gateway.Errorf(gateway.CodeInvalidPayload, "%s", wrong.Message)
	}
	return fill(ack, answer, err)
}

// parseFilters reads the filters by topic. The first that is wrong, by name, is told.
func parseFilters(given map[string]json.RawMessage) (map[string]*view.Filter, error) {
	filters := make(map[string]*view.Filter, len(given))
	for _, name := range slices.Sorted(maps.Keys(given)) {
		f, err := view.ParseFilter(given[name])
		var wrong *view.FilterError
		if errors.As(err, &wrong) && wrong.Path != "" {
			return nil, gateway.Errorf(gateway.CodeInvalidPayload, "filters.%s.%v", name, wrong)
		}
		if err != nil {
			return nil, gateway.Errorf(gateway.CodeInvalidPayload, "filters.%s: %v", name, err)
		}
		filters[name] = f
	}
	return filters, nil
}
