package cpu

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
)

// padding surrounds images with a border: zeros, or their reflection without
// repeating the edge.
type padding[E kernel.Elem] struct {
	n, h, w, c int // before padding
	pad        int
	reflect    bool
	x          []E // padded input
}

func newPadding[E kernel.Elem](in []int, a graph.Conv2D) *padding[E] {
	p := &padding[E]{n: in[0], h: in[1], w: in[2], c: in[3], pad: a.Pad, reflect: a.Reflect}
	p.x = make([]E, p.n*p.size())
	return p
}

// size is the length of a padded image.
func (p *padding[E]) size() int { return (p.h + 2*p.pad) * (p.w + 2*p.pad) * p.c }

// apply pads images [lo, lo+images), which x begins with, and returns them.
func (p *padding[E]) apply(x []E, lo, images int) []E {
	for n := range images {
		src, dst := x[n*p.h*p.w*p.c:], p.x[(lo+n)*p.size():]
		p.each(func(from, to int) { copy(dst[to:to+p.c], src[from:from+p.c]) })
	}
	return p.x[lo*p.size() : (lo+images)*p.size()]
}

// fold is the transpose of apply for float32 sums of some images.
func (p *padding[E]) fold(s *scratch[E], acc []float32, images int) []float32 {
	size := p.h * p.w * p.c
	out := grow(&s.acc2, images*size)
	clear(out)
	for n := range images {
		src, dst := acc[n*p.size():], out[n*size:]
		p.each(func(to, from int) {
			for i := range p.c {
				dst[to+i] += src[from+i]
			}
		})
	}
	return out
}

// each visits the pixels of a padded image that have a source: offsets of both.
func (p *padding[E]) each(visit func(plain, padded int)) {
	wide := p.w + 2*p.pad
	for y := range p.h + 2*p.pad {
		sy, ok := p.mirror(y-p.pad, p.h)
		if !ok {
			continue
		}
		for x := range wide {
			if sx, ok := p.mirror(x-p.pad, p.w); ok {
				visit((sy*p.w+sx)*p.c, (y*wide+x)*p.c)
			}
		}
	}
}

// mirror maps a coordinate into [0, n); false: it is a zero of the border.
func (p *padding[E]) mirror(i, n int) (int, bool) {
	if i >= 0 && i < n {
		return i, true
	}
	if !p.reflect {
		return 0, false
	}
	if i < 0 {
		return -i, true
	}
	return 2*(n-1) - i, true
}
