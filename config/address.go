package config

import (
	"net"
	"strings"
)

// byPort are the kinds of sources that are known by their port.
var byPort = map[string]string{"30003": "sbs", "30047": "jsonlines", "30979": "uat"}

// withKind says how an address is written that stands where a kind does; "" when it is
// none. It does not repeat what may hold a password.
func withKind(text string) string {
	if strings.Contains(text, "@") {
		return "; an address has its kind before it: write readsb=http://.."
	}
	scheme, _, isURL := strings.Cut(text, "://")
	kind, address := "readsb", text
	switch _, port, err := net.SplitHostPort(text); {
	case isURL && (scheme == "udp" || strings.HasPrefix(scheme, "tcp")):
		kind = "acars"
	case isURL:
	case strings.HasPrefix(text, "/"):
		address = "file://" + text
	case err == nil && byPort[port] != "":
		kind = byPort[port]
	case strings.ContainsAny(text, ".:") || text == "localhost":
		address = "http://" + text
	default:
		return ""
	}
	return "; an address has its kind before it: write " + kind + "=" + address
}
