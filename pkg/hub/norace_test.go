//go:build !race

package hub_test

const sequences = 3000
