package enginetest

import (
	"fmt"

	"github.com/amdim/amdim/graph"
)

// inputCases are the ways data comes in.
func inputCases() []testCase {
	return []testCase{
		{name: "input uint8", build: func(s *sketch) {
			x := s.images("images", 3, 5, 7)
			s.score("y", s.Conv2D("conv", x, graph.Conv2D{Out: 4, K: 1, Stride: 1}, gain()), 1)
			s.Output("x", x)
		}},
		{name: "input float32", build: func(s *sketch) {
			x := s.input("x", 5, 9)
			s.score("y", s.Linear("linear", x, graph.Linear{Out: 4}, gain()), 1)
			s.Output("x", x)
		}},
	}
}

// convShape is a convolution of n images of h×w with c channels.
type convShape struct {
	n, h, w, c int
	graph.Conv2D
}

func (c convShape) String() string {
	border := ""
	if c.Pad > 0 {
		border = fmt.Sprintf(" pad %d", c.Pad)
	}
	if c.Reflect {
		border += " reflect"
	}
	if c.Bias {
		border += " bias"
	}
	return fmt.Sprintf("conv %dx%d s%d%s, %d of %dx%d, %d to %d",
		c.K, c.K, c.Stride, border, c.n, c.h, c.w, c.c, c.Out)
}

// convCases are the layers of the network at other sizes, and what lies beside.
func convCases() []testCase {
	var cases []testCase
	for _, c := range []convShape{
		{3, 9, 8, 3, graph.Conv2D{Out: 20, K: 3, Stride: 1, Bias: true}},
		{2, 11, 9, 3, graph.Conv2D{Out: 5, K: 5, Stride: 2, Pad: 2, Reflect: true, Bias: true}},
		{2, 12, 12, 3, graph.Conv2D{Out: 33, K: 5, Stride: 2, Pad: 2, Reflect: true}},
		{2, 3, 3, 5, graph.Conv2D{Out: 3, K: 5, Stride: 1, Pad: 2, Reflect: true}},
		{3, 10, 10, 20, graph.Conv2D{Out: 40, K: 4, Stride: 2}},
		{2, 9, 11, 5, graph.Conv2D{Out: 33, K: 4, Stride: 2, Bias: true}}, // last row and column unseen
		{4, 6, 6, 33, graph.Conv2D{Out: 64, K: 2, Stride: 2}},
		{3, 20, 22, 20, graph.Conv2D{Out: 12, K: 4, Stride: 2}}, // many windows
		{2, 19, 18, 5, graph.Conv2D{Out: 33, K: 3, Stride: 1}},
		{2, 54, 57, 3, graph.Conv2D{Out: 7, K: 6, Stride: 3}},
		{2, 7, 7, 64, graph.Conv2D{Out: 33, K: 3, Stride: 1}},
		{7, 3, 3, 33, graph.Conv2D{Out: 64, K: 3, Stride: 1}},
		{5, 3, 3, 64, graph.Conv2D{Out: 64, K: 1, Stride: 1}},
		{3, 4, 4, 1, graph.Conv2D{Out: 3, K: 1, Stride: 1, Bias: true}},
		{2, 5, 6, 5, graph.Conv2D{Out: 7, K: 3, Stride: 1, Pad: 1}},
		{2, 6, 6, 20, graph.Conv2D{Out: 5, K: 5, Stride: 1}},
		{1, 5, 5, 3, graph.Conv2D{Out: 3, K: 3, Stride: 1, Bias: true}},
		{67, 2, 2, 20, graph.Conv2D{Out: 33, K: 1, Stride: 1}},
		{35, 4, 3, 5, graph.Conv2D{Out: 20, K: 2, Stride: 1, Bias: true}},
		{2, 8, 8, 3, graph.Conv2D{Out: 5, K: 2, Stride: 3}}, // windows with gaps between them
		{2, 5, 5, 5, graph.Conv2D{Out: 1, K: 1, Stride: 2}},
		{2, 2, 2, 160, graph.Conv2D{Out: 200, K: 1, Stride: 1}},
		{3, 3, 3, 96, graph.Conv2D{Out: 17, K: 3, Stride: 1}},
		{45, 5, 5, 40, graph.Conv2D{Out: 72, K: 1, Stride: 1, Bias: true}}, // more rows than are packed at once
		{130, 5, 5, 33, graph.Conv2D{Out: 40, K: 3, Stride: 1}},
	} {
		cases = append(cases, testCase{name: c.String(), build: func(s *sketch) {
			x := s.source("x", c.n, c.h, c.w, c.c)
			s.score("y", s.Conv2D("conv", x, c.Conv2D, gain()), 1)
		}})
	}
	return cases
}

func linearCases() []testCase {
	var cases []testCase
	for _, c := range []struct {
		n, c, out int
		bias      bool
	}{
		{7, 33, 5, false}, {7, 33, 5, true}, {1, 64, 33, false}, {1, 64, 33, true}, {20, 64, 1, false},
		{67, 20, 129, true}, {33, 300, 64, false}, {16, 32, 32, true}, {5, 1, 3, false},
	} {
		name := fmt.Sprintf("linear %d rows, %d to %d, bias %t", c.n, c.c, c.out, c.bias)
		cases = append(cases, testCase{name: name, build: func(s *sketch) {
			x := s.source("x", c.n, c.c)
			s.score("y", s.Linear("linear", x, graph.Linear{Out: c.out, Bias: c.bias}, gain()), 1)
		}})
	}
	return cases
}
