// Package backplane is the contract of rooms across processes: what one process
// that serves a namespace tells those that serve the same namespace, and asks them.
//
// A namespace of a process joins a [Backplane] and gets a [Node]. To the node it
// gives a [Command] (a broadcast, a wish that sockets join a room ..) for the
// others to obey, or a [Question] for them to answer. What the others tell and ask
// comes to its [Local]. What is told is told to others only: who tells does its own
// part itself, first, and waits for nobody.
//
// A node keeps the order of what one process tells the same rooms, or everybody, and
// delivers nothing twice; what cannot be told is lost, and counted by the
// implementation. There are two:
// [Memory] here, for several servers of one process, and Redis
// (adapters/redis/rooms). The promises are tested by one contract suite (package
// backplanetest) that runs over both.
//
// The streams of the gateway's own topics do not pass here: each process's hub
// follows the log, and delivers to its own sessions.
package backplane

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Backplane links processes.
type Backplane interface {
	// Join makes a namespace of this process known to those of the same name
	// elsewhere, once until it leaves. It does not wait for that. Local is called from now on, by one
	// goroutine at a time for each process that tells something.
	Join(namespace string, local Local) Node
}

// Node is one process's namespace among the others. It is safe for concurrent use.
type Node interface {
	// Tell has the others obey, and waits for nothing. Of the command nothing may
	// be changed any more.
	Tell(Command)
	// Ask has the others answer. Replies and done are called one at a time, by any
	// goroutine but the caller's; done last, once: with nil when everybody has
	// answered, with an error otherwise ([TimeoutError], [ErrApart], [ErrClosed]).
	// They must not wait for anything that this node has to tell.
	Ask(q Question, replies Replies, done func(error))
	// Servers is how many processes serve the namespace, this one included, as far
	// as it is known. It waits for nothing.
	Servers() int
	// Close leaves. A second Close does nothing.
	Close()
}

// RoomWatcher is a [Node] that wants to know which rooms of its namespace have
// somebody in them here. It is told in order, with the rooms locked: it waits for
// nothing, and does not call its [Local].
type RoomWatcher interface {
	// RoomMade is called when the first enters a room. A room is private that is
	// named as a socket is, and has that in it.
	RoomMade(room string, private bool)
	// RoomGone is called when the last has left it.
	RoomGone(room string)
}

// Local is the part of a namespace that is in this process.
type Local interface {
	// Obey does to the sockets here what another process told.
	Obey(Command)
	// Answer tells replies what another process asks, during the call or later.
	Answer(q Question, replies Replies)
	// Has says whether anybody here is in a room: what is for others need not come.
	Has(room string) bool
}

// Replies takes the answers to a question; which of them a question has is said
// there.
type Replies interface {
	// Count is how many sockets of one process were asked.
	Count(n int)
	// Value is what one of them, or one process, answers.
	Value(Value)
	// Sockets are those of one process.
	Sockets([]Socket)
	// Rooms are those of one process.
	Rooms([]string)
}

// Value is a JSON value with binary parts, as Socket.IO writes it: where Binary is
// not empty, {"_placeholder":true,"num":n} stands for Binary[n]. The zero value
// is none; all of it is immutable.
type Value struct {
	JSON   json.RawMessage
	Binary [][]byte
}

// Size is how many bytes it has.
func (v Value) Size() int {
	n := len(v.JSON)
	for _, b := range v.Binary {
		n += len(b)
	}
	return n
}

// Audience names sockets: those in any of the rooms, of all when there are none,
// but for those in any of the others.
type Audience struct {
	Rooms, Except []string
}

// Flags say how a broadcast is sent.
type Flags struct {
	// Volatile: who is not ready for it does without.
	Volatile bool
	// Compress is whether it is worth compressing; nil when nobody said so.
	Compress *bool
}

// Command is what processes are told: [Broadcast], [Join], [Leave], [Disconnect]
// or [ServerEvent].
type Command interface{ command() }

// Broadcast is an event for sockets. Event is the list of its name and arguments.
type Broadcast struct {
	To    Audience
	Flags Flags
	Event Value
}

// Join has sockets join rooms.
type Join struct {
	To    Audience
	Rooms []string
}

// Leave has sockets leave rooms.
type Leave struct {
	To    Audience
	Rooms []string
}

// Disconnect has sockets disconnected from the namespace, or, with Close, their
// connections closed.
type Disconnect struct {
	To    Audience
	Close bool
}

// ServerEvent is an event for the processes themselves. Event is the list of its
// name and arguments.
type ServerEvent struct{ Event Value }

func (Broadcast) command()   {}
func (Join) command()        {}
func (Leave) command()       {}
func (Disconnect) command()  {}
func (ServerEvent) command() {}

// Question is what processes are asked: [Confirm], [Fetch], [AskServers] or
// [ListRooms].
type Question interface{ question() }

// Confirm is a broadcast that each socket acknowledges. Each process answers with
// one Count, and for each of these sockets with one Value, the first argument of
// its acknowledgement.
type Confirm struct {
	Broadcast

	// Timeout is how long they may take; 0 stands for what is usual.
	Timeout time.Duration
}

// Fetch asks each process for its Sockets.
type Fetch struct{ To Audience }

// AskServers is a [ServerEvent] that each process answers with one Value.
type AskServers struct{ Event Value }

// ListRooms asks each process for its Rooms. Where processes cannot ask for that the
// error is errors.ErrUnsupported.
type ListRooms struct{}

func (Confirm) question()    {}
func (Fetch) question()      {}
func (AskServers) question() {}
func (ListRooms) question()  {}

// Socket is one of another process, as it was when that was asked.
type Socket struct {
	ID string
	// Handshake is the object that the reference server has for it: headers, time,
	// address, xdomain, secure, issued, url, query, auth.
	Handshake json.RawMessage
	Rooms     []string
	// Data is what its process keeps with it.
	Data Value
}

// Errors of Ask.
var (
	// ErrApart: the other processes cannot be reached.
	ErrApart = errors.New("backplane: no connection to the other processes")
	// ErrClosed: this node, or its backplane, has been closed.
	ErrClosed = errors.New("backplane: closed")
)

// TimeoutError is told when not everybody answered in time.
type TimeoutError struct{ Answered, Expected int }

// Error implements error.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("backplane: %d of %d answers came in time", e.Answered, e.Expected)
}
