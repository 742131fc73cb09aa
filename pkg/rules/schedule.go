package rules

import (
	"encoding/json"
	"strings"
	"time"
)

const (
	maxWindows = 50
	dayMinutes = 24 * 60
)

// window is a part of a week in which a rule is suppressed.
type window struct {
	Day   json.RawMessage `json:"day"`
	Start string          `json:"start"`
	End   string          `json:"end"`

	days       [7]bool // on which it starts, from Sunday
	start, end int     // minutes of that day; end is beyond 1440 when it is over on the next
}

// schedule says when a rule is in force.
type schedule struct {
	enabled      bool
	from, until  int64 // unix seconds, 0 for no bound
	suppressions []window
}

// active says whether the rule is in force at a second; week is the minute of
// the week, from Sunday.
func (s *schedule) active(second int64, week int) bool {
	if !s.enabled || second < s.from || s.until != 0 && second >= s.until {
		return false
	}
	for i := range s.suppressions {
		if s.suppressions[i].holds(week) {
			return false
		}
	}
	return true
}

func (w *window) holds(week int) bool {
	day, minute := week/dayMinutes, week%dayMinutes
	before := (day + 6) % 7
	return w.days[day] && minute >= w.start && minute < w.end ||
		w.days[before] && minute+dayMinutes < w.end
}

// week is the minute of the week, from Sunday.
func week(t time.Time) int { return int(t.Weekday())*dayMinutes + t.Hour()*60 + t.Minute() }

func parseWindows(path string, raw json.RawMessage) ([]window, error) {
	if isNull(raw) {
		return nil, nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil, expected(path, "a list of {\"day\", \"start\", \"end\"}", raw)
	}
	if len(list) > maxWindows {
		return nil, wrong(path, "has %d windows; at most %d are allowed", len(list), maxWindows)
	}
	windows := make([]window, len(list))
	for i, raw := range list {
		if err := windows[i].parse(indexed(path, i), raw); err != nil {
			return nil, err
		}
	}
	return windows, nil
}

func (w *window) parse(path string, raw json.RawMessage) error {
	if kindOf(raw) != "an object" {
		return expected(path, "{\"day\": \"saturday\", \"start\": \"22:00\", \"end\": \"08:00\"}", raw)
	}
	if err := strict(path, raw, w); err != nil {
		return err
	}
	day := ""
	if kindOf(w.Day) == "a string" {
		day = strings.ToLower(text(string(w.Day)))
	} else if !isNull(w.Day) {
		return expected(path+".day", "a day's name, or \"daily\"", w.Day)
	}
	known := false
	for d := range w.days {
		name := strings.ToLower(time.Weekday(d).String())
		w.days[d] = day == "" || day == "daily" || day == name || day == name[:3]
		known = known || w.days[d]
	}
	if !known {
		return wrong(path+".day", "%s is no day; write sunday … saturday, or daily", quote(day))
	}
	var err error
	if w.start, err = clock(path+".start", w.Start); err != nil {
		return err
	}
	if w.end, err = clock(path+".end", w.End); err != nil {
		return err
	}
	switch {
	case w.start == dayMinutes:
		return wrong(path+".start", "is the end of a day; write 00:00 and the next day")
	case w.start == w.end:
		return wrong(path, "begins when it ends; for a whole day write 00:00 and 24:00")
	case w.end < w.start:
		w.end += dayMinutes
	}
	return nil
}

// clock reads "22:00", also with seconds that are none.
func clock(path, s string) (minutes int, err error) {
	if s == "24:00" {
		return dayMinutes, nil
	}
	t, err := time.Parse("15:04", strings.TrimSuffix(s, ":00"))
	if err != nil {
		t, err = time.Parse("15:04", s)
	}
	if err != nil {
		return 0, wrong(path, "%s is no time of day; write it like 22:00", quote(s))
	}
	return t.Hour()*60 + t.Minute(), nil
}

// moment reads a time: RFC 3339, or without a zone, in UTC, as a browser's form has it.
func moment(path string, raw json.RawMessage) (*time.Time, error) {
	if isNull(raw) || string(raw) == `""` {
		return nil, nil
	}
	if kindOf(raw) != "a string" {
		return nil, expected(path, "a time such as \"2026-07-04T10:00:00Z\"", raw)
	}
	s := text(string(raw))
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			t = t.UTC().Truncate(time.Second)
			return &t, nil
		}
	}
	return nil, wrong(path, "%s is no time; write it like 2026-07-04T10:00:00Z", quote(s))
}
