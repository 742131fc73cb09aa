package engineio

// Writable says whether a frame that is sent now would leave at once: nothing
// waits, and in polling a request does.
func (c *Conn) Writable() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.phase == phaseOpen && c.out.empty() && !c.writing && (c.socket != nil || c.poll != nil)
}
