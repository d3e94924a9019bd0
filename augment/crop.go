package augment

import (
	"fmt"
	"math"

	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// rectangle is a rectangle of pixels: H rows from row Y, W columns from column X.
type rectangle struct{ Y, X, H, W int }

// crop sets dst to the part of src, or if mirrored of its mirror image, whose upper left
// pixel is (y, x).
func crop(dst, src tensor.Image, y, x int, mirrored bool) {
	checkBox("crop", src, rectangle{y, x, dst.H, dst.W})
	row := dst.W * 3
	for i := range dst.H {
		cropRow(dst.Pix[i*row:(i+1)*row], src, y+i, x, mirrored)
	}
}

// cropRow sets dst to row y of src, or of its mirror image, from column x.
func cropRow(dst []uint8, src tensor.Image, y, x int, mirrored bool) {
	row := src.Pix[y*src.W*3:][:src.W*3]
	if mirrored {
		x = src.W - x - len(dst)/3
		flipRow(dst, row[x*3:][:len(dst)])
	} else {
		copy(dst, row[x*3:])
	}
}

// flipRow sets dst to the pixels of src, of equal length, from the last to the first.
func flipRow(dst, src []uint8) {
	for len(dst) >= 3 && len(src) >= 3 {
		j := len(src) - 3
		dst[0], dst[1], dst[2] = src[j], src[j+1], src[j+2]
		dst, src = dst[3:], src[:j]
	}
}

func checkBox(name string, src tensor.Image, b rectangle) {
	src.Check()
	if b.Y < 0 || b.X < 0 || b.H <= 0 || b.W <= 0 || b.Y+b.H > src.H || b.X+b.W > src.W {
		panic(fmt.Sprintf("augment: %s: %+v is not in an image of %d×%d", name, b, src.H, src.W))
	}
}

// cropTries is how often a box is drawn before the central one is taken.
const cropTries = 10

// draw returns a box in an h×w image: its area, as a fraction of the image's, is uniform
// in Scale, and the logarithm of its width over its height is uniform in that of Ratio
// (Szegedy et al. 2015, arXiv 1409.4842, section 6; torchvision's RandomResizedCrop).
func (c CropConfig) draw(h, w int, s *rng.Stream) rectangle {
	lo, hi := math.Log(c.Ratio[0]), math.Log(c.Ratio[1])
	for range cropTries {
		area := float64(h*w) * s.Uniform(c.Scale[0], c.Scale[1])
		ratio := math.Exp(s.Uniform(lo, hi))
		b := rectangle{H: toEven(math.Sqrt(area / ratio)), W: toEven(math.Sqrt(area * ratio))}
		if 0 < b.W && b.W <= w && 0 < b.H && b.H <= h {
			b.Y = s.IntN(h - b.H + 1)
			b.X = s.IntN(w - b.W + 1)
			return b
		}
	}
	return c.central(h, w)
}

// central returns the largest centred box whose ratio is in Ratio, at least one pixel.
func (c CropConfig) central(h, w int) rectangle {
	b := rectangle{H: h, W: w}
	switch ratio := float64(w) / float64(h); {
	case ratio < c.Ratio[0]:
		b.H = max(toEven(float64(w)/c.Ratio[0]), 1)
	case ratio > c.Ratio[1]:
		b.W = max(toEven(float64(h)*c.Ratio[1]), 1)
	}
	b.Y, b.X = (h-b.H)/2, (w-b.W)/2
	return b
}

// toEven rounds halves to even, as Python does.
func toEven(x float64) int { return int(math.RoundToEven(x)) }
