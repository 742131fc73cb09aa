package stockbugs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/skygate-io/skygate/test/interop/server"
)

// poller is a client over HTTP long-polling.
type poller struct {
	url, sid string
	http     http.Client
	got      []string
}

// poll begins a session and connects to the root namespace.
func poll(s *server.Server) (*poller, error) {
	p := &poller{url: s.URL + "/socket.io/?EIO=4&transport=polling"}
	p.http = http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	_, body, err := p.get()
	if err != nil {
		return nil, err
	}
	var handshake struct{ SID string }
	if err := json.Unmarshal([]byte(strings.TrimPrefix(body, "0")), &handshake); err != nil {
		return nil, fmt.Errorf("handshake %q: %w", body, err)
	}
	p.sid = handshake.SID
	p.url += "&sid=" + p.sid
	if _, err := p.post("40", ""); err != nil {
		return nil, err
	}
	_, err = p.want("40")
	return p, err
}

func (p *poller) get() (status int, body string, err error) {
	resp, err := p.http.Get(p.url)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(raw), err
}

// post posts a payload; the status is 0 when the server has cut it off.
func (p *poller) post(payload, contentType string) (status int, err error) {
	return p.postFrom(bytes.NewReader([]byte(payload)), contentType)
}

// postFrom posts what a reader gives, chunked if its length is not to be seen.
func (p *poller) postFrom(body io.Reader, contentType string) (status int, err error) {
	if contentType == "" {
		contentType = "text/plain;charset=UTF-8"
	}
	resp, err := p.http.Post(p.url, contentType, body)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// want polls until a packet came that begins so, and gives it.
func (p *poller) want(prefix string) (string, error) {
	for range 40 {
		for i, packet := range p.got {
			if strings.HasPrefix(packet, prefix) {
				p.got = p.got[i+1:]
				return packet, nil
			}
		}
		status, body, err := p.get()
		if err != nil || status != http.StatusOK {
			return "", fmt.Errorf("waiting for %s: status %d, %w", prefix, status, err)
		}
		p.got = strings.Split(body, "\x1e")
		for _, packet := range p.got {
			if packet == "2" {
				if _, err := p.post("3", ""); err != nil {
					return "", err
				}
			}
		}
	}
	return "", fmt.Errorf("no %s… came", prefix)
}
