package hub_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/skygate-io/skygate/pkg/hub/replica/replicatest"
	"github.com/skygate-io/skygate/pkg/wire"
)

// key is one of many.
func key(i int) string { return fmt.Sprintf("K%04d", i) }

// textOf tells a message in a few words: "aircraft:update 3→5 +A{gs=1} ~B{gs=} -C".
func textOf(event string, data []byte) string {
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		return err.Error()
	}
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	switch event {
	case "batch":
		for _, m := range p.Messages {
			out = append(out, textOf(m.Type, m.Data))
		}
		return "batch[" + strings.Join(out, ", ") + "]"
	case "subscribed":
		var answer wire.Subscribed
		_ = json.Unmarshal(data, &answer)
		for _, name := range answer.Joined {
			if answer.Resumed[name] {
				name += " resumed"
			}
			out = append(out, name)
		}
		return event + " " + strings.Join(out, ", ")
	case "unsubscribed":
		return event + " " + strings.Join(p.Topics, ", ")
	case "stream:pace":
		var pace wire.Pace
		_ = json.Unmarshal(data, &pace)
		return fmt.Sprintf("%s %s %v %s", event, pace.Topic, pace.Hz, pace.Reason)
	case "stream:stale":
		var stale wire.Stale
		_ = json.Unmarshal(data, &stale)
		if stale.Since == nil {
			return fmt.Sprintf("%s %s no longer", event, stale.Topic)
		}
		return fmt.Sprintf("%s %s since %s", event, stale.Topic, *stale.Since)
	}
	add("%s", event)
	if p.Parts > 0 {
		add("part %d/%d", p.Part, p.Parts)
	}
	switch {
	case strings.HasSuffix(event, ":snapshot") && p.Part == p.Parts:
		add("@%d", p.Seq)
	case p.View != "" || p.Epoch != "":
		add("%d→%d", p.Base, p.Seq)
	}
	if strings.HasSuffix(event, ":event") {
		key, fields, _ := replicatest.Decode(data)
		add("%s", recordText(key, fields))
	}
	for _, list := range []struct {
		sign    string
		records []json.RawMessage
	}{{"", p.Aircraft}, {"", p.Events}, {"+", p.Added}, {"~", p.Updated}} {
		for _, raw := range list.records {
			key, fields, _ := replicatest.Decode(raw)
			add("%s%s", list.sign, recordText(key, fields))
		}
	}
	for _, key := range append(p.ICAOs, p.Removed...) {
		add("-%s", key)
	}
	return strings.Join(out, " ")
}

// recordText is a record as "A{gs=1 track=null}".
func recordText(key string, fields replicatest.Fields) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch name {
		case replicatest.KeyName, "epoch", "base", "seq":
		default:
			if pair := name + "=" + fields[name]; len(pair) < 100 {
				pairs = append(pairs, pair)
			}
		}
	}
	if len(pairs) == 0 {
		return key
	}
	return key + "{" + strings.Join(pairs, " ") + "}"
}
