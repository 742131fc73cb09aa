package poll

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
)

// maxBody is how large an answer may be, unpacked: several times the largest that there
// are.
const maxBody = 8 << 20

// maxRedirects bounds how often an upstream may send on.
const maxRedirects = 5

// Why an answer could not be had or used.
const (
	Unreachable = "unreachable" // no connection, or one that broke; no regular file
	Timeout     = "timeout"
	HTTPStatus  = "http_status" // neither 200 nor 204, nor a 304 that was asked for
	TooLarge    = "too_large"
	Truncated   = "truncated"
	Unreadable  = "unreadable" // not what it must be
	TooMany     = "too_many"   // records beyond those that are taken
)

// Error says why an answer could not be used.
type Error struct {
	// Reason is one word that does not change: what such answers are counted by.
	Reason string
	// Detail is for people.
	Detail string
	// After is how long the upstream wants not to be asked again; 0 when it does not say.
	After time.Duration
}

func (e *Error) Error() string { return e.Detail }

// Refuse gives an error of an answer that is not what it must be.
func Refuse(format string, args ...any) error {
	return &Error{Reason: Unreadable, Detail: fmt.Sprintf(format, args...)}
}

// answer is what a question brought.
type answer struct {
	// unchanged: it is the one that the validators name; there is no body.
	unchanged  bool
	body       []byte
	validators validators
}

// validators name an edition of an answer for a conditional question.
type validators struct{ etag, modified string }

// fetcher asks one question at a time. It is owned by one goroutine.
type fetcher struct {
	client  *http.Client
	timeout time.Duration
	header  http.Header
}

func newFetcher(scheme string, cfg Config) *fetcher {
	return &fetcher{
		client: &http.Client{
			Transport: newTransport(scheme),
			CheckRedirect: func(r *http.Request, via []*http.Request) error {
				if len(via) > maxRedirects {
					return fmt.Errorf("more than %d redirects", maxRedirects)
				}
				if s := r.URL.Scheme; s != "http" && s != "https" {
					return fmt.Errorf("a redirect to an address that begins with %q", s)
				}
				r.Header.Del("Referer")            // it may hold a key
				if r.URL.Host != via[0].URL.Host { // what is sent along is for nobody else
					for name := range cfg.Header {
						delete(r.Header, name)
					}
				}
				return nil
			},
		},
		timeout: cfg.Timeout,
		header:  cfg.Header,
	}
}

// newTransport gives a transport that knows files or the web, never both: no
// upstream can make it read a file.
func newTransport(scheme string) http.RoundTripper {
	if scheme == "file" {
		return files{http.NewFileTransport(http.Dir("/"))}
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 1
	t.MaxResponseHeaderBytes = 64 << 10
	return t
}

// files is a transport for regular files: to open anything else, such as a named pipe,
// may block for ever.
type files struct{ http.RoundTripper }

func (f files) RoundTrip(r *http.Request) (*http.Response, error) {
	if info, err := os.Stat(r.URL.Path); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("this is no regular file")
	}
	return f.RoundTripper.RoundTrip(r)
}

func (f *fetcher) close() { f.client.CloseIdleConnections() }

// get asks for an address. Errors are an [*Error].
func (f *fetcher) get(ctx context.Context, u *url.URL, known validators) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	response, err := f.send(ctx, u, known)
	if err != nil {
		return answer{}, f.failure(err, Unreachable)
	}
	defer func() { _ = response.Body.Close() }()
	switch status := response.StatusCode; {
	case status == http.StatusOK:
	case status == http.StatusNoContent: // how some say that there is nothing
		return answer{}, nil
	case status == http.StatusNotModified && known != validators{}:
		return answer{unchanged: true, validators: known}, nil
	default:
		return answer{}, &Error{
			Reason: HTTPStatus, Detail: fmt.Sprintf("the server answers %d %s", status, http.StatusText(status)),
			After: retryAfter(response.Header.Get("Retry-After"), time.Now()),
		}
	}
	body, err := f.read(response.Body)
	if err != nil {
		return answer{}, err
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return answer{}, &Error{Reason: Truncated, Detail: "the answer is empty"}
	}
	return answer{body: body, validators: validatorsOf(response.Header)}, nil
}

func (f *fetcher) send(ctx context.Context, u *url.URL, known validators) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "skygate")
	request.Header.Set("Accept-Encoding", "gzip") // asked for here, the transport leaves decoding to read
	for name, values := range f.header {
		request.Header[name] = values
	}
	if known.etag != "" {
		request.Header.Set("If-None-Match", known.etag)
	}
	if known.modified != "" {
		request.Header.Set("If-Modified-Since", known.modified)
	}
	return f.client.Do(request)
}

// read gives the answer unpacked. It tells gzip by its first bytes: some servers send
// files that are packed by themselves.
func (f *fetcher) read(body io.Reader) ([]byte, error) {
	in := bufio.NewReader(body)
	body = in
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, f.failure(err, Truncated)
		}
		body = z
	}
	out, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	switch {
	case err != nil:
		return nil, f.failure(err, Truncated)
	case len(out) > maxBody:
		return nil, &Error{Reason: TooLarge, Detail: fmt.Sprintf("the answer is larger than %d MiB", maxBody>>20)}
	}
	return out, nil
}

func (f *fetcher) failure(err error, reason string) *Error {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return &Error{Reason: Timeout, Detail: fmt.Sprintf("no whole answer within %v", f.timeout)}
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err // without the address, which may hold a key
	}
	return &Error{Reason: reason, Detail: err.Error()}
}

// validatorsOf gives what the next question may ask with. (Nothing here changes within
// the second that a modification time counts.)
func validatorsOf(h http.Header) validators {
	v := validators{etag: h.Get("ETag"), modified: h.Get("Last-Modified")}
	if _, err := http.ParseTime(v.modified); err != nil {
		v.modified = ""
	}
	return v
}

// longestAfter is how long an upstream is believed that it does not want to be asked.
const longestAfter = 6 * time.Hour

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longestAfter)
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, min(t.Sub(now), longestAfter))
	}
	return 0
}
