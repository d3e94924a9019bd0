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

func TestACallThatIsDoneWhenItsTurnComesComputesNothing(t *testing.T) {
	m := open(t, Options{})
	for looks, images := range [][]image.Image{ // at the beginning of each batch and at its turn
		{photo(1)}, {photo(1)},
		slices.Repeat([]image.Image{photo(1)}, 65), slices.Repeat([]image.Image{photo(1)}, 65),
	} {
		if v, err := m.Embed(after(int64(looks)), images...); !errors.Is(err, context.Canceled) || v != nil {
			t.Errorf("%d images, done after %d looks: %d vectors, %v", len(images), looks, len(v), err)
		}
	}
	if _, err := m.Embed(after(2), photo(1)); err != nil {
		t.Error(err)
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
