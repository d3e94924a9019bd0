package hosts

import (
	"net"
	"strings"
)

// Name is what stands before the port of a host, if there is one.
func Name(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// URL is where a browser on this machine finds what listens at an address.
func URL(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Remote reports whether other machines may reach what listens at an address: it is not a
// loopback address.
func Remote(a net.Addr) bool {
	address, ok := a.(*net.TCPAddr)
	return ok && !address.IP.IsLoopback()
}
