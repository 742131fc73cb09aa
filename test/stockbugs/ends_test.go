package stockbugs

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/skygate-io/skygate/test/interop/server"
)

var namespaces atomic.Int64

// nextNamespace names a dynamic namespace that was not there before.
func nextNamespace() string { return fmt.Sprintf("/dyn-%d", namespaces.Add(1)) }

// earlyPong: a pong that answers no ping harms only the one that sends it.
func earlyPong(s *server.Server) error {
	w, err := dial(s, "")
	if err != nil {
		return err
	}
	defer w.Close()
	_ = w.say("3", "3", "3")
	_, _ = w.want("0") // nothing need come: whether the server lives is what counts
	return nil
}

// disconnectIsTold: first the packet, then the close frame.
func disconnectIsTold(s *server.Server) error {
	w, err := join(s, "40")
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.say(`42["disconnect-me",true]`); err != nil {
		return err
	}
	if _, err := w.want("41"); err != nil {
		return err
	}
	last, err := w.closed(patience)
	if err == nil && last.kind != closeFrame {
		err = fmt.Errorf("the connection ended without a close frame")
	}
	return err
}

// closesWithPeer: once the WebSocket is closed the TCP connection is, too.
func closesWithPeer(s *server.Server) error {
	w, err := join(s, "40")
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.send(closeFrame, "\x03\xe8"); err != nil { // 1000
		return err
	}
	_, err = w.closed(4 * time.Second)
	return err
}

func handlerPanics(s *server.Server) error {
	w, err := join(s, "40")
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.say(`42["panic"]`); err != nil {
		return err
	}
	other, err := join(s, "40")
	if err != nil {
		return err
	}
	defer other.Close()
	if err := other.say(`42["message","on"]`); err != nil {
		return err
	}
	_, err = other.want(`42["message-back","on"]`)
	return err
}

func manyAttachments(s *server.Server) error {
	return endsWith(s, 0, textFrame, `4599-["message",{"_placeholder":true,"num":0}]`)
}

func trailingGarbage(s *server.Server) error {
	return endsWith(s, 0, textFrame, `42["message"]garbage`)
}

func invalidUTF8(s *server.Server) error {
	return endsWith(s, 1007, textFrame, "42[\"message\",\"\xff\xfe\"]")
}

// endsWith: what is sent ends the connection, with a close code unless that is 0.
func endsWith(s *server.Server, code int, kind byte, body string) error {
	w, err := join(s, "40")
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.send(kind, body); err != nil {
		return err
	}
	last, err := w.closed(10 * time.Second)
	if err == nil && code != 0 {
		if want := string([]byte{byte(code >> 8), byte(code)}); len(last.body) < 2 || last.body[:2] != want {
			err = fmt.Errorf("it ended with %v, want code %d", last, code)
		}
	}
	return err
}
