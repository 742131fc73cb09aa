// Package proxy has real clients reach several processes of the program through the
// proxies that examples/cluster sets up.
package proxy

import (
	"os"
	"testing"

	"github.com/skygate-io/skygate/test/built"
)

// binary is the program.
var binary string

func TestMain(m *testing.M) {
	os.Exit(built.Run(m, func(path string) { binary = path }))
}
