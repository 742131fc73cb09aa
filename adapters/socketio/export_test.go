package socketio

import "github.com/skygate-io/skygate/pkg/engineio"

// Engine gives the settings of the engine below.
func (c Config) Engine() engineio.Config { return c.engine() }
