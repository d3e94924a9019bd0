package data

import (
	"math"
	"testing"
)

// The classes must not be told apart by a linear map of the pixels: what an
// encoder then reaches is its own. 25 % is the bound the project states, 10 % is
// chance.
func TestShapesRawPixelsAreHardForALinearProbe(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second, for twenty under the race detector")
	}
	train, test := shapes(t, 2000, Train), shapes(t, 1000, Test)
	p := newPixelProbe(train)
	p.fit(train, 6, 0.0003) // the best of 1e-4, 3e-4, 1e-3 and 3e-3 on the test split
	fitted, accuracy := p.accuracy(train), p.accuracy(test)
	t.Logf("raw pixels: train %.1f %%, test %.1f %%", 100*fitted, 100*accuracy)
	if !(accuracy <= 0.25) {
		t.Errorf("raw pixels: %.1f %% of test pictures, need at most 25 %%", 100*accuracy)
	}
	if !(fitted >= 0.35) {
		t.Errorf("the probe fits only %.1f %% of its training pictures: it proves nothing", 100*fitted)
	}
}

// pixelProbe is softmax regression on pixels less the training mean.
type pixelProbe struct {
	mean    []float32
	w       [][]float32 // (classes, pixels + 1), the last one a bias
	x       []float32
	classes int
}

func newPixelProbe(s *Shapes) *pixelProbe {
	size := len(s.image(0).Pix)
	p := &pixelProbe{mean: make([]float32, size), x: make([]float32, size+1), classes: len(s.Classes())}
	for i := range s.Len() {
		for j, v := range s.image(i).Pix {
			p.mean[j] += float32(v) / float32(s.Len())
		}
	}
	for range p.classes {
		p.w = append(p.w, make([]float32, size+1))
	}
	return p
}

// scores returns the logits of picture i, and leaves its pixels in p.x.
func (p *pixelProbe) scores(s *Shapes, i int) []float64 {
	for j, v := range s.image(i).Pix {
		p.x[j] = (float32(v) - p.mean[j]) / 64
	}
	p.x[len(p.mean)] = 1
	scores := make([]float64, p.classes)
	for c, w := range p.w {
		var sum float32
		for j, x := range p.x {
			sum += w[j] * x
		}
		scores[c] = float64(sum)
	}
	return scores
}

// fit runs SGD over single pictures; the step falls linearly to 0.
func (p *pixelProbe) fit(s *Shapes, epochs int, rate float64) {
	for step := range epochs * s.Len() {
		i := step % s.Len()
		scores := p.scores(s, i)
		sum := 0.0
		for _, v := range scores {
			sum += math.Exp(v)
		}
		lr := rate * (1 - float64(step)/float64(epochs*s.Len()))
		for c, w := range p.w {
			d := math.Exp(scores[c]) / sum
			if c == s.Label(i) {
				d--
			}
			k := float32(lr * d)
			for j, x := range p.x {
				w[j] -= k * x
			}
		}
	}
}

func (p *pixelProbe) accuracy(s *Shapes) float64 {
	right := 0
	for i := range s.Len() {
		scores := p.scores(s, i)
		best := 0
		for c, v := range scores {
			if v > scores[best] {
				best = c
			}
		}
		if best == s.Label(i) {
			right++
		}
	}
	return float64(right) / float64(s.Len())
}

// shapes returns n pictures of the default size.
func shapes(t testing.TB, n int, split Split) *Shapes {
	t.Helper()
	c := DefaultShapes()
	c.Train, c.Test = n, n
	s, err := NewShapes(c, split)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
