package cpu

import "github.com/amdim/amdim/graph"

// geometry is the shape of a convolution seen as a matrix product: rows are
// output locations, and the reduction runs over the k rows of a window, each of
// run contiguous numbers. A fully connected layer is a 1×1 convolution of 1×1
// images. Padding has already been applied: h and w include it.
type geometry struct {
	n, h, w, c  int // input, padded
	k, stride   int
	oh, ow, out int
}

func convGeometry(in, out []int, a graph.Conv2D) geometry {
	return geometry{
		n: in[0], h: in[1] + 2*a.Pad, w: in[2] + 2*a.Pad, c: in[3],
		k: a.K, stride: a.Stride, oh: out[1], ow: out[2], out: out[3],
	}
}

func linearGeometry(in, out []int) geometry {
	return geometry{n: in[0], h: 1, w: 1, c: in[1], k: 1, stride: 1, oh: 1, ow: 1, out: out[1]}
}

// run is the length of one row of a window: contiguous in the input.
func (g geometry) run() int { return g.k * g.c }

// depth is the length of the reduction: rows of the weight matrix.
func (g geometry) depth() int { return g.k * g.k * g.c }

// locations is the number of rows per image.
func (g geometry) locations() int { return g.oh * g.ow }

// image is the length of one input image.
func (g geometry) image() int { return g.h * g.w * g.c }

// pointwise reports whether the input is its own matrix of rows.
func (g geometry) pointwise() bool { return g.k == 1 && g.stride == 1 }

// offsets returns where the window of each output location of the first images
// starts, relative to the first of them.
func (g geometry) offsets(images int) []int32 {
	off := make([]int32, 0, images*g.locations())
	for n := range images {
		for y := range g.oh {
			for x := range g.ow {
				off = append(off, int32(((n*g.h+y*g.stride)*g.w+x*g.stride)*g.c))
			}
		}
	}
	return off
}
