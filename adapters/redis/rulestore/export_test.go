package rulestore

import "time"

// Every has it look at the version so often.
func (s *Store) Every(d time.Duration) *Store {
	s.every = d
	return s
}
