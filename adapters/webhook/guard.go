package webhook

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// errForbidden is the error of a connection to where the server must not go.
var errForbidden = errors.New("the address is of this machine or a private network; webhook.allow_private in the settings permits that")

// inside are the networks that are not the public internet, beyond those that
// netip knows, and those whose addresses stand for others.
var inside = parsePrefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4",
	"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2002::/16", "fec0::/10", "::/96",
)

func parsePrefixes(texts ...string) (out []netip.Prefix) {
	for _, t := range texts {
		out = append(out, netip.MustParsePrefix(t))
	}
	return out
}

// isPublic says whether an address is on the public internet.
func isPublic(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	return ip.IsGlobalUnicast() && !ip.IsPrivate() &&
		!slices.ContainsFunc(inside, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// Check says of an address whether nothing would ever be delivered there, as far as it
// tells by itself: where a name leads is known only when it is delivered to.
func (c Config) Check(address string) error {
	u, err := url.Parse(address)
	if err != nil || c.AllowPrivate {
		return nil // what is no address at all is refused elsewhere
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	ip, err := netip.ParseAddr(host)
	if err == nil && !isPublic(ip) || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return errForbidden
	}
	return nil
}

// guard looks at an address just before it is connected to.
func guard(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !isPublic(to.Addr()) {
		return errForbidden
	}
	return nil
}

func newTransport(cfg Config) *http.Transport {
	dialer := &net.Dialer{Timeout: cfg.Timeout}
	if !cfg.AllowPrivate {
		dialer.Control = guard
	}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    cfg.Timeout,
		ResponseHeaderTimeout:  cfg.Timeout,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    perHost,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true,
	}
}

// follow permits a redirect that keeps the method, the host and the encryption;
// any other is the answer.
func follow(next *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > 3 || next.Method != first.Method || next.URL.Hostname() != first.URL.Hostname() ||
		next.URL.Scheme != "https" && next.URL.Scheme != first.URL.Scheme ||
		first.URL.Scheme == next.URL.Scheme && first.URL.Port() != next.URL.Port() {
		return http.ErrUseLastResponse
	}
	return nil
}
