//go:build !(torch && linux)

package torch

import (
	"errors"

	"github.com/amdim/amdim/engine"
)

// Library is the loaded shim; here there is none.
type Library struct{}

// Open returns an error: this program was built without the tag torch.
func Open(string) (*Library, error) {
	return nil, errors.New("this amdim was built without libtorch: make torch builds one with it, " +
		"on Linux with libtorch and a C++ compiler")
}

// Version is that of libtorch.
func (*Library) Version() string { return "" }

// Devices is how many GPUs libtorch sees.
func (*Library) Devices() int { return 0 }

// NewEngine works only in builds with the tag torch.
func (*Library) NewEngine(Config) (engine.Engine, error) { return nil, errors.ErrUnsupported }

// Join works only in builds with the tag torch.
func (*Library) Join(Place) (*Group, error) { return nil, errors.ErrUnsupported }

// Group is membership in a process group; without the tag torch there is none.
type Group struct{ engine.Group }

// LocalRank is this process's rank among those on its host.
func (*Group) LocalRank() int { return 0 }

// LocalSize is how many processes of the group run on this one's host.
func (*Group) LocalSize() int { return 1 }

// LocalThreads is this process's share of threads.
func (*Group) LocalThreads() int { return 0 }

// Close leaves the group.
func (*Group) Close() error { return nil }
