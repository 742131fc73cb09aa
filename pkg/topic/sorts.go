package topic

// Sorts says how a topic shows records of several sorts.
type Sorts struct {
	// Field is the field that holds a record's sort, a text.
	Field string
	// Lists are those of a snapshot, in this order; they take the place of the policy's
	// List. A record is in each that takes its sort.
	Lists []SortList
	// Stats counts the records in a snapshot; nil for not.
	Stats *Stats
}

// SortList is a list of the records of one sort; "" takes all.
type SortList struct{ Name, Sort string }

// Stats is an object that counts records.
type Stats struct {
	// Name is its key in a snapshot, Event the event that tells it to older clients
	// after each change.
	Name, Event string
	// Counts are its numbers: the key, and the sort of what is counted, "" for all.
	Counts []SortList
	// BySort is the key of an object with the number of each sort, Time of when it was
	// counted.
	BySort, Time string
}

// OneByOne are the events by which older clients know a topic's changes, each of one
// record: a record as it is now, or the key of one that is gone.
type OneByOne struct {
	Names
	// Sorts are those whose events have names of their own.
	Sorts map[string]Names
	// Most is how many are told of one change. Of a larger one only Refresh is told,
	// {count, timestamp} and RefreshCounts: the client asks for the whole then.
	Most          int
	Refresh       string
	RefreshCounts []SortList
}

// Names are names of events.
type Names struct{ New, Updated, Removed string }

// Of are the names for a sort.
func (o *OneByOne) Of(sort string) Names {
	if names, ok := o.Sorts[sort]; ok {
		return names
	}
	return o.Names
}
