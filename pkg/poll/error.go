package poll

import (
	"fmt"

	"github.com/skygate-io/skygate/pkg/fetch"
)

// Why an answer could not be used. The reasons of those that could not be had are those of
// package fetch.
const (
	Unreadable = "unreadable" // not what it must be
	TooMany    = "too_many"   // records beyond those that are taken
)

// Error says why an answer could not be had or used.
type Error = fetch.Error

// Refuse gives an error of an answer that is not what it must be.
func Refuse(format string, args ...any) error {
	return &Error{Reason: Unreadable, Detail: fmt.Sprintf(format, args...)}
}
