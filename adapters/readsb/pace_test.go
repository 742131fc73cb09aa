package readsb

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skygate-io/skygate/pkg/feed"
	"github.com/skygate-io/skygate/pkg/feed/feedtest"
	"github.com/skygate-io/skygate/pkg/fetch"
)

// transport answers requests without a network, so that time can be the
// bubble's.
type transport func(*http.Request) (string, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := t(r)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// responder is a transport that answers with more than a body.
type responder func(*http.Request) *http.Response

func (f responder) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

// played is a source in a bubble, with when it asked.
type played struct {
	*feedtest.Fixture
	*feedtest.Pace
}

// play runs a source in a bubble; answer gives what aircraft.json is at a time since the
// start.
func play(t *testing.T, interval time.Duration, answer func(since time.Duration, r *http.Request) (string, error)) played {
	pace := feedtest.NewPace()
	f := through(t, transport(func(r *http.Request) (string, error) {
		if strings.HasSuffix(r.URL.Path, "receiver.json") {
			return "", errors.New("none")
		}
		return answer(pace.Try(), r)
	}), interval)
	f.Start()
	return played{f, pace}
}

func at(now time.Time, aircraft string) string {
	return fmt.Sprintf(`{"now":%d,"aircraft":[%s]}`, now.UnixMilli(), aircraft)
}

func TestPollInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, 2*time.Second, func(since time.Duration, r *http.Request) (string, error) {
			time.Sleep(500 * time.Millisecond) // an answer takes its time
			return at(time.Now(), ""), nil
		})
		p.Until(9 * time.Second)
		if got := fmt.Sprint(p.Tried()); got != "[0s 2s 4s 6s 8s]" {
			t.Errorf("asked at %s", got)
		}
	})
}

// TestOneRequestAtATime: a receiver slower than the interval is not asked again
// before it has answered.
func TestOneRequestAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var open atomic.Int32
		p := play(t, time.Second, func(since time.Duration, r *http.Request) (string, error) {
			if open.Add(1) > 1 {
				t.Error("two requests at a time")
			}
			defer open.Add(-1)
			time.Sleep(3 * time.Second)
			return at(time.Now(), ""), nil
		})
		p.Until(10 * time.Second)
		if got := fmt.Sprint(p.Tried()); got != "[0s 3s 6s 9s]" {
			t.Errorf("asked at %s", got)
		}
	})
}

func TestBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const mended = 10 * time.Minute
		p := play(t, time.Second, func(since time.Duration, r *http.Request) (string, error) {
			if since < mended {
				return "", errors.New("connection refused")
			}
			return at(time.Now(), `{"hex":"aaaaaa"}`), nil
		})
		p.Until(mended - time.Second)
		asked := p.Tried()
		if s := p.Status(); s.State != feed.Failing || s.Err != "connection refused" || s.Bad[fetch.Unreachable] != uint64(len(asked)) {
			t.Errorf("status %+v after %d attempts", s, len(asked))
		}
		p.WantBackOff(t, 5*time.Second) // one that is back is seen soon

		p.Until(mended + maxRetry)
		last := len(p.Tried())
		p.Until(mended + maxRetry + 10*time.Second)
		if n := len(p.Tried()) - last; n != 10 {
			t.Errorf("asked %d times in 10s after the receiver is back, want 10", n)
		}
		if got := p.Logs.States(); got != "failing delivering" {
			t.Errorf("logged %q", got)
		}
	})
}

func TestTimeoutEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, time.Second, func(since time.Duration, r *http.Request) (string, error) {
			<-r.Context().Done()
			return "", r.Context().Err()
		})
		p.Until(5*time.Second + time.Millisecond)
		if s := p.Status(); s.Bad[fetch.Timeout] != 1 || s.State != feed.Failing {
			t.Errorf("status %+v", s)
		}
	})
}

// TestStuck: the same file again is no news, and after a while the source is
// stale; news mend it. So it is for a file that does not tell its time.
func TestStuck(t *testing.T) {
	for name, body := range map[string]string{
		"told":   `{"now":946684800,"aircraft":[{"hex":"aaaaaa"}]}`, // the bubble's first second
		"untold": `{"aircraft":[{"hex":"aaaaaa"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const mended = 100*time.Second - time.Millisecond
				p := play(t, time.Second, func(since time.Duration, r *http.Request) (string, error) {
					if since > mended {
						return at(time.Now(), `{"hex":"bbbbbb"}`), nil
					}
					return body, nil
				})
				p.Until(60 * time.Second)
				if s := p.Status(); s.State != feed.Delivering {
					t.Errorf("status %+v after a minute", s)
				}
				p.Until(61 * time.Second)
				if s := p.Status(); s.State != feed.Stale || s.Err != "the receiver answers, but its newest data is 1m1s old" {
					t.Errorf("status %+v after more than a minute", s)
				}
				if got := p.Sink.Keys(); got != "AAAAAA" {
					t.Errorf("delivered %s, want it once", got)
				}
				p.Until(100 * time.Second)
				if s := p.Status(); s.State != feed.Delivering || p.Sink.Keys() != "AAAAAA BBBBBB" {
					t.Errorf("status %+v, delivered %s, after it is mended", s, p.Sink.Keys())
				}
				if got := p.Logs.States(); got != "delivering stale delivering" {
					t.Errorf("logged %q", got)
				}
			})
		})
	}
}

// TestNotModifiedForEver: a server whose every answer is that nothing changed
// is asked for the whole file once that is too long ago to be believed.
func TestNotModifiedForEver(t *testing.T) {
	for name, test := range map[string]struct {
		unasked int // the status when the edition was not named
		want    feed.State
	}{
		"it has a newer one": {http.StatusOK, feed.Delivering},
		"it insists":         {http.StatusNotModified, feed.Failing},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				f := through(t, responder(func(r *http.Request) *http.Response {
					status := test.unasked
					switch {
					case time.Since(start) == 0:
						status = http.StatusOK
					case r.Header.Get("If-None-Match") != "":
						status = http.StatusNotModified
					}
					return &http.Response{
						StatusCode: status, Status: http.StatusText(status), Header: http.Header{"Etag": {`"always"`}},
						Body: io.NopCloser(strings.NewReader(at(time.Now(), `{"hex":"aaaaaa"}`))), Request: r,
					}
				}), time.Second)
				f.Start()
				time.Sleep(60 * time.Second)
				synctest.Wait()
				if got := f.Sink.Keys(); got != "AAAAAA" || f.Status().State != feed.Delivering {
					t.Errorf("status %+v, delivered %s, after a minute", f.Status(), got)
				}
				time.Sleep(3 * time.Second)
				synctest.Wait()
				if s := f.Status(); s.State != test.want {
					t.Errorf("status %+v, want it %s", s, test.want)
				}
			})
		})
	}
}

// TestBackwards: a decoder that starts again may begin before where it was.
func TestBackwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := play(t, time.Second, func(since time.Duration, r *http.Request) (string, error) {
			clock := time.Now()
			if since > 1500*time.Millisecond {
				clock = clock.Add(-24 * time.Hour)
			}
			return at(clock, `{"hex":"aaaaaa","seen":0.5}`), nil
		})
		p.Until(3 * time.Second)
		if n := len(p.Sink.Updates()); n != 4 {
			t.Fatalf("%d updates, want one per poll", n)
		}
		for i, u := range p.Sink.Updates() {
			if want := p.Begun.Add(time.Duration(i)*time.Second - 500*time.Millisecond).UnixMilli(); u.Observed != want {
				t.Errorf("update %d observed at %d, want %d", i, u.Observed, want)
			}
		}
	})
}

// TestWholeAfterHalf: half a file does not hide the whole one of the same moment.
func TestWholeAfterHalf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := at(time.Now(), `{"hex":"aaaaaa"},{"hex":"bbbbbb"}`)
		p := play(t, time.Second, func(since time.Duration, r *http.Request) (string, error) {
			if since == 0 {
				return body[:len(body)-10], nil
			}
			return body, nil
		})
		p.Until(10 * time.Second)
		if got := p.Sink.Keys(); got != "AAAAAA AAAAAA BBBBBB" {
			t.Errorf("delivered %s", got)
		}
		if s := p.Status(); s.State != feed.Delivering || s.Records != 3 || s.Bad[Truncated] != 1 {
			t.Errorf("status %+v", s)
		}
	})
}
