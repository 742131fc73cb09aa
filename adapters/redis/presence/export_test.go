package presence

// Exchange writes and reads once, as Run does again and again.
var Exchange = (*Presence).exchange
