package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
)

// Cut is an image that a mixture has cut into segments.
type Cut struct {
	Name       string
	Image      tensor.Image
	Overlay    tensor.Image  // the map over the image, in the colours of the components
	Truth      *tensor.Image // a person's map, in colours of its own; nil: nobody made one
	Whose      string        // whose map it is
	Components []Component   // that occur in the map, the largest first
	Measured   *eval.Measured
}

// Component is where an image belongs to one component.
type Component struct {
	Label int
	Share float64      // of the pixels, in the map
	Soft  tensor.Image // probabilities, from black 0 to white 1
}

// Colour is that of the component in the map.
func (c Component) Colour() string { return colourOf(c.Label) }

// Part is the share, in percent.
func (c Component) Part() string {
	if c.Share < 0.001 {
		return "< 0.1 %"
	}
	return fmt.Sprintf("%.1f %%", 100*c.Share)
}

// Number counts components from 1.
func (c Component) Number() int { return c.Label + 1 }

// Longer sides of pictures, in pixels, for a page of ten images of reasonable size.
const (
	cutSide  = 240
	softSide = 120
)

// cutOpacity keeps the picture visible beneath the colours, and the colours
// distinguishable.
const cutOpacity = 0.55

// NewCut draws an image, the probabilities of its components and the map made from them.
func NewCut(
	ctx context.Context, img tensor.Image, q segment.Grid, m segment.Map, c mixture.Config, threads int,
) (cut Cut, err error) {
	lines := max(img.W, img.H) >= cutSide/2 // on a smaller image they would cover what they enclose
	drawn, err := segment.Overlay{Opacity: cutOpacity, Boundaries: lines}.Draw(img, m)
	if err != nil {
		return cut, err
	}
	cut = Cut{Image: reduced(img, cutSide), Overlay: reduced(drawn, cutSide)}
	small := reduced(img, softSide)
	scaled := q.Scaled(float64(small.H)/float64(img.H), float64(small.W)/float64(img.W))
	values, err := c.Soft(ctx, scaled, small, threads)
	if err != nil {
		return cut, err
	}
	soft := pictures(values)
	area := make([]int, q.K)
	for _, l := range m.Label {
		area[l]++
	}
	for label, n := range area {
		if n > 0 {
			share := float64(n) / float64(len(m.Label))
			cut.Components = append(cut.Components, Component{label, share, soft[label]})
		}
	}
	slices.SortStableFunc(cut.Components, func(a, b Component) int { return cmp.Compare(b.Share, a.Share) })
	return cut, nil
}

// SetTruth adds a person's map.
func (c *Cut) SetTruth(m segment.Map, whose string) {
	picture := reduced(m.Picture(), cutSide)
	c.Truth, c.Whose = &picture, whose
}

// pictures returns the values of each component as greys.
func pictures(s segment.Soft) []tensor.Image {
	h, w, k := s.Size()
	all := make([]tensor.Image, k)
	for j := range all {
		all[j] = tensor.NewImage(h, w)
	}
	row := make([]float32, w*k)
	for y := range h {
		s.Row(row, y)
		for i, v := range row {
			grey := uint8(255*min(max(v, 0), 1) + 0.5)
			at := (y*w + i/k) * 3
			p := all[i%k].Pix[at : at+3]
			p[0], p[1], p[2] = grey, grey, grey
		}
	}
	return all
}

// reduced is the image with a longer side of at most side pixels.
func reduced(img tensor.Image, side int) tensor.Image {
	scale := float64(side) / float64(max(img.W, img.H))
	if scale >= 1 {
		return img
	}
	round := func(n int) int { return max(1, int(scale*float64(n)+0.5)) }
	small := tensor.NewImage(round(img.H), round(img.W))
	augment.Resize(small, img, new(augment.Scratch))
	return small
}
