package enginetest

import (
	"fmt"

	"github.com/amdim/amdim/graph"
)

// fusionCases are neighbours that an engine may compute in one pass, and the
// same neighbours where something else needs the value between them.
func fusionCases() []testCase {
	conv := graph.Conv2D{Out: 20, K: 3, Stride: 1, Bias: true}
	return []testCase{
		{name: "conv bias relu", build: func(s *sketch) {
			x := s.Conv2D("conv", s.source("x", 3, 6, 5, 5), conv, gain())
			s.score("y", s.ReLU("relu", x), 1)
		}},
		{name: "conv relu on images", build: func(s *sketch) {
			x := s.Conv2D("conv", s.images("images", 3, 8, 9), conv, gain())
			s.score("y", s.ReLU("relu", x), 1)
		}},
		{name: "conv relu, also an output", build: func(s *sketch) {
			x := s.Conv2D("conv", s.source("x", 3, 6, 5, 5), conv, gain())
			s.Output("between", x)
			s.score("y", s.ReLU("relu", x), 1)
		}},
		{name: "conv relu, two consumers", build: func(s *sketch) {
			x := s.Conv2D("conv", s.source("x", 3, 6, 5, 5), conv, gain())
			s.score("y", s.ReLU("relu", x), 1)
			s.score("z", s.AvgPool("pool", x, 2, 1), 2)
		}},
		{name: "conv relu, read by two convolutions", slack: deep, build: func(s *sketch) {
			x := s.ReLU("relu", s.Conv2D("conv", s.source("x", 3, 6, 5, 5), conv, gain()))
			one := graph.Conv2D{Out: 7, K: 1, Stride: 1}
			s.score("y", s.Add("add", s.Conv2D("a", x, one, gain()), s.Conv2D("b", x, one, gain())), 1)
		}},
		{name: "conv relu, read by a pool and a convolution", slack: deep, build: func(s *sketch) {
			x := s.ReLU("relu", s.Conv2D("conv", s.source("x", 3, 6, 5, 5), conv, gain()))
			s.score("y", s.AvgPool("pool", x, 2, 1), 2)
			s.score("z", s.Conv2D("one", x, graph.Conv2D{Out: 7, K: 1, Stride: 1}, gain()), 1)
		}},
		{name: "conv relu conv relu", slack: deep, build: func(s *sketch) {
			x := s.ReLU("relu1", s.Conv2D("conv1", s.source("x", 3, 6, 5, 5), conv, gain()))
			s.score("y", s.ReLU("relu2", s.Conv2D("conv2", x, conv, gain())), 1)
		}},
		{name: "conv plus conv", build: func(s *sketch) {
			x := s.source("x", 3, 6, 5, 5)
			s.score("y", s.Add("add", s.Conv2D("a", x, conv, gain()), s.Conv2D("b", x, conv, gain())), 1)
		}},
		{name: "conv plus its input", build: func(s *sketch) {
			x := s.source("x", 3, 6, 5, 40)
			s.score("y", s.Add("add", s.Conv2D("conv", x, graph.Conv2D{Out: 40, K: 1, Stride: 1}, gain()), x), 1)
		}},
		{name: "conv plus itself", build: func(s *sketch) {
			x := s.Conv2D("conv", s.source("x", 3, 6, 5, 5), conv, gain())
			s.score("y", s.Add("add", x, x), 1)
		}},
		{name: "relu of a convolution plus it", build: func(s *sketch) {
			x := s.Conv2D("conv", s.source("x", 3, 6, 5, 5), conv, gain())
			s.score("y", s.Add("add", s.ReLU("relu", x), x), 1)
		}},
		{name: "linear relu linear", build: func(s *sketch) {
			x := s.Linear("a", s.source("x", 7, 33), graph.Linear{Out: 20, Bias: true}, gain())
			s.score("y", s.Linear("b", s.ReLU("relu", x), graph.Linear{Out: 5, Bias: true}, gain()), 1)
		}},
	}
}

// residual adds one layer of the encoder, PAPER 3.1: conv k×k, [BatchNorm,]
// ReLU, conv 1×1, plus the pooled input with zero channels appended.
func residual(s *sketch, name string, x graph.ValueID, out, k, stride int, norm bool) graph.ValueID {
	y := s.Conv2D(name+".conv1", x, graph.Conv2D{Out: out, K: k, Stride: stride}, gain())
	if norm {
		y = s.BatchNorm(name+".bn", y, batchNorm(graph.BatchUpdate, 1))
	}
	y = s.Conv2D(name+".conv2", s.ReLU(name+".relu", y), graph.Conv2D{Out: out, K: 1, Stride: 1}, gain())
	if k > 1 || stride > 1 {
		x = s.AvgPool(name+".pool", x, k, stride)
	}
	if c := s.Shape(x)[3]; c < out {
		x = s.PadChannels(name+".pad", x, out)
	}
	return s.Add(name+".add", y, x)
}

// deep is the slack where several operations round one after the other, and
// signs before a ReLU may change with them.
const deep = 10

// manyLocations are layers whose images an engine may take one by one.
func manyLocations() []testCase {
	return []testCase{
		{name: "block on many locations, depth 3", slack: 5 * deep, build: func(s *sketch) {
			x := s.images("images", 11, 21, 21)
			x = s.ReLU("relu", s.Conv2D("stem", x, graph.Conv2D{Out: 8, K: 3, Stride: 1, Bias: true}, gain()))
			x = residual(s, "a", x, 8, 1, 1, false)
			x = residual(s, "b", x, 20, 4, 2, false)
			s.score("y", residual(s, "c", x, 20, 1, 1, false), 1)
		}},
		{name: "block of overlapping windows on many locations", slack: deep, build: func(s *sketch) {
			x := s.source("x", 3, 20, 22, 5)
			s.score("y", residual(s, "a", residual(s, "b", x, 33, 4, 2, false), 40, 2, 2, false), 1)
		}},
		{name: "more images than one part of a sum takes at once", slack: deep, build: func(s *sketch) {
			one := graph.Conv2D{Out: 8, K: 1, Stride: 1, Bias: true}
			x := s.ReLU("relu", s.Conv2D("conv", s.source("x", 150, 9, 8, 5), one, gain()))
			s.score("y", residual(s, "a", x, 8, 1, 1, false), 1)
		}},
		{name: "two blocks on one value of many locations", slack: deep, build: func(s *sketch) {
			x := s.source("x", 3, 9, 10, 5)
			s.score("y", residual(s, "a", x, 20, 1, 1, false), 1)
			s.score("z", residual(s, "b", x, 8, 2, 1, false), 2)
		}},
		{name: "stem with reflected border on many locations", slack: deep, build: func(s *sketch) {
			c := graph.Conv2D{Out: 8, K: 5, Stride: 2, Pad: 2, Reflect: true, Bias: true}
			x := s.ReLU("stem.relu", s.Conv2D("stem", s.source("x", 3, 18, 17, 3), c, gain()))
			s.score("y", residual(s, "a", x, 20, 1, 1, false), 1)
		}},
		{name: "stop between convolutions on many locations", slack: deep, build: func(s *sketch) {
			x := conv2D(s, "a", s.source("x", 3, 10, 10, 5), 8, 3)
			s.score("y", conv2D(s, "b", s.StopGrad("stop", x), 20, 1), 1)
		}},
		{name: "stop between scored convolutions on many locations", slack: deep, build: func(s *sketch) {
			x := conv2D(s, "a", s.source("x", 3, 10, 10, 5), 8, 3)
			s.score("y", conv2D(s, "b", s.StopGrad("stop", x), 20, 1), 1)
			s.score("x", x, 2)
		}},
		{name: "block behind a stop on many locations", slack: deep, build: func(s *sketch) {
			x := conv2D(s, "a", s.source("x", 3, 10, 10, 5), 8, 3)
			s.score("y", residual(s, "b", s.StopGrad("stop", x), 20, 1, 1, false), 1)
			s.score("x", x, 2)
		}},
	}
}

// hidden adds a residual layer of 1×1 convolutions, the first to k channels, the second to out.
func hidden(s *sketch, x graph.ValueID, k, out int) graph.ValueID {
	h := s.ReLU("relu", s.Conv2D("conv1", x, graph.Conv2D{Out: k, K: 1, Stride: 1}, gain()))
	return s.Add("add", s.Conv2D("conv2", h, graph.Conv2D{Out: out, K: 1, Stride: 1}, gain()), x)
}

// conv2D adds a convolution with bias and ReLU.
func conv2D(s *sketch, name string, x graph.ValueID, out, k int) graph.ValueID {
	x = s.Conv2D(name+".conv", x, graph.Conv2D{Out: out, K: k, Stride: 1, Bias: true}, gain())
	return s.ReLU(name+".relu", x)
}

func blockCases() []testCase {
	cases := []testCase{
		{name: "block of depth 3", slack: 5 * deep, build: func(s *sketch) {
			x := residual(s, "a", s.source("x", 12, 6, 6, 5), 20, 4, 2, false)
			x = residual(s, "b", x, 20, 1, 1, false)
			s.score("y", residual(s, "c", x, 20, 1, 1, false), 1)
		}},
		{name: "block, skip first", build: func(s *sketch) {
			x := s.source("x", 3, 4, 4, 20)
			y := s.ReLU("relu", s.Conv2D("conv1", x, graph.Conv2D{Out: 20, K: 1, Stride: 1}, gain()))
			y = s.Conv2D("conv2", y, graph.Conv2D{Out: 20, K: 1, Stride: 1, Bias: true}, gain())
			s.score("y", s.Add("add", x, y), 1)
		}},
		{name: "block with more hidden channels", slack: deep, build: func(s *sketch) {
			s.score("y", hidden(s, s.source("x", 3, 3, 3, 16), 136, 16), 1)
		}},
		{name: "block with fewer hidden channels", slack: deep, build: func(s *sketch) {
			s.score("y", hidden(s, s.source("x", 5, 3, 5, 264), 24, 264), 1)
		}},
		{name: "block on a skip of its own", slack: deep, build: func(s *sketch) {
			x := s.source("x", 3, 3, 3, 16)
			skip := s.Conv2D("shortcut", x, graph.Conv2D{Out: 136, K: 1, Stride: 1, Bias: true}, gain())
			y := s.ReLU("relu", s.Conv2D("conv1", x, graph.Conv2D{Out: 136, K: 1, Stride: 1}, gain()))
			s.score("y", s.Add("add", s.Conv2D("conv2", y, graph.Conv2D{Out: 136, K: 1, Stride: 1}, gain()), skip), 1)
		}},
		{name: "block between two scored values", slack: deep, build: func(s *sketch) {
			x := residual(s, "a", s.source("x", 3, 6, 6, 5), 20, 2, 2, false)
			y := residual(s, "b", x, 33, 3, 1, false)
			s.score("x1", x, 2)
			s.score("y", y, 1)
		}},
	}
	for _, c := range []struct {
		n, h, w, c, out, k, stride int
		norm                       bool
	}{
		{3, 8, 8, 20, 40, 4, 2, false},
		{5, 6, 6, 33, 64, 2, 2, false},
		{2, 7, 7, 32, 32, 3, 1, false},
		{9, 3, 3, 20, 64, 3, 1, false},
		{2, 5, 4, 33, 33, 1, 1, false},
		{3, 6, 6, 5, 20, 2, 2, true},
		{3, 3, 3, 20, 20, 1, 1, true},
		{3, 18, 18, 5, 20, 4, 2, false}, // many locations: an engine may go depth-first
		{2, 9, 8, 33, 33, 1, 1, false},
		{2, 11, 10, 32, 40, 3, 1, false},
		{17, 9, 9, 5, 8, 2, 1, false},
	} {
		name := fmt.Sprintf("block %dx%d s%d, %d of %dx%d, %d to %d, norm %t",
			c.k, c.k, c.stride, c.n, c.h, c.w, c.c, c.out, c.norm)
		cases = append(cases, testCase{name: name, slack: deep, build: func(s *sketch) {
			x := s.source("x", c.n, c.h, c.w, c.c)
			s.score("y", residual(s, "block", x, c.out, c.k, c.stride, c.norm), 1)
		}})
	}
	return append(cases, manyLocations()...)
}
