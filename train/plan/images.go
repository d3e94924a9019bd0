package plan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
	"github.com/amdim/amdim/train/measure"
)

// Images is the loader's part, measured on a sample in one thread.
type Images struct {
	Number     int     `json:"number"`
	Classes    int     `json:"classes"` // 0: unlabelled
	Sample     int     `json:"sample"`  // images measured
	Unreadable int     `json:"unreadable,omitempty"`
	Read       float64 `json:"read_seconds"`     // per image: reading and decoding
	Augment    float64 `json:"augment_seconds"`  // per image: making its two views
	Bytes      float64 `json:"bytes"`            // of a decoded image, mean
	Kept       float64 `json:"kept_share"`       // of the decoded images: those that fit in Task.Keep
	Mapped     bool    `json:"mapped,omitempty"` // they lie in a pack, not in memory of the program
	Decode     int64   `json:"decode_bytes"`     // bytes in use at once to read an image: the most seen
	Decoding   int64   `json:"decoding_bytes"`   // on all threads, the largest array as garbage

	decoding decoding
}

const (
	sampleImages  = 256
	sampleSeconds = 1.5 // for reading and decoding, again for large files, and again for making views
)

// images measures on images drawn from all of the data: neighbours in a folder
// come from one class or one camera.
func (t Task) images(ctx context.Context) (Images, error) {
	s := Images{Number: t.number(), Classes: t.classes()}
	_, s.Mapped = t.Data.(*data.Packed)
	sample, err := t.sample(ctx, &s)
	if err != nil {
		return s, err
	}
	var scratch augment.Scratch
	size := t.Augment.Size * t.Augment.Size * 3
	views := [2][]uint8{make([]uint8, size), make([]uint8, size)}
	began, made := time.Now(), 0
	for made < sampleImages && (made < 8 || since(began) < sampleSeconds) {
		t.Augment.Views(views[0], views[1], sample[made%len(sample)], t.Train.Seed, 0, made, &scratch)
		made++
	}
	s.Augment = since(began) / float64(made)
	s.Kept = 1
	if all := s.Bytes * float64(s.Number); all > float64(t.Keep) {
		s.Kept = float64(t.Keep) / all
	}
	return s, nil
}

// sample reads images, or makes one up if there are none.
func (t Task) sample(ctx context.Context, s *Images) ([]tensor.Image, error) {
	if t.Data == nil {
		side := t.Augment.Source()
		img := tensor.NewImage(side, side)
		measure.Noise(img.Pix)
		return []tensor.Image{img}, nil
	}
	n := t.Data.Len()
	if n == 0 {
		return nil, fmt.Errorf("plan: %s holds no images", t.DataSpec)
	}
	var images []tensor.Image
	var last error
	took := map[int]data.Cost{} // by image
	draw := rng.New(t.Train.Seed, 0, 0, rng.Sample)
	chosen := draw.Perm(n)[:min(n, sampleImages)]
	began := time.Now()
	for i := 0; i < len(chosen) && (i < 8 || since(began) < sampleSeconds) && ctx.Err() == nil; i++ {
		r, err := t.read(chosen[i])
		if err != nil {
			return nil, err
		}
		s.Read += r.seconds
		took[chosen[i]] = r.cost
		if r.unreadable != nil {
			last = r.unreadable
			s.Unreadable++
			continue
		}
		images = append(images, r.img)
		s.Bytes += float64(len(r.img.Pix))
	}
	s.Sample = len(images) + s.Unreadable
	var err error
	if s.decoding, err = t.decoding(ctx, took, sampleSeconds); err != nil {
		return nil, err
	}
	s.Decode, s.Decoding = s.decoding.image(0), s.decoding.atOnce(min(t.Threads, t.Train.Batch))
	if len(images) == 0 {
		return nil, fmt.Errorf("plan: none of %d images sampled can be read, such as %w", s.Sample, last)
	}
	s.Read /= float64(s.Sample)
	s.Bytes /= float64(len(images))
	return images, nil
}

// reading is an image that was read, and what that took.
type reading struct {
	img        tensor.Image
	unreadable error // in place of img
	seconds    float64
	cost       data.Cost
}

// read reads an image. An error does not concern the image alone.
func (t Task) read(i int) (r reading, err error) {
	start := time.Now()
	r.img, r.cost, err = data.Measure(t.Data, i)
	r.seconds = since(start)
	var bad *data.UnreadableError
	if errors.As(err, &bad) {
		r.unreadable, err = err, nil
	}
	if err != nil {
		err = fmt.Errorf("plan: %w", err)
	}
	return r, err
}
