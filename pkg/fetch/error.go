package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Why an answer could not be had.
const (
	Unreachable = "unreachable" // no connection, or one that broke; no regular file
	Timeout     = "timeout"
	HTTPStatus  = "http_status" // neither 200 nor 204, nor a 304 that was asked for
	TooLarge    = "too_large"
	Truncated   = "truncated" // it ends in the middle
)

// Error says why an answer could not be had, or not to its end. Those who make something
// of answers have reasons of their own beside those above.
type Error struct {
	// Reason is one word that does not change: what such answers are counted by.
	Reason string
	// Detail is for people.
	Detail string
	// After is how long the other side wants not to be asked again; 0 when it does not say.
	After time.Duration
}

func (e *Error) Error() string { return e.Detail }

func (c *Client) failure(err error, reason string) *Error {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return &Error{Reason: Timeout, Detail: fmt.Sprintf("no whole answer within %v", c.cfg.Timeout)}
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err // without the address, which may hold a key
	}
	return &Error{Reason: reason, Detail: err.Error()}
}

// longestAfter is how long the other side is believed that it does not want to be asked.
const longestAfter = 6 * time.Hour

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longestAfter)
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, min(t.Sub(now), longestAfter))
	}
	return 0
}
