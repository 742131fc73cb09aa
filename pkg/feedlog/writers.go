package feedlog

import "context"

// Writers know whether anybody writes a topic, where several processes could: a log that
// is silent does not say it, for whoever writes what does not change is silent, too.
type Writers interface {
	// Written says whether a process holds the topic's lease ([Leases]). The error is of
	// whoever knows it and cannot be reached.
	Written(ctx context.Context, topicName string) (bool, error)
}
