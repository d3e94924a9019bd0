package main

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/sync/semaphore"
)

// Lines are read ahead by their bytes: while none is answered, no more than fit the room
// come; each that is answered lets others in, one larger than the room among them.
func TestLinesThatWaitHoldNoMoreThanTheRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit = 1000
		var text strings.Builder
		var sizes []int
		for _, n := range []int{300, 400, 200, 300, 900, 5000, 10, 1000, 1, 1} {
			sizes = append(sizes, n)
			text.WriteString(strings.Repeat("x", n) + "\n")
		}
		space := semaphore.NewWeighted(limit)
		lines, failed := readLines(t.Context(), strings.NewReader(text.String()), space, limit)
		var waiting []*request
		for len(sizes) > 0 {
			synctest.Wait()
			for len(lines) > 0 {
				waiting = append(waiting, <-lines)
				synctest.Wait()
			}
			held := int64(0)
			for i, w := range waiting {
				held += w.held
				if len(w.text) != sizes[i] || w.held < min(int64(len(w.text)), limit) {
					t.Fatalf("%d bytes held for a line of %d, want one of %d", w.held, len(w.text), sizes[i])
				}
			}
			if len(waiting) == 0 || held > limit {
				t.Fatalf("%d lines wait with %d bytes, %d fit", len(waiting), held, limit)
			}
			space.Release(waiting[0].held)
			waiting, sizes = waiting[1:], sizes[1:]
		}
		if _, more := <-lines; more || <-failed != nil {
			t.Error("the lines do not end")
		}
	})
}

func TestAStoppedStreamDoesNotWaitForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		lines, _ := readLines(ctx, strings.NewReader("12345\n1\n"), semaphore.NewWeighted(1), 1)
		if first := <-lines; string(first.text) != "12345" {
			t.Fatalf("the first line is %q", first.text)
		}
		stop()
		if next, more := <-lines; more {
			t.Errorf("a full space takes %q", next.text)
		}
	})
}
