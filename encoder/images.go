package encoder

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/tensor"
)

// Images are a data set as an encoder sees it: through the test transform.
type Images struct {
	data.Dataset
	Whole     data.Dataset // including images that cannot be read and are left out; nil: none are
	Contents  string       // data.Contents of Whole, or of more; empty: the digest covers it, or not known
	Threads   int          // that read and transform them; 0: one per core
	px        int
	transform augment.Config
}

// NewImages returns the plain images of a data set for a network of px pixels. The transform is
// that of the run, config.Config.Augment: each preset resizes before it crops in its own way,
// and a network sees best what it has learnt from.
func NewImages(set data.Dataset, px int, transform augment.Config) (*Images, error) {
	if set == nil {
		return nil, errors.New("encoder: the data set is nil: give one, such as data.Open returns")
	}
	transform.Size = px
	if err := transform.Validate(); err != nil {
		return nil, fmt.Errorf("encoder: test transform to %d px: %w", px, err)
	}
	return &Images{Dataset: set, px: px, transform: transform}, nil
}

// All is the data set with the images that cannot be read.
func (m *Images) All() data.Dataset {
	if m.Whole == nil {
		return m.Dataset
	}
	return m.Whole
}

// Px is the side of the network's input.
func (m *Images) Px() int { return m.px }

// Transform is what makes views and, as the test transform, plain images of Px pixels.
func (m *Images) Transform() augment.Config { return m.transform }

// Labels are those of all images.
func (m *Images) Labels() []int32 {
	l := make([]int32, m.Len())
	for i := range l {
		l[i] = int32(m.Label(i))
	}
	return l
}

// loaderConfig is the configuration for batches of plain images.
func (m *Images) loaderConfig(batch int) data.LoaderConfig {
	return data.LoaderConfig{Batch: batch, Size: m.px, Views: 1, Workers: m.Threads}
}

// newFill makes one worker's test transform.
func (m *Images) newFill() data.Fill {
	var s augment.Scratch
	return func(img tensor.Image, _, _ int, views [][]uint8) { m.transform.Plain(views[0], img, &s) }
}

// pass calls f with all images in order, in batches, the last of them padded.
func (m *Images) pass(ctx context.Context, batch int, f func(images tensor.Tensor, n int) error) error {
	l := data.NewPass(ctx, m.Dataset, m.loaderConfig(batch), m.newFill)
	defer l.Close()
	for {
		b, err := l.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("encoder: %w", err)
		}
		err = f(b.Views, len(b.Indices))
		b.Release()
		if err != nil {
			return err
		}
	}
}
