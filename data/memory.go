package data

import (
	"sync"

	"github.com/amdim/amdim/tensor"
)

// memory is a data set whose images all have one size and are held as pixels.
type memory struct {
	h, w    int
	pix     []uint8 // (n, h, w, 3)
	labels  []int8  // (n), −1: none
	classes []string
	digest  func() string
}

// newMemory returns n black images of class 0, to be filled before first use.
func newMemory(n, h, w int, classes []string) *memory {
	m := &memory{h: h, w: w, pix: make([]uint8, n*h*w*3), labels: make([]int8, n), classes: classes}
	m.digest = sync.OnceValue(func() string {
		d, _ := digest(m) // Image returns no error
		return d
	})
	return m
}

func (m *memory) Len() int          { return len(m.labels) }
func (m *memory) Label(i int) int   { return int(m.labels[i]) }
func (m *memory) Classes() []string { return m.classes }
func (m *memory) Digest() string    { return m.digest() }

func (m *memory) Image(i int) (tensor.Image, error) { return m.image(i), nil }

func (m *memory) image(i int) tensor.Image {
	size := m.h * m.w * 3
	return tensor.Image{H: m.h, W: m.w, Pix: m.pix[i*size : (i+1)*size : (i+1)*size]}
}

// Held reports whether all images of a data set are in memory as pixels, so that none is
// decoded and reading them allocates nothing.
func Held(d Dataset) bool {
	switch d := d.(type) {
	case *memory, *Shapes:
		return true
	case subset:
		return Held(d.of)
	}
	return false
}
