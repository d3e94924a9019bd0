package augment

import "github.com/amdim/amdim/tensor"

// Scratch holds the buffers of one worker between calls, so that making a view
// allocates nothing. The zero value is ready; it must not be shared between
// goroutines.
type Scratch struct {
	distorted  [2][]uint8  // an image between the operations of a policy
	shifted    []uint8     // a view before its translation
	resized    []uint8     // the resized image before its centre crop
	rows       []uint8     // after the horizontal pass of a resize
	packed     []int16     // eight rows of an image, for assembly
	edge       []uint8     // copies of rows at the end of an image
	pairs      []pixelPair // pixels of a resize
	sums       []pixelPair // and what one output row sums to
	horizontal filter
	vertical   filter
}

// image returns an h×w image in buf, which grows when it has to.
func image(buf *[]uint8, h, w int) tensor.Image {
	return tensor.Image{H: h, W: w, Pix: grow(buf, h*w*3)}
}

// grow returns buf with length n; its content is undefined.
func grow[T any](buf *[]T, n int) []T {
	if cap(*buf) < n {
		*buf = make([]T, n)
	}
	*buf = (*buf)[:n]
	return *buf
}
