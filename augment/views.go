package augment

import (
	"fmt"

	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// Views makes two augmented views of img: Size×Size×3 bytes each in dst1 and
// dst2. They share the flip and nothing else. The draws are a function of (seed,
// epoch, index) and the purposes Flip, Augment1 and Augment2.
func (c Config) Views(dst1, dst2 []uint8, img tensor.Image, seed uint64, epoch, index int, s *Scratch) {
	img = c.flip(img, seed, epoch, index, s)
	c.augment(dst1, img, rng.New(seed, epoch, index, rng.Augment1), s)
	c.augment(dst2, img, rng.New(seed, epoch, index, rng.Augment2), s)
}

// View makes the first of the two views alone, for a classifier that is trained
// on augmented images.
func (c Config) View(dst []uint8, img tensor.Image, seed uint64, epoch, index int, s *Scratch) {
	img = c.flip(img, seed, epoch, index, s)
	c.augment(dst, img, rng.New(seed, epoch, index, rng.Augment1), s)
}

// flip returns img or, as chance has it, its mirror image in s.
func (c Config) flip(img tensor.Image, seed uint64, epoch, index int, s *Scratch) tensor.Image {
	stream := rng.New(seed, epoch, index, rng.Flip)
	if !stream.Bool(c.Flip) {
		return img
	}
	mirrored := image(&s.flipped, img.H, img.W)
	Flip(mirrored, img)
	return mirrored
}

// augment makes one view of img, which it leaves as it is.
func (c Config) augment(dst []uint8, img tensor.Image, stream rng.Stream, s *Scratch) {
	view := c.view(dst)
	choice := c.draw(img.H, img.W, &stream)
	c.place(view, img, choice, s)
	if choice.jitter {
		Jitter(view, choice.factors)
	}
	if choice.gray {
		Gray(view)
	}
}

// place sets view to the part of img that chance chose.
func (c Config) place(view, img tensor.Image, v choice, s *Scratch) {
	target := view
	if v.translate {
		target = image(&s.shifted, view.H, view.W)
	}
	if c.Crop.off() {
		c.plain(target, img, s)
	} else {
		ResizedCrop(target, img, v.box, s)
	}
	if v.translate {
		Translate(view, target, v.dx, v.dy)
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
