//go:build race

package hub_test

// sequences are fewer where everything takes four times as long.
const sequences = 600
