//go:build race

package e2e

// buildFlags makes the program that is tested watch for races as the tests do.
var buildFlags = []string{"-race"}
