package enginetest

import (
	"fmt"

	"github.com/amdim/amdim/graph"
)

// batchNorm has the constants of the network, PAPER 3.4.
func batchNorm(mode graph.Norm, groups int) graph.BatchNorm {
	return graph.BatchNorm{Mode: mode, Groups: groups, Momentum: 0.1, Eps: 1e-5}
}

func normCases() []testCase {
	var cases []testCase
	modes := map[graph.Norm]string{
		graph.BatchUpdate: "update", graph.Batch: "batch", graph.Running: "running",
	}
	for _, c := range []struct {
		mode   graph.Norm
		groups int
		shape  []int
	}{
		{graph.BatchUpdate, 1, []int{10, 33}},
		{graph.BatchUpdate, 2, []int{6, 3, 5, 20}},
		{graph.BatchUpdate, 3, []int{24, 3}},
		{graph.BatchUpdate, 2, []int{10, 9, 8, 5}}, // 720 rows
		{graph.BatchUpdate, 2, []int{8, 5}},        // four rows a group
		{graph.Batch, 1, []int{7, 2, 2, 64}},
		{graph.Batch, 2, []int{34, 3}},
		{graph.Running, 1, []int{7, 33}},
		{graph.Running, 2, []int{6, 3, 5, 20}}, // running statistics know no groups
	} {
		name := fmt.Sprintf("batchnorm %s, %d groups of %v", modes[c.mode], c.groups, c.shape)
		cases = append(cases, testCase{name: name, build: func(s *sketch) {
			s.score("y", s.BatchNorm("bn", s.source("x", c.shape...), batchNorm(c.mode, c.groups)), 1)
		}})
	}
	return append(cases,
		testCase{name: "linear batchnorm relu", slack: deep, build: func(s *sketch) {
			x := s.Linear("linear", s.source("x", 20, 33), graph.Linear{Out: 20}, gain())
			s.score("y", s.ReLU("relu", s.BatchNorm("bn", x, batchNorm(graph.BatchUpdate, 1))), 1)
		}},
		testCase{name: "batchnorm of a value with another consumer", build: func(s *sketch) {
			x := s.source("x", 6, 3, 3, 5)
			s.score("y", s.BatchNorm("bn", x, batchNorm(graph.BatchUpdate, 2)), 1)
			s.score("z", s.ReLU("relu", x), 2)
		}},
	)
}
