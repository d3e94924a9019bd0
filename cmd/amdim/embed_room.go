package main

import (
	"context"
	"sync"
)

// room bounds the bytes of lines that are not answered yet. One takes, others give.
type room struct {
	limit int
	freed chan struct{}

	mu   sync.Mutex
	held int
}

func newRoom(limit int) *room { return &room{limit: limit, freed: make(chan struct{}, 1)} }

// take waits until n bytes fit, and reports false when ctx is done first. Where nothing is
// held any number fits: a line longer than the bound is answered alone.
func (r *room) take(ctx context.Context, n int) bool {
	for !r.fits(n) {
		select {
		case <-r.freed:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (r *room) fits(n int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held > 0 && r.held+n > r.limit {
		return false
	}
	r.held += n
	return true
}

// give gives back n bytes that were taken.
func (r *room) give(n int) {
	r.mu.Lock()
	r.held -= n
	r.mu.Unlock()
	select {
	case r.freed <- struct{}{}:
	default: // whoever waits will look already
	}
}
