// Package lines is a source of updates that come as lines of text over TCP: the
// way in which most decoders pass on what they hear. What a line means is told by
// a [Decode]; all the rest is the same whatever is in the lines:
//
//   - a connection that cannot be had, breaks, or falls silent is made again, with
//     growing and varied pauses;
//   - lines end with LF or CR LF; blank ones are a sign of life and no more; of
//     one that is too long, and of the rest of a line when the connection ends,
//     nothing is used;
//   - updates are given to the sink in batches: at once after a pause, else so
//     many together or so often;
//   - what is refused is counted by reason, a change of state is logged, and no
//     line ever is.
//
// A source runs in one goroutine, that of its Run. What it holds is one line and
// one batch, both bounded: when the sink is slow, the sender waits.
package lines
