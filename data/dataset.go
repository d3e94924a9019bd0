package data

import (
	"fmt"

	"github.com/amdim/amdim/data/pack"
	"github.com/amdim/amdim/tensor"
)

// Dataset is one split of a collection of images. Its methods may be called from
// several goroutines at once.
type Dataset interface {
	Len() int
	Image(i int) (tensor.Image, error) // the caller must not write to Pix; an error names the image
	Label(i int) int                   // index into Classes, −1 if there is none
	Classes() []string                 // nil: no image has a label
	Digest() string                    // SHA-256 of the contents in order: identifies the data in a checkpoint
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
