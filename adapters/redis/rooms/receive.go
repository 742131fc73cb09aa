package rooms

import (
	"errors"
	"fmt"

	"github.com/skygate-io/skygate/pkg/backplane"
)

// receive does what a message of a namespace says.
func (n *node) receive(channel string, raw []byte) {
	n.received.Add(1)
	defer n.panicked(channel)
	if room := n.format.room(channel); room != "" && !n.local.Has(room) {
		return
	}
	in, err := n.format.read(channel, raw)
	switch {
	case err != nil:
		n.refused(channel, err)
	case in.own || n.isClosed():
	case in.answer != nil:
		n.answered(in)
	case in.command != nil:
		n.local.Obey(in.command)
	case in.question != nil:
		in.publish = n.publishAnswer
		n.local.Answer(in.question, n.format.respond(in))
	}
}

// publishAnswer sends an answer that has been written.
func (n *node) publishAnswer(out outgoing, err error) {
	if err != nil {
		n.refused(out.channel, err)
		return
	}
	n.queue.put(&job{node: n, out: &out, size: len(out.message)})
}

// receivePython does what python-socketio says. It knows no more than it tells: that
// a namespace is not here is none of its faults, and yet it is counted.
func (b *Backplane) receivePython(channel string, raw []byte) {
	b.received.Add(1)
	defer b.panicked(channel)
	namespace, command, err := readPython(raw, b.cfg.MaxPayload)
	if err != nil {
		b.refused(channel, err)
		return
	}
	n := b.nodeOf(namespace)
	if n == nil {
		b.refused(channel, refuse(badNamespace, "nobody here serves the namespace %q", namespace))
		return
	}
	n.local.Obey(command)
}

// refused counts a message that was refused, and logs the first of each reason.
func (b *Backplane) refused(channel string, err error) {
	reason := badFormat
	var r *refusal
	if errors.As(err, &r) {
		reason = r.reason
	}
	if b.bad.add(reason, 1) {
		b.logger.Warn().Err(err).Str("channel", channel).Str("reason", reason).
			Msg("a message from Redis is refused; more for this reason are only counted")
	}
}

// panicked keeps a panic of who is told from ending the process.
func (b *Backplane) panicked(channel string) {
	if value := recover(); value != nil {
		b.refused(channel, refuse(badPanic, "%s", fmt.Sprint(value)))
	}
}

// lose counts what is not published, and tells who asked.
func (b *Backplane) lose(j *job, reason string) {
	if b.dropped.add(reason, 1) && reason != droppedUnsure { // of an outage it is said at its end
		b.logger.Warn().Str("reason", reason).Msg("something for other processes is dropped; more for this reason are only counted")
	}
	if j.asking != nil {
		j.asking.collector.Fail(backplane.ErrApart)
	}
}
