// Package feedtest has what tests of sources need: a source that runs until the test ends,
// a sink and a log to look into, and a note of when it tried what.
package feedtest
