package train

import (
	"math"
	"testing"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// normal is (n, r) of independent entries with deviation 1.
func normal(n, r int) tensor.Tensor {
	x, s := tensor.NewFloat32(n, r), rng.New(1, 0, 0, rng.Generate)
	for i := range x.F32 {
		for range 12 { // the sum of twelve uniform numbers has variance 1
			x.F32[i] += float32(s.Float64()) - 0.5
		}
	}
	return x
}

// ratioOf is the definition, by the covariance.
func ratioOf(x tensor.Tensor) float64 {
	n, r := x.Shape[0], x.Shape[1]
	rows := centred(x)
	trace, square := 0.0, 0.0
	for a := range r {
		for b := range r {
			c := 0.0
			for i := range n {
				c += rows[i][a] * rows[i][b] / float64(n)
			}
			if square += c * c; a == b {
				trace += c
			}
		}
	}
	return trace * trace / square
}

func TestParticipationRatioIsThatOfTheCovariance(t *testing.T) {
	for _, size := range [][2]int{{2, 1}, {2, 5}, {7, 3}, {9, 40}, {40, 9}} {
		x := normal(size[0], size[1])
		for i := range x.F32 {
			x.F32[i] = x.F32[i]*float32(1+i%3) + 5 // columns of other deviations, away from 0
		}
		want := ratioOf(x)
		if want < 1-1e-9 || want > float64(min(size[0]-1, size[1]))+1e-9 {
			t.Errorf("%v: the definition gives %g", size, want)
		}
		for _, threads := range []int{1, 2, 7} {
			pool := parallel.New(threads)
			got := participationRatio(x, pool)
			pool.Close()
			if !(math.Abs(got-want) <= 1e-9*want) {
				t.Errorf("%v in %d threads: %.17g, want %.17g", size, threads, got, want)
			}
		}
	}
}

func TestParticipationRatioIsTheSameInAnyNumberOfThreads(t *testing.T) {
	x, want := normal(33, 70), 0.0
	for _, threads := range []int{1, 2, 3, 7} {
		pool := parallel.New(threads)
		got := participationRatio(x, pool)
		pool.Close()
		if want == 0 {
			want = got
		}
		if got != want {
			t.Errorf("%d threads: %.17g, want %.17g", threads, got, want)
		}
	}
}

// A BatchNorm gives each dimension a deviation of about its gain, however alike they are.
func TestParticipationRatioShowsDimensionsThatAreAlike(t *testing.T) {
	pool := parallel.New(1)
	defer pool.Close()
	one, equal := normal(64, 1), tensor.NewFloat32(64, 128)
	alike, apart := tensor.NewFloat32(64, 128), normal(64, 128)
	for i := range alike.F32 {
		alike.F32[i], equal.F32[i] = one.F32[i/128], 0.1
	}
	for _, c := range []struct {
		name      string
		x         tensor.Tensor
		low, high float64
	}{{"alike", alike, 1, 1 + 1e-9}, {"apart", apart, 35, 63}, {"equal rows", equal, 0, 0}} {
		std, ratio := featureStd(c.x), participationRatio(c.x, pool)
		if !(ratio >= c.low-1e-9 && ratio <= c.high) || c.name != "equal rows" && !(math.Abs(std-1) <= 0.3) {
			t.Errorf("%s: ratio %g, want %g to %g; deviation %g", c.name, ratio, c.low, c.high, std)
		}
	}
}

// A record is of the images of view 1: their other views would be counted as images.
func TestARecordIsOfTheFirstView(t *testing.T) {
	pool := parallel.New(1)
	defer pool.Close()
	x := normal(12, 20)
	r := (&window{steps: 1, f1: -1, pool: pool}).record(1, 1, x, 0)
	want := ratioOf(tensor.Tensor{Shape: []int{6, 20}, F32: x.F32[:6*20]})
	if !(math.Abs(r.ParticipationRatio-want) <= 1e-9*want) {
		t.Errorf("%g, want %g", r.ParticipationRatio, want)
	}
}
