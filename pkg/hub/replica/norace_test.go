//go:build !race

package replica_test

const sequences = 3000
