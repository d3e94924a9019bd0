package optim

import (
	"math"
	"slices"
	"testing"
)

// The first update of Adam moves every weight by lr·sign(g), eps aside.
func TestFirstUpdateIsTheSignOfTheGradient(t *testing.T) {
	a := DefaultAdam()
	a.WeightDecay = 0
	w, m, v := []float64{1, 1, 1}, make([]float64, 3), make([]float64, 3)
	Update(a, w, m, v, []float64{3, -1e-3, 0}, 0.1, 1)
	for i, want := range []float64{0.9, 1.1, 1} {
		if !(math.Abs(w[i]-want) <= 1e-5) { // eps/|g| = 1e-5
			t.Errorf("w[%d] = %g, want %g", i, w[i], want)
		}
	}
}

// Worked by hand: two updates with constant gradient g and decay d on w = 2.
func TestUpdateAddsWeightDecayToTheGradient(t *testing.T) {
	a := Adam{Beta1: 0.5, Beta2: 0.75, Eps: 0, WeightDecay: 0.5}
	w, m, v := []float64{2}, []float64{0}, []float64{0}
	Update(a, w, m, v, []float64{1}, 1, 1) // g' = 2: w = 2 − 1
	Update(a, w, m, v, []float64{1}, 1, 2) // g' = 1.5: m = 1.25/0.75, v = 1.3125/0.4375 = 3
	if want := 1 - (1.25/0.75)/math.Sqrt(3); !(math.Abs(w[0]-want) <= 1e-12) {
		t.Errorf("w = %g, want %g", w[0], want)
	}
}

func TestFloat32FollowsFloat64(t *testing.T) {
	a := DefaultAdam()
	w, m, v := []float64{0.3}, []float64{0}, []float64{0}
	w32, m32, v32 := []float32{0.3}, []float32{0}, []float32{0}
	for step := 1; step <= 100; step++ {
		g := math.Sin(float64(step))
		Update(a, w, m, v, []float64{g}, 1e-2, step)
		Update(a, w32, m32, v32, []float32{float32(g)}, 1e-2, step)
	}
	if d := math.Abs(w[0] - float64(w32[0])); !(d <= 1e-5) { // 100 float32 roundings of numbers below 1
		t.Errorf("float32 differs by %g", d)
	}
}

func TestScheduleOfThePaper(t *testing.T) {
	s := Scale(2e-4, 300, 390, Shares{})
	for _, c := range []struct {
		step, epoch int
		want        float64
	}{
		{0, 0, 4e-7}, {249, 0, 1e-4}, {499, 1, 2e-4}, {5000, 249, 2e-4},
		{5000, 250, 4e-5}, {5000, 280, 8e-6}, {5000, 299, 8e-6},
	} {
		if got := s.At(c.step, c.epoch); !(math.Abs(got-c.want) <= 1e-12) {
			t.Errorf("At(%d, %d) = %g, want %g", c.step, c.epoch, got, c.want)
		}
	}
}

func TestShortRunsWarmUpOverATenth(t *testing.T) {
	if s := Scale(2e-4, 2, 100, Shares{}); s.Warmup != 20 || s.Drops[0] != 2 || s.Drops[1] != 2 {
		t.Errorf("Scale = %+v", s)
	}
	if s := Scale(2e-4, 30, 100, Shares{}); s.Warmup != 300 || s.Drops[0] != 25 || s.Drops[1] != 28 {
		t.Errorf("Scale = %+v", s)
	}
}

func TestDropsAreAtTheirShares(t *testing.T) {
	for epochs := 1; epochs <= 3000; epochs++ {
		want := []int{(epochs*250 + 299) / 300, (epochs*280 + 299) / 300}
		if got := Scale(1, epochs, 1, Shares{}).Drops; !slices.Equal(got, want) {
			t.Fatalf("%d epochs of CIFAR: %d, want %d", epochs, got, want)
		}
	}
	for epochs, want := range map[int][]int{50: {30, 45}, 100: {60, 90}, 150: {90, 135}, 7: {5, 7}} {
		if got := Scale(1, epochs, 1, ImageNetShares).Drops; !slices.Equal(got, want) {
			t.Errorf("%d epochs of ImageNet: %d, want %d", epochs, got, want)
		}
	}
}
