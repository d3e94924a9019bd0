package augment

import (
	"fmt"

	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// Views makes two augmented views of img: Size×Size×3 bytes each in dst1 and
// dst2. They share the flip and nothing else, unless SameView makes them the
// same picture. The draws are a function of (seed, epoch, index) and the
// purposes Flip, Augment1, Augment2, Policy1 and Policy2.
func (c Config) Views(dst1, dst2 []uint8, img tensor.Image, seed uint64, epoch, index int, s *Scratch) {
	mirrored := c.mirrored(seed, epoch, index)
	c.augment(dst1, img, mirrored, c.choose(img.H, img.W, seed, epoch, index, 0), s)
	if c.SameView {
		copy(dst2, dst1)
		return
	}
	c.augment(dst2, img, mirrored, c.choose(img.H, img.W, seed, epoch, index, 1), s)
}

// View makes only the first of the two views, for a classifier that is trained
// on augmented images.
func (c Config) View(dst []uint8, img tensor.Image, seed uint64, epoch, index int, s *Scratch) {
	mirrored := c.mirrored(seed, epoch, index)
	c.augment(dst, img, mirrored, c.choose(img.H, img.W, seed, epoch, index, 0), s)
}

// mirrored draws whether the views show the mirror image.
func (c Config) mirrored(seed uint64, epoch, index int) bool {
	stream := rng.New(seed, epoch, index, rng.Flip)
	return stream.Bool(c.Flip)
}

// augment makes one view of img or, if mirrored, of its mirror image.
func (c Config) augment(dst []uint8, img tensor.Image, mirrored bool, choice choice, s *Scratch) {
	view := c.view(dst)
	img, mirrored = distort(img, mirrored, choice.policy, s)
	c.place(view, img, mirrored, choice, s)
	if choice.jitter {
		jitter(view, choice.factors)
	}
	if choice.gray {
		gray(view)
	}
	if c.Lighting > 0 {
		lighting(view, choice.alpha)
	}
}

// distort returns img or, if mirrored, its mirror image after the operations of a
// policy, and whether the result must still be mirrored. img is not changed.
func distort(img tensor.Image, mirrored bool, policy [maxSteps]distortion, s *Scratch) (tensor.Image, bool) {
	if policy == [maxSteps]distortion{} {
		return img, mirrored
	}
	at, free := image(&s.distorted[0], img.H, img.W), image(&s.distorted[1], img.H, img.W)
	crop(at, img, 0, 0, mirrored)
	for _, d := range policy {
		at, free = d.apply(at, free)
	}
	return at, false
}

// place sets view to the part of img that chance chose.
func (c Config) place(view, img tensor.Image, mirrored bool, v choice, s *Scratch) {
	target := view
	if v.translate {
		target = image(&s.shifted, view.H, view.W)
	}
	if c.Crop.off() {
		c.plain(target, img, mirrored, s)
	} else {
		resizedCrop(target, img, v.box, mirrored, s)
	}
	if v.translate {
		translate(view, target, v.dx, v.dy)
	}
}

// view returns dst as an image.
func (c Config) view(dst []uint8) tensor.Image {
	n := c.size()
	if len(dst) != n*n*3 {
		panic(fmt.Sprintf("augment: view has %d bytes, need %d×%d×3 = %d", len(dst), n, n, n*n*3))
	}
	return tensor.Image{H: n, W: n, Pix: dst}
}
