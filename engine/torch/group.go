//go:build torch && linux

package torch

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"
	"unsafe"

	"github.com/amdim/amdim/engine"
)

type groupFunctions struct {
	Open func(
		store uintptr, rank, size int32, host string, ms int32, err *byte, cap int32,
	) uintptr `shim:"amdim_group_open"`
	Sum    func(g uintptr, v *float32, n int64, err *byte, cap int32) int32       `shim:"amdim_group_sum"`
	Gather func(g uintptr, out, v *byte, bytes int64, err *byte, cap int32) int32 `shim:"amdim_group_gather"`
	Close  func(g uintptr, err *byte, cap int32) int32                            `shim:"amdim_group_close"`
}

// Group is this process's membership in a torch process group.
type Group struct {
	lib     *Library
	place   Place
	store   *store
	members []member
	handle  uintptr
	broken  bool // a collective failed: torch would wait for processes that are gone
}

var _ engine.Group = (*Group)(nil)

// Join waits until all processes of the group are present, but no longer than the time
// limit of p. After an error the library is unusable. Processes that join again need
// another port: the previous group's store may still answer on this one.
func (l *Library) Join(p Place) (*Group, error) {
	if p.Timeout == 0 {
		p.Timeout = 10 * time.Minute
	}
	if err := CheckTimeout(p.Timeout); err != nil {
		return nil, err
	}
	if err := checkInterfaces(); err != nil {
		return nil, err
	}
	g, err := l.join(p, time.Now().Add(p.Timeout))
	if err != nil {
		return nil, fmt.Errorf("join the group at %s as rank %d of %d: %w", p.store(), p.Rank, p.Size, err)
	}
	return g, nil
}

func (l *Library) join(p Place, deadline time.Time) (*Group, error) {
	s, members, host, err := l.meet(p, deadline)
	if err != nil {
		return nil, err
	}
	g := &Group{lib: l, place: p, store: s, members: members}
	err = s.call(func(err *byte, cap int32) int32 {
		ms := int32(p.Timeout.Milliseconds())
		g.handle = l.functions.Group.Open(s.handle, int32(p.Rank), int32(p.Size), host, ms, err, cap)
		if g.handle == 0 {
			return failed
		}
		return 0
	})
	var e *Error
	text := "no answer in time"
	apart := errors.Is(err, errSilent)
	if errors.As(err, &e) && e.Code == groupLost && late.MatchString(e.Text) {
		text, apart = place.ReplaceAllString(e.Text, ""), true
	}
	if apart {
		return nil, fmt.Errorf("all %d processes came, but could not connect to each other (%s): a process ended "+
			"meanwhile, a firewall holds ports back, or GLOO_SOCKET_IFNAME must name the network between the hosts",
			p.Size, text)
	}
	if err != nil {
		return nil, g.lost(err)
	}
	return g, nil
}

// meet is the rendezvous; it starts over if the store goes away, which may have
// belonged to a rank 0 that was ending.
func (l *Library) meet(p Place, deadline time.Time) (*store, []member, string, error) {
	for pause := newPause(); ; pause.sleep() {
		s, err := l.openStore(p, deadline)
		if err != nil {
			return nil, nil, "", err
		}
		r := rendezvous{store: s, place: p, me: newMember(p)}
		members, err := r.meet()
		if err == nil {
			return s, members, r.address(members), nil
		}
		var gone *Error
		if !errors.As(err, &gone) || p.Rank == 0 || time.Now().After(deadline) {
			return nil, nil, "", err
		}
		s.close()
	}
}

// Rank implements engine.Group.
func (g *Group) Rank() int { return g.place.Rank }

// Size implements engine.Group.
func (g *Group) Size() int { return g.place.Size }

// LocalRank is this process's rank among those on its host.
func (g *Group) LocalRank() int { return g.place.LocalRank }

// LocalSize is how many processes of the group run on this one's host, including itself.
func (g *Group) LocalSize() int {
	host, _ := neighbours(g.members, g.Rank())
	return host
}

// LocalThreads is this process's share of threads if several processes may use the
// same processors: its part of GOMAXPROCS, or all of it if the environment sets
// that. A launcher that binds processes to processors has already divided them.
func (g *Group) LocalThreads() int {
	_, processors := neighbours(g.members, g.Rank())
	return threadsOf(runtime.GOMAXPROCS(0), processors)
}

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

// Exchange implements engine.Group: first the lengths, then the texts, padded to
// the longest.
func (g *Group) Exchange(text string) ([]string, error) {
	words := make([]byte, lengthBytes*g.Size())
	if err := g.gather(words, lengthOf(text)); err != nil {
		return nil, err
	}
	lengths, err := readLengths(words)
	if err != nil {
		return nil, err
	}
	longest := max(1, slices.Max(lengths))
	mine := make([]byte, longest)
	copy(mine, text)
	all := make([]byte, longest*g.Size())
	if err := g.gather(all, mine); err != nil {
		return nil, err
	}
	texts := make([]string, g.Size())
	for rank, n := range lengths {
		texts[rank] = string(all[rank*longest:][:n])
	}
	return texts, nil
}

// Close leaves the group when all processes do, because rank 0 may serve the
// others. After an error it leaves cleaning up to the end of the process.
func (g *Group) Close() error {
	if g.handle == 0 || g.broken {
		return nil
	}
	handle := g.handle
	g.handle = 0
	err := g.lib.call(func(err *byte, cap int32) int32 { return g.lib.functions.Group.Close(handle, err, cap) })
	if err != nil {
		return g.lost(err)
	}
	g.store.close()
	return nil
}
