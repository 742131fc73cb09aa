package stockbugs

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/skygate-io/skygate/test/interop/server"
)

// largePost: a packet of 70 KB is taken, as the limit of 1 MB says.
func largePost(s *server.Server) error {
	p, err := poll(s)
	if err != nil {
		return err
	}
	packet := `["message-back","` + strings.Repeat("x", 70_000) + `"]`
	status, err := p.post(strings.Replace(packet, `["message-back"`, `42["message"`, 1), "")
	if err != nil || status != http.StatusOK {
		return fmt.Errorf("post: status %d, %w", status, err)
	}
	if status, err := p.post(`421["message-with-ack"]`, ""); err != nil || status != http.StatusOK {
		return fmt.Errorf("post: status %d, %w", status, err)
	}
	got, err := p.want("4")
	for err == nil && !strings.HasPrefix(got, "42[\"message-back") {
		switch {
		case strings.HasPrefix(got, "431[]"): // an acknowledgement may overtake the event, but not twice
			if _, err := p.post(`422["message-with-ack"]`, ""); err != nil {
				return err
			}
		case strings.HasPrefix(got, "432[]"):
			return fmt.Errorf("the large packet was answered ok, and dropped")
		}
		got, err = p.want("4")
	}
	if err == nil && got != "42"+packet {
		err = fmt.Errorf("got %.40s, of %d bytes", got, len(got))
	}
	return err
}

// chunkedPost: a body whose length is not told may not be longer than the limit either.
func chunkedPost(s *server.Server) error {
	p, err := poll(s)
	if err != nil {
		return err
	}
	body := io.MultiReader(strings.NewReader(`42["message","`), strings.NewReader(strings.Repeat("x", 3_000_000)), strings.NewReader(`"]`))
	if status, err := p.postFrom(body, ""); err == nil && status < 400 {
		return fmt.Errorf("3 MB are answered %d", status)
	}
	return nil // refused, or cut off
}

func pollingErrors(s *server.Server) error {
	p, err := poll(s)
	if err != nil {
		return err
	}
	if status, err := p.post("x", "application/octet-stream"); err != nil || status != http.StatusBadRequest {
		return fmt.Errorf("a post of bytes: status %d, %w; want 400", status, err)
	}
	p, err = poll(s)
	if err != nil {
		return err
	}
	if _, err := p.want(`42["auth"`); err != nil {
		return err
	}
	statuses := make(chan int, 2)
	for range 2 {
		go func() {
			status, _, _ := p.get()
			statuses <- status
		}()
	}
	if first, second := <-statuses, <-statuses; first+second != 200+400 {
		return fmt.Errorf("polls that overlap: status %d and %d; want 200 and 400", first, second)
	}
	return nil
}

// noAuth: a CONNECT without payload has an empty auth.
func noAuth(s *server.Server) error {
	w, err := join(s, "40")
	if err != nil {
		return err
	}
	defer w.Close()
	got, err := w.want(`42["auth"`)
	if err == nil && got != `42["auth",{}]` {
		err = fmt.Errorf("got %s", got)
	}
	return err
}

// sharedAttachment: two placeholders may name the same attachment.
func sharedAttachment(s *server.Server) error {
	w, err := join(s, "40")
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.say(`451-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]`); err != nil {
		return err
	}
	if err := w.send(binaryFrame, "bytes"); err != nil {
		return err
	}
	got, err := w.want("45")
	if err != nil {
		return err
	}
	if !strings.HasPrefix(got, `452-["message-back",`) {
		return fmt.Errorf("got %s", got)
	}
	for range 2 {
		f, err := w.read()
		if err != nil {
			return err
		}
		if f != (frame{binaryFrame, "bytes"}) {
			return fmt.Errorf("an attachment is %v", f)
		}
	}
	return nil
}
