package main

import (
	"context"
	"fmt"
	"io"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
)

// opener opens the images of a spec as a run with these settings wants them, without the
// files that cannot be read.
type opener struct {
	spec     string
	settings config.Config
	threads  int
	messages io.Writer
	known    *tried
}

// both opens what probes learn from and what they are measured on.
func (o opener) both(ctx context.Context) (trainImages, testImages *encoder.Images, err error) {
	trainImages, err = o.part(ctx, data.Train)
	if err == nil {
		testImages, err = o.part(ctx, data.Test)
	}
	return trainImages, testImages, err
}

// part opens one split through the test transform of a run.
func (o opener) part(ctx context.Context, split data.Split) (*encoder.Images, error) {
	r, err := o.readable(ctx, split)
	if err != nil {
		return nil, err
	}
	images, err := encoder.NewImages(r.sound, o.settings.Model.Px, o.settings.Augment)
	if err == nil {
		images.Whole, images.Contents, images.Threads = r.whole, r.contents, o.threads
	}
	return images, err
}

// readable is a split without the files that cannot be read.
type readable struct {
	sound, whole data.Dataset // whole has them, too
	contents     string       // of whole, where its digest does not cover them
}

// readable opens one split. Files that could be read when all were tried are not tried again.
func (o opener) readable(ctx context.Context, split data.Split) (r readable, err error) {
	reading := o.settings.Reading().Until(ctx)
	reading.Contents = true
	set, err := data.Open(o.spec, split, reading)
	if err != nil {
		return r, err
	}
	if _, files := set.(data.Named); !files {
		return readable{sound: set, whole: set}, nil
	}
	var n noteBad
	var unreadable []int
	onBad := func(i int, err error) {
		unreadable = append(unreadable, i)
		n.add(data.Name(set, i), err)
	}
	var sound data.Dataset
	was, once := o.known.of(set)
	contents := was.Contents
	if once {
		sound, err = data.Retry(ctx, set, was.Unreadable, o.threads, onBad)
		once = len(unreadable) == len(was.Unreadable) // else the contents are those of more files
	}
	if !once && err == nil {
		n, unreadable = noteBad{}, nil
		sound, err = data.Readable(ctx, set, o.threads, onBad)
		contents = data.Contents(set)
		o.known.note(set, unreadable, contents)
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w", o.spec, err)
	}
	n.say = saying(o.messages)
	n.flush()
	if contents == set.Digest() {
		contents = ""
	}
	if left := set.Len() - sound.Len(); left > shownUnreadable {
		n.say("note: %d of %d images of the %s split cannot be read and are left out; "+
			"%s names them", left, set.Len(), split, typed("data", "check", o.spec))
	}
	return readable{sound, set, contents}, nil
}
