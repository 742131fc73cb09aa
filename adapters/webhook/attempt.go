package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Between attempts goes firstPause, and twice as much each time up to maxPause,
// of which up to half is taken away at random.
const (
	firstPause = 2 * time.Second
	maxPause   = 5 * time.Minute
)

// maxAnswer is how much of an answer is read, so that its connection can be used again.
const maxAnswer = 64 << 10

// Sign gives the signature of a body: the HMAC-SHA256, by the secret, of the
// value of X-Skygate-Timestamp, a dot and the body, in hex after "sha256=". A receiver
// computes the same, compares in constant time, and refuses what is minutes old.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// outcome is what became of an attempt.
type outcome int

const (
	taken outcome = iota
	later         // it may be tried again
	final         // it is of no use
)

// attempt sends a job once. With later comes how long the receiver wants to be left alone.
func (s *Sender) attempt(ctx context.Context, j *job) (outcome, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, j.url, bytes.NewReader(j.body))
	if err != nil {
		return final, 0, errors.New("the address cannot be used")
	}
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Skygate")
	req.Header.Set("X-Skygate-Event", j.event)
	req.Header.Set("X-Skygate-Delivery", j.id)
	req.Header.Set("X-Skygate-Timestamp", timestamp)
	if s.cfg.Secret != "" {
		req.Header.Set("X-Skygate-Signature", Sign(s.cfg.Secret, timestamp, j.body))
	}
	resp, err := s.client.Do(req)
	if err != nil {
		if errors.Is(err, errForbidden) {
			return final, 0, errForbidden
		}
		// The text of err repeats the address, which may hold a secret.
		return later, 0, errors.New("no answer")
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswer)
	switch code := resp.StatusCode; {
	case code >= 200 && code < 300:
		return taken, 0, nil
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		return later, retryAfter(resp.Header), fmt.Errorf("the answer is %d", code)
	default:
		return final, 0, fmt.Errorf("the answer is %d", code)
	}
}

// retryAfter reads the header of that name, in seconds; dates are not believed.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 31)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxPause)
}

// pause is how long to wait after so many attempts.
func pause(attempts int) time.Duration {
	d := min(firstPause<<min(attempts-1, 16), maxPause)
	return d - rand.N(d/2)
}
