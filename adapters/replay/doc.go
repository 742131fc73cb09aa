// Package replay plays recordings of aircraft.json as if a receiver were there
// now: for demonstrations, for finding out what happened, and for load tests.
//
// A recording is one of
//
//   - an aircraft.json: one frame;
//   - lines of aircraft.json (.jsonl), a frame each;
//   - a folder with the history_*.json of a receiver, a frame each. The receiver
//     writes them in a ring, so they are played in the order of their times, not
//     of their numbers.
//
// Each file may be compressed with gzip. Files are read as they are played, one
// frame at a time.
//
// Every frame says when it was written ("now"). Frame k is played at start +
// (now of k − now of the first) / speed, reckoned from the start, so that delays
// do not add up. After a silence of more than 5 minutes, or a step back in time,
// the next frame counts as recorded one second after the last. The ages inside a
// frame hold as they are at the moment when it is played. Turning a frame into
// updates is left to a [Decode], which the program passes in.
package replay
