package data

import (
	"fmt"

	"github.com/amdim/amdim/data/pack"
	"github.com/amdim/amdim/tensor"
)

// Dataset is one split of a collection of images. Its methods may be called from several
// goroutines at once, by a loader from as many as it has workers, also for one image. While the
// set lives they return the same for the same i: what was learnt from can be repeated, and a run
// resumed, only if they do so from one process to the next.
type Dataset interface {
	Len() int // number of images; i is 0 to Len() − 1

	// Image returns image i. Nothing here keeps it from one epoch to the next: a set that can
	// does so itself. Sides may differ between images; beyond augment.Config.Source they take
	// time, and views show no more. One without pixels, with other than 3·H·W bytes in Pix, of
	// more than 200 million pixels, or with one side more than 2000 times the other counts as
	// unreadable.
	//
	// Nobody here writes to Pix, so the set may return the same again. It must not write to it
	// either: how long Pix is in use is not told.
	//
	// For an image that cannot be read while others can, the error is an *UnreadableError:
	// training lists it, takes the next one in its place, and asks again in the next epoch, until
	// there are more than train.Options.MaxUnreadable allows. Any other error, which names the
	// image, ends training; so does a panic, as a *PanicError.
	//
	// There is no context: what reads over a network ends by its own deadline or context, since
	// whoever stops training waits for it, although its checkpoint does not.
	Image(i int) (tensor.Image, error)

	Label(i int) int   // index into Classes, −1 if there is none; another ends training, with the image
	Classes() []string // nil: no image has a label

	// Digest identifies the data in a checkpoint: a SHA-256 of the contents in order, or another
	// text that no other contents have: training refuses an empty one. It is asked for once or
	// twice in a run, before the first update.
	Digest() string
}

// Version tells what is kept of a data set, such as its features, from what is to be
// computed again: the digest and, where that does not cover the contents of files, when
// these were last written. Unlike the digest it is no longer the same of a copy.
func Version(set Dataset) string {
	if w := written(set); w != "" {
		return set.Digest() + " " + w
	}
	return set.Digest()
}

func written(set Dataset) string {
	if w, ok := set.(interface{ written() string }); ok {
		return w.written()
	}
	return ""
}

// Split says which part of a collection is meant.
type Split uint8

// Splits.
const (
	Train    Split = iota
	Test           // held out: nothing is ever selected on it
	Pretrain       // what may be learnt from without labels: Train and unlabelled images
)

func (s Split) String() string {
	switch s {
	case Train:
		return "train"
	case Test:
		return "test"
	case Pretrain:
		return "pretrain"
	}
	return fmt.Sprintf("Split(%d)", uint8(s))
}

// digest is pack.Sum over every image of d in order: it does not depend on the
// container that the images were read from.
func digest(d Dataset) (string, error) {
	sum := pack.NewSum()
	for i := range d.Len() {
		img, err := d.Image(i)
		if err != nil {
			return "", err
		}
		sum.Add(img, d.Label(i))
	}
	return sum.String(), nil
}
