// Package webhook delivers alerts to the addresses that their rules name, by HTTP.
//
// # What is sent
//
// A POST with the event as JSON, as clients of the topic get it, its key as "id":
//
//	Content-Type: application/json
//	X-Skygate-Event: alert:triggered
//	X-Skygate-Delivery: 12:4B1805:mr8w2k3x    the event's id, the same in each attempt
//	X-Skygate-Timestamp: 1783166400           unix seconds of this attempt
//	X-Skygate-Signature: sha256=…             with a secret: see [Sign]
//
// Any 2xx takes it. What fails for now (no connection, no answer in time, 408, 425,
// 429, 5xx) is tried again, later and later, with jitter, and not before a Retry-After; all else
// is final. An attempt whose answer was lost is repeated, so a receiver may get one twice.
//
// # What is not
//
// Users choose these addresses, so the server goes to http and https alone, not to
// its own machine or the private networks around it unless told so (the address is
// looked at when it is connected to, whatever the name resolved to before), through no proxy,
// and follows a redirect only if it keeps the method and the host.
//
// # Who owns what
//
// Any number of goroutines hand over alerts, without waiting. [Sender.Run] owns the
// attempts, some at a time, and few to one host, so that a host that hangs holds up
// no other. What finds no room in the queue is dropped and counted. The queue is in memory:
// what waits in it when the process ends, or dies, is lost; of several processes the one
// that tells an alert delivers it, and no other does so in its place.
package webhook
