package measure

import (
	"context"
	"sync/atomic"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/tensor"
)

// noise is a data set of a few noise images, as large as those that a folder
// would be reduced to, repeated under many indices.
type noise struct {
	n      int
	images []tensor.Image
}

func newNoise(n, side int) noise {
	d := noise{n: n}
	for range min(n, 64) {
		img := tensor.NewImage(side, side)
		Noise(img.Pix)
		d.images = append(d.images, img)
	}
	return d
}

func (d noise) Len() int                          { return d.n }
func (d noise) Image(i int) (tensor.Image, error) { return d.images[i%len(d.images)], nil }
func (d noise) Label(i int) int                   { return i % noiseClasses }
func (d noise) Classes() []string                 { return make([]string, noiseClasses) }
func (d noise) Digest() string                    { return "noise" }

// timedSet counts the processor time of reading images.
type timedSet struct {
	data.Dataset
	spent *atomic.Int64 // nanoseconds
}

func (s timedSet) Image(i int) (img tensor.Image, err error) {
	s.spent.Add(nanoseconds(func() { img, err = s.Dataset.Image(i) }))
	return img, err
}

func nanoseconds(f func()) int64 { return int64(1e9 * onThread(f)) }

// feed supplies batches of views, as in training, and records what they cost.
type feed struct {
	loader *data.Loader
	spent  atomic.Int64 // nanoseconds of processor time
	made   atomic.Int64 // images
}

func (t Task) newFeed(ctx context.Context) (*feed, error) {
	f := &feed{}
	set := t.Data
	if set == nil {
		set = newNoise(4*t.Train.Batch, t.Augment.Source())
	}
	newFill := func() data.Fill {
		var s augment.Scratch
		return func(img tensor.Image, epoch, index int, views [][]uint8) {
			f.spent.Add(nanoseconds(func() {
				t.Augment.Views(views[0], views[1], img, t.Train.Seed, epoch, index, &s)
			}))
			f.made.Add(1)
		}
	}
	var err error
	f.loader, err = data.NewLoader(ctx, timedSet{set, &f.spent}, data.LoaderConfig{
		Batch: t.Train.Batch, Size: t.Model.Px, Views: 2, Seed: t.Train.Seed, Workers: t.Threads,
		Unreadable: func(int, error) error { return nil },
	}, newFill)
	return f, err
}

// image is the processor time per image so far.
func (f *feed) image() float64 { return float64(f.spent.Load()) / 1e9 / float64(max(1, f.made.Load())) }
