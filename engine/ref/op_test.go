package ref

import (
	"math"
	"testing"

	"github.com/amdim/amdim/graph"
)

func arr(v []float64, shape ...int) array { return array{shape, v} }

// equal compares to 1e-12: the numbers below are worked by hand.
func equal(t *testing.T, what string, got array, want ...float64) {
	t.Helper()
	if len(got.v) != len(want) {
		t.Fatalf("%s has %d elements, want %d", what, len(got.v), len(want))
	}
	for i := range want {
		if !(math.Abs(got.v[i]-want[i]) <= 1e-12) {
			t.Errorf("%s = %v, want %v", what, got.v, want)
			return
		}
	}
}

func TestConv2DOnAWorkedImage(t *testing.T) {
	x := arr([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3, 3, 1)
	w := arr([]float64{1, 0, 0, -1}, 2, 2, 1, 1) // upper left minus lower right
	for _, c := range []struct {
		name string
		a    graph.Conv2D
		bias []float64
		out  int
		want []float64
	}{
		{"valid", graph.Conv2D{K: 2, Stride: 1, Out: 1}, nil, 2, []float64{-4, -4, -4, -4}},
		{"bias", graph.Conv2D{K: 2, Stride: 1, Out: 1, Bias: true}, []float64{10}, 2, []float64{6, 6, 6, 6}},
		{"zero border", graph.Conv2D{K: 2, Stride: 2, Out: 1, Pad: 1}, nil, 2, []float64{-1, -3, -7, -4}},
		// The border mirrors 5 at the corner, 4 5 6 above and 2 5 8 at the left.
		{
			"mirrored border", graph.Conv2D{K: 2, Stride: 2, Out: 1, Pad: 1, Reflect: true},
			nil, 2, []float64{4, 2, -2, -4},
		},
	} {
		y := newArray([]int{1, c.out, c.out, 1})
		conv2D(c.a, y, x, w, arr(c.bias, len(c.bias)))
		equal(t, c.name, y, c.want...)
	}
}

// The layout is HWIO: 2 channels in, 2 out, one pixel.
func TestConv2DWeightsAreHWIO(t *testing.T) {
	x, w := arr([]float64{2, 3}, 1, 1, 1, 2), arr([]float64{1, 10, 100, 1000}, 1, 1, 2, 2)
	y := newArray([]int{1, 1, 1, 2})
	conv2D(graph.Conv2D{K: 1, Stride: 1, Out: 2}, y, x, w, array{})
	equal(t, "y", y, 302, 3020)
}

func TestMirroredPixelCollectsTheGradientOfItsImages(t *testing.T) {
	a := graph.Conv2D{K: 3, Stride: 1, Out: 1, Pad: 1, Reflect: true}
	x, w := newArray([]int{1, 2, 2, 1}), arr([]float64{1, 1, 1, 1, 1, 1, 1, 1, 1}, 3, 3, 1, 1)
	dx, dw := newArray(x.shape), newArray(w.shape)
	conv2DBackward(a, dx, dw, array{}, arr([]float64{1, 0, 0, 0}, 1, 2, 2, 1), x, w)
	equal(t, "dx", dx, 1, 2, 2, 4) // the 3×3 window on pixel 0 sees pixel 3 in its four corners
}

func TestBatchNormOnWorkedNumbers(t *testing.T) {
	a := graph.BatchNorm{Mode: graph.BatchUpdate, Groups: 2, Momentum: 0.5, Eps: 0}
	x := arr([]float64{1, 3, 10, 30}, 4, 1) // group means 2 and 20, variances 1 and 100
	scale, bias := arr([]float64{2}, 1), arr([]float64{5}, 1)
	mean, variance := arr([]float64{4}, 1), arr([]float64{8}, 1)
	y := newArray(x.shape)
	batchNorm(a, y, x, scale, bias, mean, variance)
	equal(t, "batch", y, 3, 7, 3, 7)

	batchNormUpdate(a, mean, variance, x)
	equal(t, "mean", mean, 0.5*(0.5*4+0.5*2)+0.5*20)
	equal(t, "var", variance, 0.5*(0.5*8+0.5*2)+0.5*200) // unbiased: 2 and 200

	a.Mode = graph.Running
	batchNorm(a, y, x, scale, bias, arr([]float64{1}, 1), arr([]float64{4}, 1))
	equal(t, "running", y, 5, 7, 14, 34)
}

func TestPoolingOnAWorkedImage(t *testing.T) {
	x := arr([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3, 3, 1)
	y := newArray([]int{1, 2, 2, 1})
	avgPool(graph.AvgPool{K: 2, Stride: 1}, y, x)
	equal(t, "y", y, 3, 4, 6, 7)
	dx := newArray(x.shape)
	avgPoolBackward(graph.AvgPool{K: 2, Stride: 1}, dx, arr([]float64{4, 4, 4, 4}, 1, 2, 2, 1))
	equal(t, "dx", dx, 1, 2, 1, 2, 4, 2, 1, 2, 1)
}

func TestChannelsDropoutAndGather(t *testing.T) {
	y := newArray([]int{2, 3})
	padChannels(y, arr([]float64{1, 2, 3, 4}, 2, 2))
	equal(t, "padded", y, 1, 2, 0, 3, 4, 0)

	y = newArray([]int{2, 2})
	dropout(graph.Dropout{P: 0.75}, y, arr([]float64{1, 2, 3, 4}, 2, 2), arr([]float64{1, 0, 0, 1}, 2, 2))
	equal(t, "dropped", y, 4, 0, 0, 16)

	x := arr([]float64{1, 2, 3, 4, 5, 6, 7, 8}, 2, 1, 2, 2)
	if err := gather(y, x, arr([]float64{1, 0}, 2)); err != nil {
		t.Fatal(err)
	}
	equal(t, "gathered", y, 3, 4, 5, 6)
	for _, at := range []float64{-1, 2} {
		if gather(y, x, arr([]float64{0, at}, 2)) == nil {
			t.Errorf("location %g of 2 was taken", at)
		}
	}
}

func TestReLUKeepsNaN(t *testing.T) {
	y := newArray([]int{1, 4})
	relu(y, arr([]float64{-1, 0, 2, math.NaN()}, 1, 4))
	equal(t, "y", arr(y.v[:3], 3), 0, 0, 2)
	if !math.IsNaN(y.v[3]) {
		t.Errorf("max(NaN, 0) = %g", y.v[3])
	}
}
