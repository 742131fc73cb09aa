package readsb

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skygate-io/skygate/pkg/feed"
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

// played is a fixture in a bubble; answer gives what aircraft.json is at a time
// since the start. It records when it was asked.
type played struct {
	*fixture
	start time.Time

	mu    sync.Mutex // guards times
	times []time.Duration
}

// asked gives the times of the requests, since the start.
func (p *played) asked() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.times)
}

func play(t *testing.T, interval time.Duration, answer func(since time.Duration, r *http.Request) (string, error)) *played {
	p := &played{start: time.Now()}
	p.fixture = newFixture(t, "http://receiver", func(c *Config) {
		c.Interval, c.Timeout = interval, 5*time.Second
	})
	p.fetch.client.Transport = transport(func(r *http.Request) (string, error) {
		if strings.HasSuffix(r.URL.Path, "receiver.json") {
			return "", errors.New("none")
		}
		since := time.Since(p.start)
		p.mu.Lock()
		p.times = append(p.times, since)
		p.mu.Unlock()
		return answer(since, r)
	})
	p.run()
	return p
}

// until lets time pass and all that happens then happen.
func (p *played) until(since time.Duration) {
	time.Sleep(since - time.Since(p.start))
	synctest.Wait()
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
		p.until(9 * time.Second)
		if got := fmt.Sprint(p.asked()); got != "[0s 2s 4s 6s 8s]" {
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
		p.until(10 * time.Second)
		if got := fmt.Sprint(p.asked()); got != "[0s 3s 6s 9s]" {
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
		p.until(mended - time.Second)
		asked := p.asked()
		if s := p.Status(); s.State != feed.Failing || s.Err != "connection refused" || s.Bad[Unreachable] != uint64(len(asked)) {
			t.Errorf("status %+v after %d attempts", s, len(asked))
		}
		if first := asked[1] - asked[0]; first < 500*time.Millisecond || first > 1500*time.Millisecond {
			t.Errorf("the second attempt was %v after the first", first)
		}
		varied := map[time.Duration]bool{}
		for i := 10; i < len(asked); i++ {
			pause := asked[i] - asked[i-1]
			varied[pause] = true
			if pause < maxRetry/2 || pause > maxRetry {
				t.Errorf("%v between attempts", pause)
			}
		}
		if len(varied) < 2 {
			t.Errorf("the pauses do not vary: %v", varied)
		}

		p.until(mended + maxRetry)
		last := len(p.asked())
		p.until(mended + maxRetry + 10*time.Second)
		if n := len(p.asked()) - last; n != 10 {
			t.Errorf("asked %d times in 10s after the receiver is back, want 10", n)
		}
		if got := p.logs.states(); got != "failing delivering" {
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
		p.until(5*time.Second + time.Millisecond)
		if s := p.Status(); s.Bad[Timeout] != 1 || s.State != feed.Failing {
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
				p.until(60 * time.Second)
				if s := p.Status(); s.State != feed.Delivering {
					t.Errorf("status %+v after a minute", s)
				}
				p.until(61 * time.Second)
				if s := p.Status(); s.State != feed.Stale || s.Err != "the receiver answers, but its newest data is 1m1s old" {
					t.Errorf("status %+v after more than a minute", s)
				}
				if got := p.sink.keys(); got != "AAAAAA" {
					t.Errorf("delivered %s, want it once", got)
				}
				p.until(100 * time.Second)
				if s := p.Status(); s.State != feed.Delivering || p.sink.keys() != "AAAAAA BBBBBB" {
					t.Errorf("status %+v, delivered %s, after it is mended", s, p.sink.keys())
				}
				if got := p.logs.states(); got != "delivering stale delivering" {
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
				f := newFixture(t, "http://receiver", func(c *Config) { c.Interval = time.Second })
				start := time.Now()
				f.fetch.client.Transport = responder(func(r *http.Request) *http.Response {
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
				})
				f.run()
				time.Sleep(60 * time.Second)
				synctest.Wait()
				if got := f.sink.keys(); got != "AAAAAA" || f.Status().State != feed.Delivering {
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
		p.until(3 * time.Second)
		if n := len(p.sink.updates()); n != 4 {
			t.Fatalf("%d updates, want one per poll", n)
		}
		for i, u := range p.sink.updates() {
			if want := p.start.Add(time.Duration(i)*time.Second - 500*time.Millisecond).UnixMilli(); u.Observed != want {
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
		p.until(10 * time.Second)
		if got := p.sink.keys(); got != "AAAAAA AAAAAA BBBBBB" {
			t.Errorf("delivered %s", got)
		}
		if s := p.Status(); s.State != feed.Delivering || s.Records != 3 || s.Bad[Truncated] != 1 {
			t.Errorf("status %+v", s)
		}
	})
}
