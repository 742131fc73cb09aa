package hub

import (
	"slices"
	"strings"

	"github.com/skygate-io/skygate/pkg/record"
)

// point takes an event's point into the policy's series.
func (h *history) point(e *record.Event) {
	p := h.policy.Series
	if p == nil || e.Name != p.Event {
		return
	}
	if raw := e.Fields.Get(p.Point); raw != "" {
		h.series = append(h.series, raw)
	}
	if extra := len(h.series) - p.Most; extra > 0 {
		h.series = slices.Delete(h.series, 0, extra)
	}
}

// whole is an event with the series in it, if it is one of those that make it up.
func (h *history) whole(e *record.Event) *record.Event {
	p := h.policy.Series
	if p == nil || e.Name != p.Event {
		return e
	}
	whole := *e
	whole.Fields = slices.Clone(e.Fields)
	whole.Fields.Set(p.List, "["+strings.Join(h.series, ",")+"]")
	return &whole
}
