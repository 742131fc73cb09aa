package readsb

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"time"
)

// Why a file could not be had.
const (
	Unreachable = "unreachable" // no connection, or one that broke; no regular file
	Timeout     = "timeout"
	HTTPStatus  = "http_status" // neither 200 nor a 304 that was asked for
)

const maxRedirects = 5

// answer is what a request brought.
type answer struct {
	// unchanged: the file is the one that the validators name; there is no body.
	unchanged bool
	// body is the file, or what came of it. It is valid until the next request.
	body []byte
	// received is when the answer began, by this machine's clock; date is when it
	// was sent by the clock of the host that wrote the file, or zero.
	received, date time.Time
	validators     validators
}

// validators name an edition of a file for a conditional request.
type validators struct{ etag, modified string }

// fetcher makes one request at a time. It is owned by one goroutine.
type fetcher struct {
	client  *http.Client
	timeout time.Duration
	buffer  bytes.Buffer
}

func newFetcher(scheme string, timeout time.Duration) *fetcher {
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
				return nil
			},
		},
		timeout: timeout,
	}
}

// newTransport gives a transport that knows files or the web, never both: no
// server can make it read a file.
func newTransport(scheme string) http.RoundTripper {
	if scheme == "file" {
		return files{http.NewFileTransport(http.Dir("/"))}
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 1
	t.MaxResponseHeaderBytes = 64 << 10
	return t
}

// files is a transport for regular files. To open anything else, such as a named
// pipe, may block for ever, whatever the request's context says.
type files struct{ http.RoundTripper }

func (f files) RoundTrip(r *http.Request) (*http.Response, error) {
	switch info, err := os.Stat(r.URL.Path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s", r.URL.Path)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("the file %s may not be read by who runs this", r.URL.Path)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder: with a / at its end the address means the aircraft.json in it", r.URL.Path)
	case !info.Mode().IsRegular():
		return nil, errors.New("this is no regular file")
	}
	return f.RoundTripper.RoundTrip(r)
}

func (f *fetcher) close() { f.client.CloseIdleConnections() }

// get asks for a file, of at most limit bytes. When the answer breaks off there
// is an error and what came before. Errors are an [*Error].
func (f *fetcher) get(ctx context.Context, u *url.URL, known validators, limit int64) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	response, err := f.send(ctx, u, known)
	if err != nil {
		return answer{}, f.failure(err, Unreachable)
	}
	defer response.Body.Close()

	a := answer{received: time.Now()}
	if a.date, err = http.ParseTime(response.Header.Get("Date")); err != nil && u.Scheme == "file" {
		a.date = a.received // the host that wrote the file is this one
	}
	switch status := response.StatusCode; {
	case status == http.StatusOK:
	case status == http.StatusNotModified && known != validators{}:
		a.unchanged, a.validators = true, known
		return a, nil
	default:
		return a, &Error{HTTPStatus, "the server answers " + response.Status}
	}
	a.validators = validatorsOf(response.Header, a.date)
	err = f.read(response.Body, limit)
	a.body = f.buffer.Bytes()
	return a, err
}

func (f *fetcher) send(ctx context.Context, u *url.URL, known validators) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "skygate")
	request.Header.Set("Accept-Encoding", "gzip") // asked for here, the transport leaves decoding to read
	if known.etag != "" {
		request.Header.Set("If-None-Match", known.etag)
	} else if known.modified != "" {
		request.Header.Set("If-Modified-Since", known.modified)
	}
	return f.client.Do(request)
}

// read fills the buffer. It tells gzip by its first bytes: some servers send
// compressed files without saying so, or to those who did not ask.
func (f *fetcher) read(body io.Reader, limit int64) error {
	f.buffer.Reset()
	in := bufio.NewReader(body)
	body = in
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(in)
		if err != nil {
			return f.failure(err, Truncated)
		}
		body = z
	}
	n, err := f.buffer.ReadFrom(io.LimitReader(body, limit+1))
	if n > limit {
		f.buffer.Truncate(int(limit))
		return &Error{TooLarge, fmt.Sprintf("the file is larger than %d MiB", limit>>20)}
	}
	if err != nil {
		return f.failure(err, Truncated)
	}
	return nil
}

func (f *fetcher) failure(err error, reason string) *Error {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return &Error{Timeout, fmt.Sprintf("no whole answer within %v", f.timeout)}
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err // without the address, which may hold a key
	}
	return &Error{reason, err.Error()}
}

// validatorsOf gives what the next request may ask with. A modification time
// counts whole seconds: while the second lasts the file may be written again
// unnoticed (RFC 9110, 8.8.2.2), so a younger one is not used.
func validatorsOf(h http.Header, date time.Time) validators {
	v := validators{etag: h.Get("ETag"), modified: h.Get("Last-Modified")}
	modified, err := http.ParseTime(v.modified)
	if err != nil || date.Sub(modified) < 2*time.Second {
		v.modified = ""
	}
	return v
}
