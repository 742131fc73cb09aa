package redistest

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"strconv"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"github.com/skygate-io/skygate/adapters/redis"
)

// common is what all servers are started with: what they are told is written at once,
// and no snapshot is.
func common(port int) []string {
	return []string{
		"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--protected-mode", "no",
		"--save", "", "--appendonly", "yes", "--appendfsync", "no",
		"--repl-diskless-sync-delay", "0",
	}
}

// Single starts a server alone. args are further arguments, such as "--maxmemory", "1mb".
func Single(t testing.TB, args ...string) *Server {
	t.Helper()
	port := freePort(t)
	return launch(t, "redis", port, &goredis.Options{}, append(common(port), args...)...)
}

// Config is how Skygate reaches this server alone.
func (s *Server) Config() redis.Config {
	c := redis.DefaultConfig()
	c.Mode = redis.Single
	c.Addresses = []string{s.Addr}
	return c
}

// The user that servers with ACL know.
const (
	User     = "gate"
	Password = "open sesame" // a server takes a text with a space only as its hash

	passwordHash = "41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb"
)

// WithACL starts a server that lets in one user alone, with the permissions that
// the package redis names.
func WithACL(t testing.TB) (*Server, redis.Config) {
	t.Helper()
	port := freePort(t)
	args := append(common(port),
		"--user", "default", "off",
		"--user", "test", "on", ">test", "~*", "&*", "+@all",
		"--user", User, "on", "#"+passwordHash, "~{skygate:*", "~skygate:*", "&skygate:*", "-@all",
		"+@stream", "+@hash", "+@string", "+@keyspace", "+@scripting", "+@pubsub", "+@connection", "+info", "+wait", "+time",
	)
	s := launch(t, "redis with ACL", port, &goredis.Options{Username: "test", Password: "test"}, args...)
	c := s.Config()
	c.User, c.Password = User, Password
	return s, c
}

// WithTLS starts a server that speaks TLS alone, and asks for a certificate, too.
func WithTLS(t testing.TB) (*Server, redis.Config) {
	t.Helper()
	port := freePort(t)
	files := certify(t)
	args := append(common(0), "--tls-port", strconv.Itoa(port),
		"--tls-cert-file", files.cert, "--tls-key-file", files.key, "--tls-ca-cert-file", files.ca)
	own, err := tls.LoadX509KeyPair(files.cert, files.key)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(files.ca)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	options := &goredis.Options{TLSConfig: &tls.Config{
		MinVersion: tls.VersionTLS12, RootCAs: pool, Certificates: []tls.Certificate{own},
	}}
	s := launch(t, "redis with TLS", port, options, args...)
	c := s.Config()
	c.TLS = redis.TLS{Enabled: true, CA: files.ca, Cert: files.cert, Key: files.key}
	return s, c
}
