package live

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
)

// URL is where a browser finds the page.
func (s *Server) URL() string {
	host, port, err := net.SplitHostPort(s.listener.Addr().String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Remote reports whether other machines may reach the page: Listen was not given a
// loopback address.
func (s *Server) Remote() bool {
	address, ok := s.listener.Addr().(*net.TCPAddr)
	return ok && !address.IP.IsLoopback()
}

// answersTo reports whether the page is shown to who asks for it at a host: an IP
// address, localhost, the host that Listen was given, or the name of this machine. A
// page of another site can make its own name lead here, and would be let read the run
// (DNS rebinding); of that name alone the browser tells.
func (s *Server) answersTo(host string) bool {
	host = hostname(host)
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	names := []string{"localhost", s.host}
	if own, err := os.Hostname(); err == nil {
		names = append(names, own, own+".local")
	}
	same := func(name string) bool { return strings.EqualFold(host, name) }
	return host != "" && slices.ContainsFunc(names, same)
}

// hostname is what stands before the port, if there is one.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}
