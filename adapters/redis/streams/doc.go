// Package streams is the log of a cluster: topics as streams in Redis. Whatever
// process writes a topic, all read the same, in the same order, and know when they
// missed something.
//
// # What is in Redis
//
//	{skygate:aircraft}:log   a stream. Ids are <ms of the epoch>-<seq>; an entry has
//	                         e (epoch), t (ms by the server's clock), d (the change, see
//	                         encode) and o (its origin); the first of an epoch, with seq
//	                         0, has c (what it continues) in the place of d
//	{skygate:aircraft}:head  a hash: epoch, seq of the newest entry, and the ends of
//	                         the epochs before (see lua/common.lua)
//	{skygate:aircraft}:snap  a hash (topics of state): epoch, seq, data
//	{skygate:safety}:once:…  the position of an event that is told once, with expiry
//
// A snapshot is one value: 10,000 aircraft with all fields are 2.7 MB, 1.7 packed, and
// Redis is busy with them for 2 ms every 10 s. In pieces they would be neither less nor
// read in one step.
//
// # How it holds
//
// What changes a topic is a script (lua/), so that comparing and writing are one step.
// A writer names the epoch and the seq that it goes on from: if they are not the log's,
// it is fenced. That comparison is the fence; a lease (package lease) only saves
// work. Whatever may have lost something begins a new epoch, so that no seq means two
// things: a writer that was fenced; an event published to another server than the one
// before, or after the log was set back. A new epoch says where the ones before it
// ended. Whoever has read further than a log of events goes, and finds that first, opens
// it: readers who were led back in the old epoch would have lost their place.
//
// Events that the log has lost (a fail-over to a replica that lacked them, a restart
// without them) are published again by who published them, each with its origin: who
// has seen it there skips it here. So is one that was read here, and of which the answer
// was lost with the log (see doubt.go).
//
// What others write into a topic's keys is not trusted. An entry that is not Skygate's is
// passed over, and the next event, or the next writer, opens an epoch above it. A head, log
// or snapshot that no Skygate has written (feedlog.ErrDamaged) is away for readers until
// whoever writes the topic begins it anew, with what it knows by itself.
//
// # What it costs
//
// On a shared machine of two cores, server and processes on it together: a change of
// 10,000 aircraft that all move takes 14 ms to append, 2 of them of the server's core,
// and is with a reader after 25 to 30; ten a second are 2 % of a core there. A new
// reader loads a snapshot of them and 20 such changes in 0.3 s. An event takes 0.13 ms, half
// of that of the server's core: some 10,000 a second, of all topics on a server.
//
// # What can be lost
//
// Redis replicates after it has answered. When master and publisher both die before a
// replica has an event, it is lost. With wait_replicas 1 here and min-replicas-to-write
// 1 in Redis, who published it has not been told that it was taken. Of state nothing is
// lost for good: a new epoch begins with all of it.
//
// # Who owns what
//
// One [tail] for each topic that is read follows it for all readers in the process, over
// a connection of its own, keeps the newest entries, and looks each second whether the
// log is still where it was. A [publisher] for each topic publishes one event at a time
// and remembers the newest. A [writer] is its user's; snapshots are written beside it.
// [Log.Close] ends and waits for all of them.
package streams
