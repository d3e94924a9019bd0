package tensor

import "fmt"

// Image is an 8-bit RGB picture: Pix is (H, W, 3), row-major.
type Image struct {
	H, W int
	Pix  []uint8
}

// NewImage returns a black image.
func NewImage(h, w int) Image {
	return Image{H: h, W: w, Pix: make([]uint8, h*w*3)}
}

// At returns the three bytes of the pixel in row y and column x.
func (m Image) At(y, x int) []uint8 {
	i := (y*m.W + x) * 3
	return m.Pix[i : i+3 : i+3]
}

// Check panics when Pix does not hold H·W pixels: a wrong image is a bug of the
// caller, decoders return errors.
func (m Image) Check() {
	if m.H <= 0 || m.W <= 0 || len(m.Pix) != m.H*m.W*3 {
		panic(fmt.Sprintf("tensor: Image: %d bytes for %d×%d pixels", len(m.Pix), m.H, m.W))
	}
}
