package model

import (
	"fmt"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// layer is a row of the tables of PAPER 3.2.
type layer struct {
	kind           layerKind
	out            int // channels
	k, stride, pad int
	depth          int // residual layers
	size           int // side of the output
}

type layerKind uint8

const (
	stem  layerKind = iota // convolution with bias, ReLU
	block                  // depth residual layers; only the first has spatial extent
)

// layers is the encoder from pixels to f1. Only the first layer at 128 px has
// padding: feature statistics must not depend on the position (PAPER 3.6).
func (c Config) layers() []layer {
	n, r, d := c.NDF, c.NRKHS, c.NDepth
	switch c.Px {
	case 32: // CIFAR
		return []layer{
			// kind, out, k, stride, pad, depth, size
			{stem, n, 3, 1, 0, 1, 30},
			{block, n, 1, 1, 0, 1, 30},
			{block, 2 * n, 4, 2, 0, d, 14},
			{block, 4 * n, 2, 2, 0, d, 7},
			{block, 4 * n, 3, 1, 0, d, 5},
			{block, 4 * n, 3, 1, 0, d, 3},
			{block, r, 3, 1, 0, 1, 1},
		}
	case 64: // STL-10
		return []layer{
			{stem, n, 3, 1, 0, 1, 62},
			{block, 2 * n, 4, 2, 0, d, 30},
			{block, 4 * n, 4, 2, 0, d, 14},
			{block, 8 * n, 2, 2, 0, d, 7},
			{block, 8 * n, 3, 1, 0, d, 5},
			{block, 8 * n, 3, 1, 0, d, 3},
			{block, r, 3, 1, 0, 1, 1},
		}
	case 128: // ImageNet, Places205
		return []layer{
			{stem, n, 5, 2, 2, 1, 64},
			{stem, n, 3, 1, 0, 1, 62},
			{block, 2 * n, 4, 2, 0, d, 30},
			{block, 4 * n, 4, 2, 0, d, 14},
			{block, 8 * n, 2, 2, 0, d, 7},
			{block, 8 * n, 3, 1, 0, d, 5},
			{block, 8 * n, 3, 1, 0, d, 3},
			{block, r, 3, 1, 0, 1, 1},
		}
	}
	panic(fmt.Sprintf("model: no encoder for px = %d", c.Px))
}

// network writes one program.
type network struct {
	Config
	*graph.Builder
	norm graph.BatchNorm // of the encoder and the heads
}

func (c Config) network(name string, mode graph.Norm, groups int) network {
	return network{c, graph.NewBuilder(name), batchNorm(mode, groups)}
}

// batchNorm has PyTorch's default momentum and epsilon, as in the authors' code.
func batchNorm(mode graph.Norm, groups int) graph.BatchNorm {
	return graph.BatchNorm{Mode: mode, Groups: groups, Momentum: 0.1, Eps: 1e-5}
}

// images is the input of 8-bit pixels, h×w.
func (n network) images(h, w int) graph.ValueID {
	a := graph.Input{DType: tensor.Uint8}
	for i := range n.Mean {
		a.Mean = append(a.Mean, float32(n.Mean[i]))
		a.Std = append(a.Std, float32(n.Std[i]))
	}
	return n.Input("images", a, graph.Any, h, w, 3)
}

// encoder returns the features f_d by scale d: f_d is the last value of that size.
func (n network) encoder(x graph.ValueID) map[int]graph.ValueID {
	f := map[int]graph.ValueID{}
	for i, l := range n.layers() {
		x = n.layer(i, l, x)
		n.Check(x, graph.Any, l.size, l.size, l.out)
		f[l.size] = x
	}
	return f
}

// layer is the layer with index i of the encoder.
func (n network) layer(i int, l layer, x graph.ValueID) graph.ValueID {
	name := fmt.Sprintf("encoder.l%d", i+1)
	switch l.kind {
	case stem:
		x = n.stem(name, x, l)
	case block:
		x = n.block(name, x, l)
	}
	if l.size == 1 || l.size == 7 && n.UseBN {
		x = n.BatchNorm(name+".bn", x, n.norm)
	}
	return x
}

func (n network) stem(name string, x graph.ValueID, l layer) graph.ValueID {
	conv := graph.Conv2D{Out: l.out, K: l.k, Stride: l.stride, Pad: l.pad, Reflect: l.pad > 0, Bias: true}
	return n.ReLU(name+".relu", n.Conv2D(name, x, conv, graph.FanIn()))
}

// block is one residual layer with spatial extent, then depth−1 of 1×1.
func (n network) block(name string, x graph.ValueID, l layer) graph.ValueID {
	k, stride := l.k, l.stride
	for i := range l.depth {
		x = n.residual(fmt.Sprintf("%s.%d", name, i), x, l.out, k, stride)
		k, stride = 1, 1
	}
	return x
}

// residual is ConvResNxN of PAPER 3.1: a k×k convolution, ReLU and a 1×1
// convolution, added to the mean of the same windows with zero channels
// appended. The second convolution starts at zero, so the layer starts as its
// skip. No activation follows the sum.
func (n network) residual(name string, x graph.ValueID, out, k, stride int) graph.ValueID {
	h := n.Conv2D(name+".conv1", x, graph.Conv2D{Out: out, K: k, Stride: stride}, graph.FanIn())
	h = n.hidden(name, h)
	branch := n.Conv2D(name+".conv2", h, graph.Conv2D{Out: out, K: 1, Stride: 1}, graph.Zeros())
	skip := x
	if k > 1 {
		skip = n.AvgPool(name+".pool", skip, k, stride)
	}
	if in := n.Shape(x)[3]; in < out {
		skip = n.PadChannels(name+".pad", skip, out)
	}
	return n.Add(name+".add", branch, skip)
}

// hidden is what lies between the two convolutions of a residual layer or a
// head: ReLU, after a BatchNorm when UseBN.
func (n network) hidden(name string, h graph.ValueID) graph.ValueID {
	if n.UseBN {
		h = n.BatchNorm(name+".conv1.bn", h, n.norm)
	}
	return n.ReLU(name+".relu", h)
}
