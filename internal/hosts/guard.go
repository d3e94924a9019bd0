package hosts

import (
	"net/netip"
	"os"
	"slices"
	"strings"
)

// Guard allows what is asked of an IP address, localhost, the name of this machine, or one
// of Names.
type Guard struct {
	Names []string // without ports
}

// Allows reports whether the value of a Host header is one to answer to.
func (g Guard) Allows(host string) bool {
	host = Name(host)
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	names := append([]string{"localhost"}, g.Names...)
	if own, err := os.Hostname(); err == nil {
		names = append(names, own, own+".local")
	}
	same := func(name string) bool { return strings.EqualFold(host, name) }
	return host != "" && slices.ContainsFunc(names, same)
}
