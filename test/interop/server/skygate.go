package server

import "testing"

// Mended says that the test server's Socket.IO is the project's own below the
// library's namespaces. As long as it is the library as released, the tests
// that ask more of it than that holds are not run.
const Mended = true

// Skygate gives the command of the project's own server.
func Skygate(t testing.TB) []string {
	t.Helper()
	return []string{Build(t, "github.com/skygate-io/skygate/test/testserver")}
}
