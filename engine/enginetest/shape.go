package enginetest

import (
	"fmt"

	"github.com/amdim/amdim/graph"
)

// shapeCases are the operations without variables.
func shapeCases() []testCase {
	cases := []testCase{
		{name: "relu", build: func(s *sketch) { s.score("y", s.ReLU("relu", s.source("x", 5, 3, 3, 7)), 1) }},
		{name: "reshape to a row and back", build: func(s *sketch) {
			x := s.Reshape("row", s.source("x", 3, 2, 5, 7), 70)
			x = s.Linear("linear", x, graph.Linear{Out: 60}, gain())
			s.score("y", s.ReLU("relu", s.Reshape("image", x, 3, 4, 5)), 1)
		}},
		{name: "reshape of a value with another consumer", build: func(s *sketch) {
			x := s.source("x", 3, 2, 5, 7)
			s.score("y", s.ReLU("relu", s.Reshape("row", x, 70)), 1)
			s.score("z", s.AvgPool("pool", x, 2, 1), 2)
		}},
		{name: "dropout", build: func(s *sketch) {
			x, m := s.source("x", 7, 33), s.mask("mask", 0.25, 7, 33)
			s.score("y", s.Dropout("dropout", x, m, 0.25), 1)
		}},
		{name: "dropout of an image", build: func(s *sketch) {
			x, m := s.source("x", 2, 3, 3, 5), s.mask("mask", 0.5, 2, 3, 3, 5)
			s.score("y", s.Dropout("dropout", x, m, 0.5), 1)
		}},
		{name: "gather", build: func(s *sketch) {
			x := s.source("x", 9, 5, 5, 33)
			s.score("y", s.Gather("gather", x, s.indices("at", 9, 25)), 1)
		}},
		{name: "gather beside another consumer", build: func(s *sketch) {
			x := s.source("x", 4, 3, 2, 5)
			s.score("y", s.Gather("gather", x, s.indices("at", 4, 6)), 1)
			s.score("z", s.ReLU("relu", x), 2)
		}},
	}
	cases = append(cases, addCases()...)
	for _, c := range []struct{ n, h, w, c, k, stride int }{
		{3, 7, 6, 5, 3, 1}, {2, 8, 8, 20, 4, 2}, {2, 9, 7, 33, 2, 2},
		{5, 3, 3, 64, 3, 1}, {2, 8, 7, 3, 2, 3}, {2, 3, 3, 5, 1, 1},
	} {
		name := fmt.Sprintf("avgpool %dx%d s%d, %d of %dx%d, %d", c.k, c.k, c.stride, c.n, c.h, c.w, c.c)
		cases = append(cases, testCase{name: name, build: func(s *sketch) {
			s.score("y", s.AvgPool("pool", s.source("x", c.n, c.h, c.w, c.c), c.k, c.stride), 1)
		}})
	}
	for _, c := range []struct{ c, out int }{{3, 20}, {20, 33}, {64, 65}, {5, 5}} {
		name := fmt.Sprintf("pad channels %d to %d", c.c, c.out)
		cases = append(cases, testCase{name: name, build: func(s *sketch) {
			s.score("y", s.PadChannels("pad", s.source("x", 3, 2, 3, c.c), c.out), 1)
		}})
	}
	return cases
}

// addCases are sums, of values of one shape and of rows at every place.
func addCases() []testCase {
	return []testCase{
		{name: "add", build: func(s *sketch) {
			s.score("y", s.Add("add", s.source("x", 5, 3, 3, 7), s.source("z", 5, 3, 3, 7)), 1)
		}},
		{name: "add to itself", build: func(s *sketch) {
			x := s.source("x", 5, 33)
			s.score("y", s.Add("add", x, x), 1)
		}},
		{name: "add rows at every place", build: func(s *sketch) {
			s.score("y", s.Add("add", s.source("x", 5, 3, 2, 33), s.source("z", 5, 33)), 1)
		}},
		{name: "add rows at every place of a convolution", build: func(s *sketch) {
			x := s.Conv2D("conv", s.source("x", 5, 3, 3, 7), graph.Conv2D{Out: 20, K: 2, Stride: 1}, gain())
			s.score("y", s.Add("add", x, s.source("z", 5, 20)), 1)
		}},
		{name: "add rows of a value with another consumer", build: func(s *sketch) {
			z := s.source("z", 4, 20)
			s.score("y", s.Add("add", s.source("x", 4, 3, 20), z), 1)
			s.score("other", s.ReLU("relu", z), 2)
		}},
		{name: "add rows to themselves", build: func(s *sketch) {
			x := s.source("x", 5, 20)
			s.score("y", s.Add("add", s.Reshape("one", x, 1, 20), x), 1)
		}},
	}
}

// flowCases are about where gradients go: sums over consumers, and stops.
func flowCases() []testCase {
	linear := graph.Linear{Out: 20, Bias: true}
	return []testCase{
		{name: "three consumers", build: func(s *sketch) {
			x := s.source("x", 5, 3, 3, 7)
			s.score("a", s.ReLU("relu", x), 1)
			s.score("b", s.AvgPool("pool", x, 2, 1), 0.5)
			s.score("c", s.Conv2D("conv", x, graph.Conv2D{Out: 5, K: 2, Stride: 1}, gain()), 2)
		}},
		{name: "stop before a classifier", build: func(s *sketch) {
			x := s.Linear("trunk", s.source("x", 7, 33), linear, gain())
			s.score("trunk.y", x, 1)
			s.score("y", s.Linear("probe", s.StopGrad("stop", x), linear, gain()), 3)
		}},
		{name: "one branch stopped", build: func(s *sketch) {
			x := s.source("x", 7, 20)
			y := s.Linear("linear", x, linear, gain())
			s.score("y", s.Add("add", y, s.StopGrad("stop", x)), 1)
		}},
		{name: "a layer that the loss does not reach", build: func(s *sketch) {
			x := s.source("x", 7, 20)
			s.Output("idle", s.Linear("idle", x, linear, gain()))
			s.score("y", s.Linear("linear", x, linear, gain()), 1)
		}},
		{name: "one value in two terms of the loss", build: func(s *sketch) {
			x := s.source("x", 7, 5)
			loss, penalty, _ := s.SoftmaxXent("xent", x, s.labels("labels", 7, 5, 0), 10)
			s.lose("loss", loss, 0.25)
			s.lose("penalty", penalty, 0.5)
			s.Loss(loss, 2)
		}},
	}
}
