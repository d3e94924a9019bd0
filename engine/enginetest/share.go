package enginetest

import (
	"fmt"
	"slices"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// sharedCases are programs of any number of rows with all that looks across them.
func sharedCases() []testCase {
	const rows = 16
	cases := []testCase{
		// In bfloat16 signs before a ReLU change as weights differ by a rounding.
		{name: "network", slack: 10, build: func(s *sketch) { network(s, graph.Any, false) }},
		{name: "network with use_bn", slack: 10, build: func(s *sketch) { network(s, graph.Any, true) }},
		{name: "labels in few rows", build: func(s *sketch) {
			x := s.shared("x", rows, 33)
			labels := s.labels("labels", graph.Any, 33, 0)
			draw := s.fills["labels"]
			s.fills["labels"] = func(r *rng.Stream, t tensor.Tensor) {
				draw(r, t)
				for i := 3; i < len(t.I32); i++ {
					t.I32[i] = -1
				}
			}
			loss, penalty, accuracy := s.SoftmaxXent("xent", x, labels, 10)
			s.lose("loss", loss, 1)
			s.lose("penalty", penalty, 1)
			s.count("accuracy", accuracy)
		}},
		{name: "frozen layers between trained ones", build: func(s *sketch) {
			x := s.Linear("first", s.shared("x", rows, 20), graph.Linear{Out: 33}, gain())
			s.score("trunk", x, 1)
			z := s.Linear("idle", s.StopGrad("stop", x), graph.Linear{Out: 7, Bias: true}, gain())
			s.score("y", s.Linear("probe", s.StopGrad("stop.idle", z), graph.Linear{Out: 5}, gain()), 1)
		}},
	}
	cases = slices.Concat(cases, sharedContrasts(rows), sharedNorms(rows))
	for i := range cases {
		cases[i].rows = rows
	}
	return cases
}

// sharedContrasts are NCE and MixtureNCE with negatives in other processes.
func sharedContrasts(rows int) []testCase {
	return []testCase{
		{name: "nce of two antecedents and one consequent", build: func(s *sketch) {
			c := s.shared("c", rows, 3, 3, 20)
			loseNCE(s, s.shared("a", rows, 20), c, 20, 1, 4e-2)
			loseSecond(s, s.shared("a2", rows, 20), c, 0.5)
		}},
		{name: "nce of one antecedent and two consequents", build: func(s *sketch) {
			a := s.shared("a", rows, 33)
			loseNCE(s, a, s.shared("c", rows, 3, 3, 33), 20, 1, 4e-2)
			loseSecond(s, a, s.shared("c2", rows, 5, 33), 20)
		}},
		{name: "nce of a stopped consequent and the same not stopped", build: func(s *sketch) {
			c := s.shared("c", rows, 5, 33)
			loseSecond(s, s.shared("a2", rows, 33), s.StopGrad("stop", c), 20)
			loseNCE(s, s.shared("a", rows, 33), c, 20, 1, 1)
			s.score("scored", c, 1)
		}},
		{name: "nce of a stopped antecedent and the same not stopped", build: func(s *sketch) {
			a := s.shared("a", rows, 33)
			loseSecond(s, s.StopGrad("stop", a), s.shared("c2", rows, 5, 33), 20)
			loseNCE(s, a, s.shared("c", rows, 5, 33), 20, 1, 1)
			s.score("scored", a, 1)
		}},
		// The largest score of a row, which others are taken less, is another in each process.
		{name: "nce without a clip, and with a wide one", build: func(s *sketch) {
			loseNCE(s, s.shared("a", rows, 20), s.shared("c", rows, 3, 3, 20), 0, 1, 4e-2)
			loseSecond(s, s.shared("a2", rows, 20), s.shared("c2", rows, 5, 20), 40)
		}},
		{name: "mixture with a bonus", build: func(s *sketch) {
			soft := graph.MixtureNCE{Clip: 20, Tau: 2}
			loseMixture(s, s.shared("a", rows, 5, 20), s.shared("c", rows, 3, 20), soft, 1, 4e-2, -0.5)
		}},
		{name: "mixture without a clip", build: func(s *sketch) {
			bare := graph.MixtureNCE{Tau: 2}
			loseMixture(s, s.shared("a", rows, 3, 20), s.shared("c", rows, 5, 20), bare, 2, 4e-2, 0)
		}},
		{name: "hard mixture", build: func(s *sketch) {
			hard := graph.MixtureNCE{Clip: 20, Hard: true}
			loseMixture(s, s.shared("a", rows, 5, 20), s.shared("c", rows, 3, 20), hard, 1, 4e-2, -0.5)
		}},
	}
}

// sharedNorms are BatchNorm in its modes, and the refresh of its statistics.
func sharedNorms(rows int) []testCase {
	cases := []testCase{
		{name: "refresh", build: func(s *sketch) {
			x := s.images("images", graph.Any, 5, 5)
			x = s.Conv2D("conv", x, graph.Conv2D{Out: 7, K: 3, Stride: 1, Bias: true}, gain())
			s.Output("y", s.BatchNorm("bn", x, batchNorm(graph.BatchUpdate, 1)))
		}},
	}
	for _, c := range []struct {
		mode   graph.Norm
		groups int
		row    []int
	}{
		{graph.BatchUpdate, 1, []int{33}},
		{graph.BatchUpdate, 2, []int{3, 5, 20}},
		{graph.Batch, 2, []int{7}},
		{graph.Running, 1, []int{2, 20}},
	} {
		name := fmt.Sprintf("batchnorm, mode %d, %d groups of %v", c.mode, c.groups, c.row)
		cases = append(cases, testCase{name: name, build: func(s *sketch) {
			s.score("y", s.BatchNorm("bn", s.shared("x", rows, c.row...), batchNorm(c.mode, c.groups)), 1)
		}})
	}
	return cases
}

// share is what one process of a group is given of a trial of the case.
func (c testCase) share(whole *trial, rank, size int) *trial {
	part := *whole
	part.p = c.sketch().program(c.rows / size)
	part.in = nil
	for _, t := range whole.in {
		part.in = append(part.in, cut(t, views(part.p), rank, size))
	}
	return &part
}

// views is the number of equal groups that the rows of a program fall into.
func views(p *graph.Program) int {
	n := 1
	for _, op := range p.Ops {
		switch a := op.Attr.(type) {
		case graph.NCE, graph.MixtureNCE:
			n = max(n, 2)
		case graph.BatchNorm:
			n = max(n, a.Groups)
		}
	}
	return n
}

// cut is the share of a process of a tensor: the same rows of each view. A scalar is
// that of all.
func cut(t tensor.Tensor, views, rank, size int) tensor.Tensor {
	if len(t.Shape) == 0 {
		return t
	}
	n := t.Len() / (views * size)
	t.Shape = append([]int{t.Shape[0] / size}, t.Shape[1:]...)
	t.U8 = cutSlice(t.U8, n, size, rank)
	t.I32 = cutSlice(t.I32, n, size, rank)
	t.F32 = cutSlice(t.F32, n, size, rank)
	return t
}

// cutSlice is piece rank of every size pieces of n elements.
func cutSlice[T any](x []T, n, size, rank int) (part []T) {
	for at := rank * n; at < len(x); at += size * n {
		part = append(part, x[at:at+n]...)
	}
	return part
}
