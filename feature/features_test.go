package feature

import (
	"math"
	"slices"
	"testing"
)

func TestStandardizeUsesTheMomentsOfTrain(t *testing.T) {
	train, test := random(1, 50, 3, 2), random(2, 20, 3, 2)
	for i := range train.Len() {
		train.Row(i)[1] = 5*train.Row(i)[1] + 2
		train.Row(i)[2] = 7 // constant
	}
	raw := append([]float32(nil), test.X...)
	m := MomentsOf(train)
	Standardize(train, test)
	for j := range 3 {
		var sum, square float64
		for i := range train.Len() {
			x := float64(train.Row(i)[j])
			sum, square = sum+x/50, square+x*x/50
		}
		want := 1.0
		if j == 2 {
			want = 0
		}
		if !(math.Abs(sum) <= 1e-6) || !(math.Abs(square-want) <= 1e-5) { // 50 float32 numbers of order 1
			t.Errorf("dimension %d: mean %g, mean square %g, want 0 and %g", j, sum, square, want)
		}
	}
	for i, x := range test.X {
		if want := (raw[i] - m.Mean[i%3]) * m.RStd[i%3]; x != want {
			t.Fatalf("test value %d = %g, want %g", i, x, want)
		}
	}
}

func TestFeaturesNeedNoLabels(t *testing.T) {
	f := random(3, 5, 4, 2)
	f.Labels = nil
	some := f.Subset([]int{4, 1})
	if f.Len() != 5 || some.Len() != 2 || some.Labels != nil || !slices.Equal(some.Row(0), f.Row(4)) {
		t.Errorf("%d images, of which %+v", f.Len(), some)
	}
	if n, err := Nearest(t.Context(), f, some, 1); err != nil || !slices.Equal(n.Index, []int32{4, 1}) {
		t.Errorf("nearest %v, %v", n.Index, err)
	}
	if n := (Features{Labels: []int32{1}}).Len(); n != 0 {
		t.Errorf("%d images without vectors", n)
	}
}

func TestConstantDimensionsBecomeZero(t *testing.T) {
	train := Features{Dim: 2, X: []float32{1, 0.1, 2, 0.1, 3, 0.1000001}}
	test := Features{Dim: 2, X: []float32{0, 9}}
	Standardize(train, test)
	if test.X[1] != 0 {
		t.Errorf("constant dimension of test = %g, want 0", test.X[1])
	}
}
