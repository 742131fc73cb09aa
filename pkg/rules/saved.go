package rules

import (
	"encoding/json"
	"fmt"
)

// Saved is what a book keeps beyond the life of the process.
type Saved struct {
	// NextID is the id of the next rule: no id is used twice.
	NextID uint64
	Rules  []*Rule
}

// savedVersion is that of the document's form.
const savedVersion = 1

// document is what stores keep.
type document struct {
	Version int               `json:"version"`
	NextID  uint64            `json:"next_id"`
	Rules   []json.RawMessage `json:"rules"`
}

// Encode gives all of it as a JSON document.
func (s Saved) Encode() ([]byte, error) {
	d := document{Version: savedVersion, NextID: s.NextID, Rules: make([]json.RawMessage, len(s.Rules))}
	for i, r := range s.Rules {
		raw, err := r.JSON()
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.ID, err)
		}
		d.Rules[i] = raw
	}
	return json.Marshal(d)
}

// Decode reads what [Saved.Encode] gives. Each rule is looked at as one that a user
// sends: people may have written in the document.
func Decode(raw []byte) (Saved, error) {
	var d document
	if err := json.Unmarshal(raw, &d); err != nil {
		return Saved{}, err
	}
	if d.Version != savedVersion {
		return Saved{}, fmt.Errorf("version %d is not known here, only %d is", d.Version, savedVersion)
	}
	saved := Saved{NextID: d.NextID}
	known := map[string]bool{}
	for i, raw := range d.Rules {
		r, err := Parse(raw)
		switch {
		case err != nil:
			return Saved{}, fmt.Errorf("rules[%d]: %w", i, err)
		case r.ID == "" || known[r.ID]:
			return Saved{}, fmt.Errorf("rules[%d].id: is missing, or another rule's", i)
		}
		known[r.ID] = true
		saved.Rules = append(saved.Rules, r)
	}
	return saved, nil
}
