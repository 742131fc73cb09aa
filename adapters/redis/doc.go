// Package redis connects the processes of a cluster through Redis: what it takes to
// reach one is here, with a [Canary] that says whether what is sent arrives; what is done
// with it in the folders inside: streams (the log of topics), lease (who writes one),
// rooms, presence (how many clients all have), and rulestore (users' alert rules).
//
// The client is go-redis, Redis' own for Go: it knows Sentinel, Cluster, TLS and ACL,
// and follows a fail-over by itself. Nothing outside this folder imports it.
//
// # What it is used for
//
// Redis 6.2 or newer, or Valkey. A single server, a master with replicas behind
// Sentinel, or a Cluster. All keys of a topic share a hash tag, so that scripts work in
// a Cluster:
//
//	{skygate:aircraft}:log     the changes, a stream
//	{skygate:aircraft}:head    its epoch and newest position, a hash
//	{skygate:aircraft}:snap    a snapshot, a hash
//	{skygate:aircraft}:lease   who writes it; with :wanted, who would, as it hears; with
//	                           :heard, when a writer last heard
//	{skygate:safety}:once:…    where an event was published that is told once
//	{skygate:canary}:…         what the canary sends
//	{skygate:presence}:processes  how many clients each process has, a hash
//	{skygate:rules}:book       users' alert rules, a hash; the channel skygate:rules tells of changes
//
// It must keep them (maxmemory-policy noeviction, its default): a topic of which something
// is evicted begins anew.
//
// With ACL a user needs: ~{PREFIX:*  ~PREFIX:*  &PREFIX:*  and +@stream +@hash +@string
// +@keyspace +@scripting +@pubsub +@connection +info +wait +time (and +cluster in a Cluster).
//
// # What it promises
//
// No call waits for longer than its own deadline, whatever has become of the server: a
// dead one refuses, a frozen one is given up after ReadTimeout.
//
// What fails is tried again, after pauses that grow and differ by chance ([Pauses]), or at
// its usual pace, which does as well ([Spread]).
//
// # What is logged
//
// All that a process does with Redis is a [Part] of it, which says how each call went. When
// Redis is away, the first part that notices makes a warning of it, the others join
// in silence, and once none has failed for a second a line says that it is back, for how long
// it was away, and what was lost by that, if anything was. Parts that are away for longer than
// others are named. What Redis refuses (an ACL, a full memory, a key of another type), and
// what is damaged, each part says by itself, once, as an error: it does not mend itself.
package redis
