package data

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
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

func after(looks int) *looked {
	c := &looked{Context: context.Background()}
	c.left.Store(int64(looks))
	return c
}

func TestScansEndWhereverTheirContextDoes(t *testing.T) {
	split := photographs(t, numbered(6, "train/cat", "train/dog", "test/cat")...)
	imageNet := t.TempDir()
	putPictures(t, filepath.Join(imageNet, "train"), smallTrain...)
	bsds := bsdsDir(t, "", true)
	places := placesDir(t, "", 2)
	open := func(spec string, s Split) func(Options) error {
		return func(o Options) error { _, err := Open(spec, s, o); return err }
	}
	for _, c := range []struct {
		what  string
		files int
		open  func(o Options) error
	}{
		{"a flat folder", 9, open("folder:"+photographs(t, numbered(9, ".")...), Train)},
		{"what is learnt from", 18, open("folder:"+split, Train)},
		{"what is held out", 18, open("folder:"+split, Test)},
		{"all", 18, func(o Options) error { _, _, err := OpenSplit("folder:"+split, "", o); return err }},
		{"labelled ones, read twice", 36, func(o Options) error {
			_, _, err := OpenLabelled("folder:"+split, "", o)
			return err
		}},
		{"foreign formats", 18, func(o Options) error { _, err := Foreign(o.Context, split); return err }},
		{"a note", 18, func(o Options) error { _, err := SplitNote(o.Context, split); return err }},
		{"ImageNet", len(smallTrain), open("imagenet:"+imageNet, Train)},
		{"BSDS500", 2, open("bsds500:"+bsds, Train)},
		{"Places205", 18, func(o Options) error { _, err := fewPlaces.open(places, Train, o); return err }},
	} {
		const most = 1000
		whole := after(most)
		if err := c.open(Options{Context: whole}); err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		looks := most - int(whole.left.Load())
		if looks < c.files {
			t.Errorf("%s: %d looks at the context for %d files", c.what, looks, c.files)
		}
		for done := range looks {
			if err := c.open(Options{Context: after(done)}); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, done after %d looks: %v", c.what, done, err)
			}
		}
	}
}

func TestAnOpenFolderOutlivesTheContextOfItsScan(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	set, err := OpenFolder(photographs(t, "a.png"), Options{Context: ctx})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := set.Image(0); err != nil || set.options.Context != nil {
		t.Errorf("%v, %s is kept", err, fmt.Sprint(set.options.Context))
	}
}
