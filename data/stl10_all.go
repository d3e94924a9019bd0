package data

import (
	"fmt"
	"os"
	"sync"

	"github.com/amdim/amdim/tensor"
)

// stlAll is the training images of STL-10 followed by the unlabelled ones, which are read
// when they are asked for: the system caches as much of their 2.8 GB as it has room for.
type stlAll struct {
	*memory
	file       *os.File // images as planes, one after another
	unlabelled int
	digest     func() string
}

func newSTLAll(labelled *memory, file *os.File, unlabelled int) *stlAll {
	s := &stlAll{memory: labelled, file: file, unlabelled: unlabelled}
	s.digest = sync.OnceValue(func() string {
		d, err := digest(s)
		if err != nil {
			return "" // the next Image says why
		}
		return d
	})
	return s
}

func (s *stlAll) Len() int       { return s.memory.Len() + s.unlabelled }
func (s *stlAll) Digest() string { return s.digest() }

func (s *stlAll) Label(i int) int {
	if i >= s.memory.Len() {
		return -1
	}
	return s.memory.Label(i)
}

func (s *stlAll) Image(i int) (tensor.Image, error) {
	first := s.memory.Len()
	if i < first {
		return s.memory.Image(i)
	}
	planes := make([]byte, stlImage)
	if _, err := s.file.ReadAt(planes, int64(i-first)*stlImage); err != nil {
		return tensor.Image{}, fmt.Errorf("data: stl10: image %d of %s: %w", i-first, s.file.Name(), err)
	}
	img := tensor.Image{H: stlSide, W: stlSide, Pix: make([]uint8, stlImage)}
	transpose(img.Pix, planes, stlSide)
	return img, nil
}
