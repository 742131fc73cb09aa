// Skygate is a realtime gateway for live aircraft: it takes what receivers
// produce and serves it to web apps, mobile apps and scripts over Socket.IO.
package main

import (
	"os"

	"github.com/skygate-io/skygate/cmd/skygate/app"
)

func main() {
	os.Exit(app.Main(os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}
