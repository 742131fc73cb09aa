package gateway

import (
	"encoding/json"
	"errors"
)

// Names are what a client names in 'topics': a name, or a list of names.
type Names []string

// UnmarshalJSON implements json.Unmarshaler. Its error is for clients.
func (l *Names) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*l = Names{one}
		return nil
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		return errors.New("'topics' is a name or a list of names")
	}
	*l = list
	return nil
}
