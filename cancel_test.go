package amdim

import (
	"context"
	"errors"
	"image"
	"slices"
	"sync/atomic"
	"testing"
)

// looked is a context that is done after a number of looks at whether it is.
type looked struct {
	context.Context
	left atomic.Int64
}

func (c *looked) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

func after(looks int64) *looked {
	c := &looked{Context: context.Background()}
	c.left.Store(looks)
	return c
}

// It looks at the beginning of each batch, before each image is converted, after these, and
// when it is the batch's turn to be encoded.
func TestEmbedEndsWhereverItsContextDoes(t *testing.T) {
	m := open(t, Options{Threads: 2})
	const most = 1000
	for _, n := range []int{1, 65} {
		images := slices.Repeat([]image.Image{photo(1)}, n)
		whole := after(most)
		if _, err := m.Embed(whole, images...); err != nil {
			t.Fatal(err)
		}
		looks := most - whole.left.Load()
		if batches := int64(n+63) / 64; looks != int64(n)+3*batches {
			t.Errorf("%d looks at the context for %d images in %d batches", looks, n, batches)
		}
		for done := range looks {
			if v, err := m.Embed(after(done), images...); !errors.Is(err, context.Canceled) || v != nil {
				t.Errorf("%d images, done after %d looks: %d vectors, %v", n, done, len(v), err)
			}
		}
	}
}

func TestSegmentEndsBetweenTwoBatches(t *testing.T) {
	m := openAt(t, mixedRun(t), Options{})
	o := SegmentOptions{Fit: 5}
	if err := m.PrepareSegment(context.Background()); err != nil {
		t.Fatal(err)
	}
	const most = 1000
	whole := after(most)
	if _, err := m.Segment(whole, stripes(90, 60, 1), o); err != nil {
		t.Fatal(err)
	}
	looks := most - whole.left.Load()
	if looks < 1+2+5 {
		t.Errorf("%d looks at the context for several batches and 5 updates", looks)
	}
	for done := range looks {
		s, err := m.Segment(after(done), stripes(90, 60, 1), o)
		if !errors.Is(err, context.Canceled) || s != nil {
			t.Errorf("done after %d looks: %v", done, err)
		}
	}
}

// A folder that is not there tells whether it was looked for.
func TestNothingIsLookedForWhenTheContextIsDone(t *testing.T) {
	m := open(t, Options{})
	if _, _, err := m.EmbedFolder(after(0), "none"); !errors.Is(err, context.Canceled) {
		t.Errorf("EmbedFolder: %v", err)
	}
	if _, _, err := m.EmbedLabelled(after(0), "folder:none", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("EmbedLabelled: %v", err)
	}
	dir := photos(t, 9)
	if _, bad, err := m.EmbedFolder(after(5), dir); !errors.Is(err, context.Canceled) || bad != nil {
		t.Errorf("EmbedFolder while it looks for files: %v", err)
	}
}
