package enginetest

import (
	"fmt"

	"github.com/amdim/amdim/graph"
)

func xentCases() []testCase {
	var cases []testCase
	for _, c := range []struct {
		n, classes, skip int
		clip             float64
		loss, penalty    float64
	}{
		{7, 10, 0, 10, 1, 1e-3},
		{67, 33, 3, 10, 1, 1}, // every third row without label
		{16, 2, 0, 0.5, 2, 0}, // most logits clipped
		{5, 100, 2, 0, 1, 0.5},
		{6, 10, 1, 10, 1, 1}, // no label at all: loss 0
		{1, 3, 0, 10, 0, 1},
	} {
		name := fmt.Sprintf("xent %d rows, %d classes, skip %d, clip %g, loss %g, penalty %g",
			c.n, c.classes, c.skip, c.clip, c.loss, c.penalty)
		cases = append(cases, testCase{name: name, build: func(s *sketch) {
			x, labels := s.source("x", c.n, c.classes), s.labels("labels", c.n, c.classes, c.skip)
			loss, penalty, accuracy := s.SoftmaxXent("xent", x, labels, c.clip)
			s.lose("loss", loss, c.loss)
			s.lose("penalty", penalty, c.penalty)
			s.count("accuracy", accuracy)
		}})
	}
	return append(cases, testCase{name: "xent of stopped logits beside others", build: func(s *sketch) {
		x := s.source("x", 7, 5)
		loss, _, _ := s.SoftmaxXent("xent", s.StopGrad("stop", x), s.labels("labels", 7, 5, 0), 10)
		s.lose("loss", loss, 1)
		s.score("y", x, 1)
	}})
}

func nceCases() []testCase {
	cases := []testCase{
		{name: "nce of a value with itself", build: func(s *sketch) { // 5→5
			x := s.source("x", 8, 5, 5, 20)
			a := s.Gather("gather", x, s.indices("location", 8, 25))
			loseNCE(s, a, x, 20, 1, 4e-2)
		}},
		{name: "nce, consequents stopped", build: func(s *sketch) {
			loseNCE(s, s.source("a", 6, 20), s.StopGrad("stop", s.source("c", 6, 5, 20)), 20, 1, 4e-2)
		}},
		{name: "nce, antecedents stopped", build: func(s *sketch) {
			loseNCE(s, s.StopGrad("stop", s.source("a", 6, 20)), s.source("c", 6, 5, 20), 20, 1, 4e-2)
		}},
		{name: "nce twice on one antecedent", build: func(s *sketch) {
			a := s.source("a", 6, 20)
			loseNCE(s, a, s.source("c", 6, 5, 20), 20, 1, 4e-2)
			loseSecond(s, a, s.source("c2", 6, 3, 3, 20), 20)
		}},
	}
	for _, c := range []struct {
		images, r     int
		locations     []int
		clip          float64
		loss, penalty float64
	}{
		{2, 5, []int{1}, 20, 1, 1},
		{3, 33, []int{1, 1}, 20, 1, 4e-2},
		{9, 20, []int{5, 5}, 20, 0.5, 0.02},
		{5, 64, []int{7, 7}, 20, 1, 4e-2},
		{17, 33, []int{3}, 20, 2, 0},
		{6, 3, []int{2, 2}, 0.5, 1, 1}, // most scores above the clip
		{4, 20, []int{3, 3}, 0, 1, 0.1},
		{4, 64, []int{3, 3}, 20, 0, 1},
		{33, 5, []int{2}, 2, 1, 4e-2},
		{3, 512, []int{2}, 20, 1, 4e-2}, // rows that lie a multiple of 1 KiB apart
	} {
		name := fmt.Sprintf("nce %d images, %v locations of %d, clip %g, loss %g, penalty %g",
			c.images, c.locations, c.r, c.clip, c.loss, c.penalty)
		cases = append(cases, testCase{name: name, build: func(s *sketch) {
			shape := append(append([]int{2 * c.images}, c.locations...), c.r)
			loseNCE(s, s.source("a", 2*c.images, c.r), s.source("c", shape...), c.clip, c.loss, c.penalty)
		}})
	}
	return cases
}

func loseNCE(s *sketch, a, c graph.ValueID, clip, loss, penalty float64) {
	l, p, clipped := s.NCE("nce", a, c, clip)
	s.lose("loss", l, loss)
	s.lose("penalty", p, penalty)
	s.count("clipped", clipped)
}

// loseSecond is another NCE beside that of loseNCE.
func loseSecond(s *sketch, a, c graph.ValueID, clip float64) {
	loss, penalty, _ := s.NCE("second", a, c, clip)
	s.lose("second.loss", loss, 2)
	s.lose("second.penalty", penalty, 0.5)
}
