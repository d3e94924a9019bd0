package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/torch"
)

// joinGroup joins the group that the environment names, nil for none, and returns
// what leaves it, once. A process may keep the others waiting for the time given.
func joinGroup(ctx context.Context, wait time.Duration) (engine.Group, func(), error) {
	place, found, err := torch.PlaceFromEnvironment()
	if err != nil {
		return nil, nil, usageError{err}
	}
	if !found {
		return nil, func() {}, nil
	}
	lib, err := libtorch()
	if err != nil {
		return nil, nil, usagef("WORLD_SIZE is %d: %w", place.Size, err)
	}
	place.Timeout = wait
	g, err := join(ctx, lib, place)
	if err != nil {
		return nil, nil, err
	}
	// What fails now is the end of another process, who says why.
	return g, sync.OnceFunc(func() { g.Close() }), nil
}

// join waits for the others until ctx is done; what it leaves behind ends with the process.
func join(ctx context.Context, lib *torch.Library, place torch.Place) (*torch.Group, error) {
	type joined struct {
		*torch.Group
		err error
	}
	all := make(chan joined, 1)
	go func() {
		g, err := lib.Join(place)
		all <- joined{g, err}
	}()
	select {
	case j := <-all:
		return j.Group, j.err
	case <-ctx.Done():
		return nil, stoppedError{"stopped before all processes of the group had come: nothing was written"}
	}
}

// rankError is an error of one process of a group.
type rankError struct {
	rank int
	err  error
}

func (e rankError) Error() string { return fmt.Sprintf("rank %d: %v", e.rank, e.err) }
func (e rankError) Unwrap() error { return e.err }
