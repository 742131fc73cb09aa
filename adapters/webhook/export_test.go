package webhook

import (
	"net/http"
	"net/netip"
)

// Through sends by another way than the network.
func (s *Sender) Through(way http.RoundTripper) { s.client.Transport = way }

// IsPublic is isPublic.
func IsPublic(ip string) bool { return isPublic(netip.MustParseAddr(ip)) }
