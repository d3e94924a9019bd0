package enginetest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
)

// mixtureCases are MixtureNCE at sizes around the blocks that engines work in.
func mixtureCases() []testCase {
	soft := graph.MixtureNCE{Clip: 20, Tau: 1}
	cases := []testCase{
		{name: "mixture of f1 and its residuals", build: func(s *sketch) { // as in the model
			f := s.source("f", 6, 20)
			h := s.ReLU("relu", s.Linear("fc1", f, graph.Linear{Out: 20, Bias: true}, gain()))
			m := s.Linear("fc2", h, graph.Linear{Out: 4 * 20, Bias: true}, gain())
			a := s.Add("add", s.Reshape("components", m, 4, 20), f)
			loseMixture(s, a, s.source("c", 6, 3, 3, 20), soft, 1, 4e-2, 0)
		}},
		{name: "mixture, consequents stopped", build: func(s *sketch) {
			c := s.StopGrad("stop", s.source("c", 6, 5, 20))
			loseMixture(s, s.source("a", 6, 3, 20), c, soft, 1, 4e-2, 0)
		}},
		{name: "mixture, components stopped", build: func(s *sketch) {
			a := s.StopGrad("stop", s.source("a", 6, 3, 20))
			loseMixture(s, a, s.source("c", 6, 5, 20), soft, 1, 4e-2, 0)
		}},
		{name: "mixture beside nce of one consequent", build: func(s *sketch) {
			c := s.source("c", 6, 5, 20)
			loss, penalty, _ := s.NCE("plain", s.source("plain.a", 6, 20), c, 20)
			s.lose("plain.loss", loss, 2)
			s.lose("plain.penalty", penalty, 0.5)
			loseMixture(s, s.source("a", 6, 3, 20), c, soft, 1, 4e-2, 0)
		}},
	}
	for _, c := range []struct {
		images, k, r         int
		locations            []int
		tau                  float64 // 0: Hard
		clip                 float64
		loss, penalty, usage float64
	}{
		{2, 1, 5, []int{1}, 1, 20, 1, 1, 0},
		{3, 2, 33, []int{1, 1}, 1, 20, 1, 4e-2, 0},
		{9, 8, 20, []int{3, 3}, 1, 20, 0.5, 0.02, 0},
		{5, 3, 64, []int{7, 7}, 0.5, 20, 1, 4e-2, -0.5},
		{17, 4, 33, []int{3}, 5, 20, 2, 0, -1},
		{6, 5, 3, []int{2, 2}, 1, 0.5, 1, 1, 0}, // most scores above the clip
		{4, 3, 20, []int{3, 3}, 2, 0, 1, 0.1, 0.1},
		{4, 3, 64, []int{3, 3}, 1, 20, 0, 1, 0},
		{4, 3, 64, []int{3, 3}, 1, 20, 0, 0, -1},
		{33, 16, 5, []int{2}, 1, 2, 1, 4e-2, 0}, // more rows of components than a block has
		{6, 4, 20, []int{3, 3}, 0, 20, 1, 4e-2, 0},
	} {
		a := graph.MixtureNCE{Clip: c.clip, Tau: c.tau, Hard: c.tau == 0}
		name := fmt.Sprintf("mixture of %d, %d images, %v locations of %d, ", c.k, c.images, c.locations, c.r) +
			fmt.Sprintf("tau %g, clip %g, loss %g, penalty %g, usage %g", c.tau, c.clip, c.loss, c.penalty, c.usage)
		cases = append(cases, testCase{name: name, build: func(s *sketch) {
			shape := append(append([]int{2 * c.images}, c.locations...), c.r)
			x := s.source("a", 2*c.images, c.k, c.r)
			loseMixture(s, x, s.source("c", shape...), a, c.loss, c.penalty, c.usage)
		}})
	}
	return cases
}

func loseMixture(s *sketch, a, c graph.ValueID, attr graph.MixtureNCE, loss, penalty, usage float64) {
	m := s.MixtureNCE("mixture", a, c, attr)
	s.lose("loss", m.Loss, loss)
	s.lose("penalty", m.Penalty, penalty)
	s.count("clipped", m.Clipped)
	if attr.Hard { // a rounding may move a consequent from one component to another
		s.count("q", m.Q)
		s.count("usage", m.Usage)
		s.Loss(m.Usage, usage) // without a gradient
		return
	}
	s.Output("q", m.Q)
	if usage == 0 {
		s.Output("usage", m.Usage)
	} else {
		s.lose("usage", m.Usage, usage)
	}
}

// testNearlyAlike looks at q near 1/k, where neighbours in bfloat16 are 0.4 to 0.8 % apart: who
// compares components needs it in float32, whatever the precision of activations.
func testNearlyAlike(t *testing.T, eng engine.Engine, o Options) {
	const k = 4
	c := testCase{name: "nearly alike", build: func(s *sketch) {
		x := s.source("a", 12, k, 16)
		m := s.MixtureNCE("mixture", x, s.source("c", 12, 9, 16), graph.MixtureNCE{Clip: 20, Tau: 0.01})
		s.lose("loss", m.Loss, 1)
		s.Output("q", m.Q)
	}}
	tr := c.trial(o.Seed)
	s := open(t, eng, tr, adam)
	s.forward(t)
	q := s.out[tr.p.Output("q")].F32
	different := false
	for row := range slices.Chunk(q, k) {
		sum := float64(row[0]) + float64(row[1]) + float64(row[2]) + float64(row[3])
		if !(math.Abs(sum-1) < 1e-6) {
			t.Fatalf("%s: q = %v, whose sum is %v", eng.Name(), row, sum)
		}
		different = different || row[0] != row[1]
	}
	if !different {
		t.Errorf("%s: all components are alike", eng.Name())
	}
}
