package redis

// OfNothing is a client that only has parts.
func OfNothing() *Client { return &Client{outage: newOutage()} }

// ErrSilent is of a message that did not come back.
var ErrSilent = errSilent

// Note takes note of what became of a message through pub/sub.
func (c *Canary) Note(err error) { c.note(c.paths[0], err) }
