package segment

import (
	"fmt"

	"github.com/amdim/amdim/tensor"
)

// Overlay draws a map over its image, in the colours of Palette.
type Overlay struct {
	Opacity    float64   // of the colours, 0 to 1
	Confidence []float32 // (H, W), 0 to 1: factor on Opacity at each pixel; nil: 1
	Boundaries bool      // white lines on the right and lower side, wider from 2,000 pixels a side on
}

// Draw returns an error if the sizes differ.
func (o Overlay) Draw(img tensor.Image, m Map) (tensor.Image, error) {
	img.Check()
	if err := m.Validate(); err != nil {
		return tensor.Image{}, err
	}
	if m.W != img.W || m.H != img.H {
		return tensor.Image{}, fmt.Errorf("segment: a map of %d×%d for an image of %d×%d", m.W, m.H, img.W, img.H)
	}
	if o.Confidence != nil && len(o.Confidence) != len(m.Label) {
		return tensor.Image{}, fmt.Errorf("segment: %d values of confidence for a map of %d×%d",
			len(o.Confidence), m.W, m.H)
	}
	out := tensor.NewImage(img.H, img.W)
	width := max(1, min(m.W, m.H)/visible)
	for i, l := range m.Label {
		from, to := img.Pix[3*i:3*i+3], out.Pix[3*i:3*i+3]
		if o.Boundaries && m.boundary(i, width) {
			to[0], to[1], to[2] = 255, 255, 255
			continue
		}
		opacity := o.Opacity
		if o.Confidence != nil {
			opacity *= float64(o.Confidence[i])
		}
		opacity = min(max(opacity, 0), 1)
		colour := colourOf(l)
		for c := range to {
			to[c] = uint8(float64(from[c]) + opacity*(float64(colour[c])-float64(from[c])) + 0.5)
		}
	}
	return out, nil
}

// visible is the shorter side, in pixels, of an image in which a boundary of one pixel is
// still seen when the whole image is on a screen; in larger ones boundaries are wider.
const visible = 1000

// boundary reports whether a label is different among those of width pixels left of or
// above pixel i.
func (m Map) boundary(i, width int) bool {
	for d := 1; d <= width; d++ {
		if i%m.W >= d && m.Label[i-d] != m.Label[i] || i >= d*m.W && m.Label[i-d*m.W] != m.Label[i] {
			return true
		}
	}
	return false
}

// Picture returns the map itself in the colours of Palette.
func (m Map) Picture() tensor.Image {
	p := tensor.NewImage(m.H, m.W)
	for i, l := range m.Label {
		colour := colourOf(l)
		copy(p.Pix[3*i:], colour[:])
	}
	return p
}
