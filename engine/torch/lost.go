//go:build torch && linux

package torch

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
)

var (
	// place in torch's sources
	place = regexp.MustCompile(`^\[[^\]]*\.(cc|cpp|h|hpp):\d+\] |^\[enforce fail at [^\]]*\] |` +
		`^NCCL error in: [^,]*:\d+, `)
	peer  = regexp.MustCompile(`\[([0-9a-fA-F.:%a-z]+)\]:\d+`)
	ended = regexp.MustCompile(`(?i)(closed|reset) by peer|broken pipe|remote process exited|no route to host`)
	late  = regexp.MustCompile(`(?i)timed out|timeout`)
	same  = regexp.MustCompile(`(?i)duplicate GPU`)
)

// lost says in plain words what a failed collective means, and marks the group as unusable.
func (g *Group) lost(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	g.broken = true
	if e.Code != groupLost {
		return err
	}
	text := place.ReplaceAllString(e.Text, "")
	who := fmt.Sprintf("rank %d of %d", g.Rank(), g.Size())
	switch {
	case same.MatchString(text):
		return fmt.Errorf("%s has the GPU of another process of its host: start each with its LOCAL_RANK there, "+
			"as torchrun does, or its own --device (%s)", who, text)
	case ended.MatchString(text):
		return fmt.Errorf("a process of the group is gone: %s lost its connection to %s (%s); the output of the "+
			"process that ended first says why", who, g.peerOf(text), strings.TrimRight(text, ". "))
	case late.MatchString(text):
		return fmt.Errorf("%s waited %s for the other processes of the group: one is stopped or slow, "+
			"or its host cannot be reached (%s)", who, g.place.Timeout, text)
	}
	return fmt.Errorf("%s lost its group: torch: %s", who, text)
}

// peerOf names the process at the address in torch's text, if known.
func (g *Group) peerOf(text string) string {
	m := peer.FindStringSubmatch(text)
	if m == nil {
		return "another"
	}
	address := m[1]
	var ranks []string
	for _, m := range g.members {
		if ip := net.ParseIP(m.Address); m.Rank != g.Rank() && ip.Equal(net.ParseIP(address)) {
			ranks = append(ranks, fmt.Sprint(m.Rank))
		}
	}
	if len(ranks) == 0 {
		return address
	}
	return fmt.Sprintf("rank %s at %s", strings.Join(ranks, " or "), address)
}
