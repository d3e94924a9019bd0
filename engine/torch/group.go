//go:build torch && linux

package torch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
	"unsafe"

	"github.com/amdim/amdim/engine"
)

type groupFunctions struct {
	Open   func(rank, size int32, master string, port int32, host string, ms int32, err *byte, cap int32) uintptr `shim:"amdim_group_open"`
	Sum    func(g uintptr, v *float32, n int64, err *byte, cap int32) int32                                       `shim:"amdim_group_sum"`
	Gather func(g uintptr, out, v *byte, bytes int64, err *byte, cap int32) int32                                 `shim:"amdim_group_gather"`
	Close  func(g uintptr, err *byte, cap int32) int32                                                            `shim:"amdim_group_close"`
}

// Group is this process's membership of a process group of torch.
type Group struct {
	lib    *Library
	place  Place
	handle uintptr
}

var _ engine.Group = (*Group)(nil)

// Join waits until all processes of the group are there.
func (l *Library) Join(p Place) (*Group, error) {
	if p.Timeout == 0 {
		p.Timeout = 10 * time.Minute
	}
	handle, err := l.open(func(err *byte, cap int32) uintptr {
		return l.functions.Group.Open(int32(p.Rank), int32(p.Size), p.Master, int32(p.Port), address(p),
			int32(p.Timeout.Milliseconds()), err, cap)
	})
	if err != nil {
		return nil, fmt.Errorf("join a group of %d processes at %s: %w", p.Size, net.JoinHostPort(p.Master, strconv.Itoa(p.Port)), err)
	}
	return &Group{lib: l, place: p, handle: handle}, nil
}

// address is that of this host as the master sees it; no packet is sent.
func address(p Place) string {
	c, err := net.Dial("udp", net.JoinHostPort(p.Master, strconv.Itoa(p.Port)))
	if err != nil {
		return ""
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).IP.String()
}

// Rank implements engine.Group.
func (g *Group) Rank() int { return g.place.Rank }

// Size implements engine.Group.
func (g *Group) Size() int { return g.place.Size }

// Sum implements engine.Group.
func (g *Group) Sum(v []float32) error {
	if len(v) == 0 {
		return nil
	}
	return g.lost(g.lib.call(func(err *byte, cap int32) int32 {
		return g.lib.functions.Group.Sum(g.handle, &v[0], int64(len(v)), err, cap)
	}))
}

// Gather implements engine.Group.
func (g *Group) Gather(out, v []float32) error {
	if len(out) != g.Size()*len(v) {
		return fmt.Errorf("torch: gather %d values of %d processes into %d", len(v), g.Size(), len(out))
	}
	if len(v) == 0 {
		return nil
	}
	return g.gather(bytesOf(out), bytesOf(v))
}

func bytesOf(v []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), 4*len(v))
}

func (g *Group) gather(out, v []byte) error {
	return g.lost(g.lib.call(func(err *byte, cap int32) int32 {
		return g.lib.functions.Group.Gather(g.handle, &out[0], &v[0], int64(len(v)), err, cap)
	}))
}

// Exchange implements engine.Group: first the lengths, then texts of the longest.
func (g *Group) Exchange(text string) ([]string, error) {
	const word = 8
	lengths := make([]byte, word*g.Size())
	if err := g.gather(lengths, binary.LittleEndian.AppendUint64(nil, uint64(len(text)))); err != nil {
		return nil, err
	}
	length := func(rank int) int { return int(binary.LittleEndian.Uint64(lengths[word*rank:])) }
	longest := 1
	for rank := range g.Size() {
		longest = max(longest, length(rank))
	}
	mine := make([]byte, longest)
	copy(mine, text)
	all := make([]byte, longest*g.Size())
	if err := g.gather(all, mine); err != nil {
		return nil, err
	}
	texts := make([]string, g.Size())
	for rank := range texts {
		texts[rank] = string(all[rank*longest : rank*longest+length(rank)])
	}
	return texts, nil
}

// lost says in plain words what a failed collective means.
func (g *Group) lost(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Code == groupLost {
		return fmt.Errorf("a process of the group is gone, or kept rank %d of %d waiting longer than %s: %w",
			g.Rank(), g.Size(), g.place.Timeout, err)
	}
	return err
}

// Close leaves the group when all processes do: rank 0 may serve the others.
func (g *Group) Close() error {
	if g.handle == 0 {
		return nil
	}
	handle := g.handle
	g.handle = 0
	return g.lost(g.lib.call(func(err *byte, cap int32) int32 { return g.lib.functions.Group.Close(handle, err, cap) }))
}
