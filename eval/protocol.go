package eval

import (
	"cmp"
	"slices"
	"strings"
)

// protocolOf is the protocol, without its number, that a row was measured under.
func protocolOf(row Row) string {
	for _, p := range protocols {
		if row.Protocol == p || strings.HasPrefix(row.Protocol, p+"-") {
			return p
		}
	}
	return row.Protocol
}

func byProtocol(a, b string) int {
	return cmp.Compare(slices.Index(protocols, a), slices.Index(protocols, b))
}

// of is the part of c that decides the results under a protocol.
func (c Config) of(protocol string) Config {
	s := Config{Refresh: c.Refresh}
	switch protocol {
	case Linear, MLP:
		s.Seeds, s.Probe = c.Seeds, c.Probe
	case KNN:
		s.KNN = c.KNN
	case FewShot:
		s.FewShot = c.FewShot
	case Paper:
		s.Seeds, s.Paper = c.Seeds, c.Paper
	}
	return s
}

// taking is c plus a protocol of another configuration, with those of the
// latter's settings that no protocol of c uses.
func (c Config) taking(protocol string, from Config) Config {
	probes := c.has(Linear) || c.has(MLP)
	if !probes && !c.has(Paper) {
		c.Seeds = from.Seeds
	}
	switch {
	case protocol == KNN:
		c.KNN = from.KNN
	case protocol == FewShot:
		c.FewShot = from.FewShot
	case protocol == Paper:
		c.Paper = from.Paper
	case !probes:
		c.Probe = from.Probe
	}
	c.Protocols = append(slices.Clone(c.Protocols), protocol)
	return c
}
