// Package redistest starts real Redis servers for tests: one alone, a master with a
// replica behind a Sentinel, a Cluster. They listen on free ports of 127.0.0.1, keep
// what they keep in the test's own folder, and end with the test. They can be killed,
// frozen and started again, with what they held or without it.
//
// A test that asks for one is skipped where no server is installed (.ci/install redis
// installs it).
package redistest
