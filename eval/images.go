package eval

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
	Threads   int          // that read and transform them; 0: one per core
	px        int
	transform augment.Config
	share     float64 // of each class's train images, if HoldOut took these from them; else 0
}

// NewImages returns the plain images of a data set for a network of px pixels.
func NewImages(set data.Dataset, px int, transform augment.Config) (*Images, error) {
	transform.Size = px
	if err := transform.Validate(); err != nil {
		return nil, fmt.Errorf("eval: test transform to %d px: %w", px, err)
	}
	return &Images{Dataset: set, px: px, transform: transform}, nil
}

// check returns an error that counts the images without a label among the
// classes and names the first.
func (m *Images) check(part string) error {
	bad, first := 0, 0
	for i := m.Len() - 1; i >= 0; i-- {
		if l := m.Label(i); l < 0 || l >= len(m.Classes()) {
			bad, first = bad+1, i
		}
	}
	if bad == 0 {
		return nil
	}
	return fmt.Errorf("eval: %d of %d %s images are in none of the %d classes, the first is %s: "+
		"evaluation needs labelled data; a folder needs the same folders in train and test",
		bad, m.Len(), part, len(m.Classes()), data.Name(m.Dataset, first))
}

// enlarged returns a note if the first image is smaller than the network's input, else
// an empty string. An encoder may be evaluated on smaller images than it was trained on.
func (m *Images) enlarged() (note string, err error) {
	img, err := m.Image(0)
	if err != nil || min(img.H, img.W) >= m.px {
		return "", err
	}
	return fmt.Sprintf("Images of %d×%d are enlarged to the network's input of %d×%d.",
		img.W, img.H, m.px, m.px), nil
}

// All is the data set with the images that cannot be read.
func (m *Images) All() data.Dataset {
	if m.Whole == nil {
		return m.Dataset
	}
	return m.Whole
}

// unreadable says how many images are left out of both parts as they cannot be read;
// empty where none is.
func unreadable(train, test *Images) string {
	all, there := train.All().Len()+test.All().Len(), train.Len()+test.Len()
	if all == there {
		return ""
	}
	return fmt.Sprintf("Left out, as they cannot be read: %d of %d train and %d of %d %s images.",
		train.All().Len()-train.Len(), train.All().Len(),
		test.All().Len()-test.Len(), test.All().Len(), test.part())
}

// labels are those of all images.
func (m *Images) labels() []int32 {
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
			return fmt.Errorf("eval: %w", err)
		}
		err = f(b.Views, len(b.Indices))
		b.Release()
		if err != nil {
			return err
		}
	}
}
