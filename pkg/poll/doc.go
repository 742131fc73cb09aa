// Package poll is a source of records that an upstream lists as a whole, over HTTP or in
// a file, and that change seldom: what is in force. What is in an answer is told by a
// [Decode], and package fetch brings it; all the rest is the same whatever is in it:
//
//   - it asks rarely, never all at the same moment, and with a condition (ETag,
//     Last-Modified), so that an upstream that has nothing new sends nothing;
//   - after a failure it asks again with growing and varied pauses, and not before the
//     upstream said that it may (Retry-After);
//   - an answer is bounded in bytes, in time and in the records that are taken of it;
//   - a record is told from its beginning on, and ends at its own end, whether or not
//     the upstream can be reached then;
//   - what a good answer no longer lists is gone, unless it says that it is not all. An
//     answer that fails, or is none, takes nothing away;
//   - what is refused is counted by reason, a change of state is logged, and no answer
//     ever is.
//
// A source runs in one goroutine, that of its Run. What it holds is the newest answer and
// what has not yet begun of it. The pauses are made by cenkalti/backoff, as everywhere.
package poll
