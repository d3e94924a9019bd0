package runreport

import (
	"slices"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/tensor"
)

// sample is some of the images of a set.
type sample struct {
	data.Dataset
	index []int
}

func (s sample) Len() int                          { return len(s.index) }
func (s sample) Image(i int) (tensor.Image, error) { return s.Dataset.Image(s.index[i]) }
func (s sample) Label(i int) int                   { return s.Dataset.Label(s.index[i]) }
func (s sample) Name(i int) string                 { return data.Name(s.Dataset, s.index[i]) }

// sampleOf are up to most images of a set, drawn by a fixed seed: images at even
// spaces would all be of one class where classes take turns.
func sampleOf(set data.Dataset, most int) sample {
	draw := rng.New(1, 0, 0, rng.Sample)
	index := draw.Perm(set.Len())[:min(most, set.Len())]
	slices.Sort(index)
	return sample{set, index}
}

// labelled are the images of a set that have one of several classes.
func labelled(set data.Dataset) sample {
	s := sample{Dataset: set}
	for i := 0; i < set.Len() && len(set.Classes()) > 1; i++ {
		if set.Label(i) >= 0 {
			s.index = append(s.index, i)
		}
	}
	return s
}

// imageSet are images of a set as they are pictured: as the network sees them.
type imageSet struct {
	data.Dataset
	drawnFrom int // how many images
	plain     *encoder.Images
	augment   augment.Config
}

func (s imageSet) Name(i int) string { return data.Name(s.Dataset, i) }

func (s imageSet) Image(i int) (tensor.Image, error) {
	img, err := s.Dataset.Image(i)
	if err != nil {
		return img, err
	}
	plain := tensor.NewImage(s.augment.Size, s.augment.Size)
	s.augment.Plain(plain.Pix, img, new(augment.Scratch))
	return plain, nil
}

// view is image i with its two augmented views.
func (s imageSet) view(i int, seed uint64) (report.View, error) {
	img, err := s.Dataset.Image(i)
	if err != nil {
		return report.View{}, err
	}
	px := s.augment.Size
	v := report.View{First: tensor.NewImage(px, px), Second: tensor.NewImage(px, px)}
	s.augment.Views(v.First.Pix, v.Second.Pix, img, seed, 0, i, new(augment.Scratch))
	v.Image, err = s.Image(i)
	return v, err
}
