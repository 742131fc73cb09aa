package fetch

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
)

// maxRedirects bounds how often a server may send on.
const maxRedirects = 5

// newTransport gives a transport that knows files or the web, never both: no
// server can make it read a file.
func newTransport(scheme, folder string) http.RoundTripper {
	if scheme == "file" {
		return files{http.NewFileTransport(http.Dir("/")), folder}
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 1
	t.MaxResponseHeaderBytes = 64 << 10
	return t
}

// redirect gives what to do with one: header is what was sent along.
func redirect(header http.Header) func(*http.Request, []*http.Request) error {
	return func(r *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return fmt.Errorf("more than %d redirects", maxRedirects)
		}
		if s := r.URL.Scheme; s != "http" && s != "https" {
			return fmt.Errorf("a redirect to an address that begins with %q", s)
		}
		r.Header.Del("Referer")            // it may hold a key
		if r.URL.Host != via[0].URL.Host { // what is sent along is for nobody else
			for name := range header {
				delete(r.Header, name)
			}
		}
		return nil
	}
}

// files is a transport for regular files. To open anything else, such as a named
// pipe, may block for ever, whatever the request's context says.
type files struct {
	http.RoundTripper
	folder string // what is said of a folder
}

func (f files) RoundTrip(r *http.Request) (*http.Response, error) {
	switch info, err := os.Stat(r.URL.Path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s", r.URL.Path)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("the file %s may not be read by who runs this", r.URL.Path)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder%s", r.URL.Path, f.folder)
	case !info.Mode().IsRegular():
		return nil, errors.New("this is no regular file")
	}
	return f.RoundTripper.RoundTrip(r)
}
