package fetch

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Config says how is asked.
type Config struct {
	// Scheme is that of the addresses: "file", or else the web.
	Scheme string
	// Timeout is how long one answer may take, to its end.
	Timeout time.Duration
	// Header is sent along, to the host that is asked and not to where that sends on; nil is nothing.
	Header http.Header
	// Folder is added to what is said when a file is a folder; default "".
	Folder string
	// Transport is in place of files and the web: for tests. The default is nil.
	Transport http.RoundTripper
}

// Client asks one question at a time. It is owned by one goroutine. Use [New].
type Client struct {
	cfg  Config
	http *http.Client
}

// New gives a client, which holds connections until Close.
func New(cfg Config) *Client {
	transport := cfg.Transport
	if transport == nil {
		transport = newTransport(cfg.Scheme, cfg.Folder)
	}
	return &Client{cfg: cfg, http: &http.Client{Transport: transport, CheckRedirect: redirect(cfg.Header)}}
}

// Close closes what connections there are. A client may be used, and closed, again after
// it.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Question is what is asked for.
type Question struct {
	Address *url.URL
	// Known names the edition that there is already, of an earlier answer. The zero value
	// asks for all of it.
	Known Validators
	// Limit is how many bytes are taken, unpacked. Required.
	Limit int64
	// Into is what the answer is read into, from its beginning on; nil makes a new buffer.
	Into *bytes.Buffer
}

// Answer is what a question brought.
type Answer struct {
	// Unchanged says that it is the edition that is known; there is no body.
	Unchanged bool
	// NoContent says that there is nothing, in the words of HTTP (204).
	NoContent bool
	// Body is the answer, unpacked, or what came of it. Its bytes are those of Into.
	Body []byte
	// Validators name the edition that the body is, or the one that is known.
	Validators Validators
	// Received is when the answer began, by this machine's clock; Date is when it was
	// sent by the clock of the host that has the file, or zero.
	Received, Date time.Time
}

// Get asks. When the answer breaks off there is an error and what came before. Errors are
// an [*Error].
func (c *Client) Get(ctx context.Context, q Question) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	response, err := c.send(ctx, q)
	if err != nil {
		return Answer{}, c.failure(err, Unreachable)
	}
	defer func() { _ = response.Body.Close() }()
	a := Answer{Received: time.Now()}
	if a.Date, err = http.ParseTime(response.Header.Get("Date")); err != nil && q.Address.Scheme == "file" {
		a.Date = a.Received // the host that has the file is this one
	}
	switch status := response.StatusCode; {
	case status == http.StatusOK:
	case status == http.StatusNoContent:
		a.NoContent = true
		return a, nil
	case status == http.StatusNotModified && q.Known != Validators{}:
		a.Unchanged, a.Validators = true, q.Known
		return a, nil
	default:
		return a, &Error{
			Reason: HTTPStatus, Detail: fmt.Sprintf("the server answers %d %s", status, http.StatusText(status)),
			After: retryAfter(response.Header.Get("Retry-After"), a.Received),
		}
	}
	a.Validators = validatorsOf(response.Header, a.Date)
	into := q.Into
	if into == nil {
		into = &bytes.Buffer{}
	}
	err = c.read(into, response.Body, q.Limit)
	a.Body = into.Bytes()
	return a, err
}

func (c *Client) send(ctx context.Context, q Question) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, q.Address.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "skygate")
	request.Header.Set("Accept-Encoding", "gzip") // asked for here, the transport leaves decoding to read
	for name, values := range c.cfg.Header {
		request.Header[name] = values
	}
	q.Known.ask(request.Header)
	return c.http.Do(request)
}

// read fills the buffer. It tells gzip by its first bytes: some servers send packed files
// without saying so, or to those who did not ask.
func (c *Client) read(into *bytes.Buffer, body io.Reader, limit int64) error {
	into.Reset()
	in := bufio.NewReader(body)
	body = in
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(in)
		if err != nil {
			return c.failure(err, Truncated)
		}
		body = z
	}
	n, err := into.ReadFrom(io.LimitReader(body, limit+1))
	if n > limit {
		into.Truncate(int(limit))
		return &Error{Reason: TooLarge, Detail: fmt.Sprintf("the answer is larger than %d MiB", limit>>20)}
	}
	if err != nil {
		return c.failure(err, Truncated)
	}
	return nil
}
