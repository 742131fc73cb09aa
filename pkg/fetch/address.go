package fetch

import (
	"errors"
	"net/url"
	"strings"
)

// Example is how addresses are written, for those who wrote one that is none.
type Example struct{ Web, File string }

// ParseURL reads an address: http, https or file. Errors do not repeat it: it may hold a
// key or a password. They follow "url: ".
func ParseURL(address string, like Example) (*url.URL, error) {
	if address == "" {
		return nil, errors.New("is missing: an address, such as " + like.Web)
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("is not an address: write it like " + like.Web)
	}
	switch web := u.Scheme == "http" || u.Scheme == "https"; {
	case u.Scheme == "" && strings.HasPrefix(u.Path, "/"):
		return nil, errors.New("is a path: write it as an address, like " + like.File)
	case web && u.Host == "", !web && u.Scheme != "file":
		return nil, errors.New("must begin with http://HOST, https://HOST or file:///")
	case !web && (u.Host != "" || !strings.HasPrefix(u.Path, "/")):
		return nil, errors.New("a file's address has three slashes: " + like.File)
	}
	u.Fragment = ""
	return u, nil
}
