package main

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
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
		r := newRoom(limit)
		lines, failed := readLines(t.Context(), strings.NewReader(text.String()), r)
		var waiting []*request
		for len(sizes) > 0 {
			synctest.Wait()
			for len(lines) > 0 {
				waiting = append(waiting, <-lines)
				synctest.Wait()
			}
			held := 0
			for i, w := range waiting {
				held += w.held
				if len(w.text) != sizes[i] || w.held < len(w.text) {
					t.Fatalf("%d bytes held for a line of %d, want one of %d", w.held, len(w.text), sizes[i])
				}
			}
			if len(waiting) == 0 || held > limit && len(waiting) > 1 {
				t.Fatalf("%d lines wait with %d bytes, %d fit", len(waiting), held, limit)
			}
			r.give(waiting[0].held)
			waiting, sizes = waiting[1:], sizes[1:]
		}
		if _, more := <-lines; more || <-failed != nil {
			t.Error("the lines do not end")
		}
	})
}

func TestAStoppedStreamDoesNotWaitForRoom(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r := newRoom(1)
	if !r.take(ctx, 5) {
		t.Fatal("an empty room does not take a line larger than it is")
	}
	stop()
	if r.take(ctx, 1) {
		t.Error("a full room takes a line")
	}
}
