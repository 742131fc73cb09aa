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
// null, as a whole or for a topic, clears what was asked for before.
type subscription struct {
	Topics  topicList       `json:"topics"`
	Since   json.RawMessage `json:"since"`
	Filters json.RawMessage `json:"filters"`
	Rate    json.RawMessage `json:"rate"` // Hz
	Fields  json.RawMessage `json:"fields"`
	Batch   *bool           `json:"batch"`
	Legacy  *bool           `json:"legacy"`

	misspelt
}

// byTopic reads a part of the payload that is an object by topics; its errors name
// the place. null says that it is that.
func byTopic[V any](part string, raw json.RawMessage) (of map[string]V, null bool, err error) {
	if raw == nil {
		return nil, false, nil
	}
	var members map[string]json.RawMessage
	if err := gateway.DecodeAt(part, raw, &members); err != nil {
		return nil, false, gateway.Errorf(gateway.CodeInvalidPayload, "Invalid subscribe payload: %v", err)
	}
	of = make(map[string]V, len(members))
	for _, name := range slices.Sorted(maps.Keys(members)) {
		var v V
		if err := gateway.DecodeAt(part+"."+name, members[name], &v); err != nil {
			return nil, false, gateway.Errorf(gateway.CodeInvalidPayload, "Invalid subscribe payload: %v", err)
		}
		of[name] = v
	}
	return of, members == nil, nil
}

// misspelt are names that are easily taken for others: ignored, they would leave
// the client with what it did not ask for.
type misspelt struct {
	Topic  json.RawMessage `json:"topic"`
	Filter json.RawMessage `json:"filter"`
	Rates  json.RawMessage `json:"rates"`
	Field  json.RawMessage `json:"field"`
}

func (m misspelt) check() error {
	for _, name := range []struct {
		given       json.RawMessage
		wrong, want string
	}{{m.Topic, "topic", "topics"}, {m.Filter, "filter", "filters"}, {m.Rates, "rates", "rate"}, {m.Field, "field", "fields"}} {
		if name.given != nil {
			return gateway.Errorf(gateway.CodeInvalidPayload, "Invalid subscribe payload: there is no '%s'; it is '%s'", name.wrong, name.want)
		}
	}
	return nil
}

func subscribe(s *gateway.Session, ask subscription, ack gateway.Ack) error {
	if err := ask.check(); err != nil {
		return err
	}
	if err := ask.Topics.check(subscribing); err != nil {
		return err
	}
	want := hub.Subscribe{Topics: ask.Topics, Batch: ask.Batch, Legacy: ask.Legacy, Since: map[string]wire.Position{}}
	filters, clearFilters, err := byTopic[json.RawMessage]("filters", ask.Filters)
	if err != nil {
		return err
	}
	if err := flat(filters, ask.Topics); err != nil {
		return err
	}
	if want.Filters, err = parseFilters(filters); err != nil {
		return err
	}
	if want.Rates, want.Clear.Rates, err = byTopic[*float64]("rate", ask.Rate); err != nil {
		return err
	}
	if want.Fields, want.Clear.Fields, err = byTopic[[]string]("fields", ask.Fields); err != nil {
		return err
	}
	since, _, err := byTopic[*wire.Position]("since", ask.Since)
	if err != nil {
		return err
	}
	for name, at := range since {
		if at != nil {
			want.Since[name] = *at
		}
	}
	want.Clear.Filters = clearFilters
	var failed error
	want.Answered = func(answer *wire.Subscribed) { failed = fill(ack, answer, nil) }
	_, err = s.Subscribe(want)
	var wrong *hub.AskError
	if errors.As(err, &wrong) {
		return gateway.Errorf(gateway.CodeInvalidPayload, "%s", wrong.Message)
	}
	return errors.Join(err, failed)
}

// flat finds filters that are not by topic: {bbox: {..}} for {aircraft: {bbox: {..}}}.
func flat(given map[string]json.RawMessage, topics topicList) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !view.IsCondition(name) || slices.Contains(topics, name) {
			continue
		}
		of := Aircraft().Name
		if len(topics) > 0 && !slices.Contains(topics, of) && topics[0] != hub.All {
			of = topics[0]
		}
		return gateway.Errorf(gateway.CodeInvalidPayload, "filters.%s: %s is a condition, not a topic; write filters: {%s: {%s: ..}}", name, name, of, name)
	}
	return nil
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
