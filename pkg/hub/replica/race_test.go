//go:build race

package replica_test

// sequences are fewer where everything takes four times as long.
const sequences = 400
