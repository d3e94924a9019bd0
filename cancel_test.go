package amdim

import (
	"context"
	"errors"
	"image"
	"slices"
	"testing"

	"github.com/amdim/amdim/internal/looks"
)

// It looks at the beginning of each batch, before each image and each 64 of its rows are converted,
// after these, when it is its turn to encode, when it takes the encoder of its size, and when that
// is free.
func TestEmbedEndsWhereverItsContextDoes(t *testing.T) {
	m := open(t, Options{Threads: 2})
	for _, n := range []int{1, 65} {
		images := slices.Repeat([]image.Image{photo(1)}, n)
		var whole *looks.Context
		for range 2 { // the first also looks when it compiles
			whole = looks.After(1000)
			if _, err := m.Embed(whole, images...); err != nil {
				t.Fatal(err)
			}
		}
		made := whole.Made()
		if batches := (n + 63) / 64; made != 3*n+5*batches {
			t.Errorf("%d looks at the context for %d images in %d batches", made, n, batches)
		}
		for done := range made {
			if v, err := m.Embed(looks.After(done), images...); !errors.Is(err, context.Canceled) || v != nil {
				t.Errorf("%d images, done after %d looks: %d vectors, %v", n, done, len(v), err)
			}
		}
	}
}

// It looks before each batch, each update of the fit, each row and each region that joins another.
func TestSegmentEndsWhereverItsContextDoes(t *testing.T) {
	m := openAt(t, mixedRun(t), Options{})
	o := SegmentOptions{Fit: 5, Least: 0.01}
	if err := m.PrepareSegment(context.Background()); err != nil {
		t.Fatal(err)
	}
	whole := looks.After(1000)
	if _, err := m.Segment(whole, stripes(90, 60, 1), o); err != nil {
		t.Fatal(err)
	}
	made := whole.Made()
	if made < 1+2+5+2*60 {
		t.Errorf("%d looks at the context for several batches, 5 updates and 60 rows, twice", made)
	}
	for done := range made {
		s, err := m.Segment(looks.After(done), stripes(90, 60, 1), o)
		if !errors.Is(err, context.Canceled) || s != nil {
			t.Errorf("done after %d looks: %v", done, err)
		}
	}
}

// A folder that is not there tells whether it was looked for.
func TestNothingIsLookedForWhenTheContextIsDone(t *testing.T) {
	m := open(t, Options{})
	if _, _, err := m.EmbedFolder(looks.After(0), "none"); !errors.Is(err, context.Canceled) {
		t.Errorf("EmbedFolder: %v", err)
	}
	if _, _, err := m.EmbedLabelled(looks.After(0), "folder:none", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("EmbedLabelled: %v", err)
	}
	dir := photos(t, 9)
	if _, bad, err := m.EmbedFolder(looks.After(5), dir); !errors.Is(err, context.Canceled) || bad != nil {
		t.Errorf("EmbedFolder while it looks for files: %v", err)
	}
}
