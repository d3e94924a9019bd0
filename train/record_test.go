package train

import (
	"math"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/tensor"
)

func TestFeatureStdIsTheMeanOverDimensions(t *testing.T) {
	x := tensor.NewFloat32(4, 3)
	for i, v := range []float32{1, 3, 1, 3} { // deviations 1, 10 and 0
		x.F32[i*3], x.F32[i*3+1], x.F32[i*3+2] = v, 100+10*v, 7
	}
	if got, want := featureStd(x), 11.0/3; !(math.Abs(got-want) <= 1e-12) {
		t.Errorf("featureStd = %g, want %g", got, want)
	}
}

// Of STL-10 one image in twenty has a label: a small batch may hold none, of which the
// engines give a loss and an accuracy of 0.
func TestProbesAreMeansOverUpdatesWithALabel(t *testing.T) {
	w := window{
		names: []string{"linear.loss", "linear.accuracy", "nce.1-5"}, f1: -1, sums: make([]float64, 3),
		probed: map[string]int{},
	}
	update := func(values ...float32) {
		var out []tensor.Tensor
		for _, v := range values {
			out = append(out, tensor.Tensor{F32: []float32{v}})
		}
		w.add(out, engine.StepStats{}, 0)
	}
	update(2, 0.5, 6)
	update(0, 0, 4)
	update(3, 0, 5)
	update(0, 0, 5)
	r := w.record(4, 1, tensor.NewFloat32(1, 1), 0)
	if want := (Probe{Loss: 2.5, Accuracy: 0.25}); r.Probes["linear"] != want || r.Loss != 5 {
		t.Errorf("probe %+v, want %+v; loss %g, want 5", r.Probes["linear"], want, r.Loss)
	}
	update(0, 0, 4)
	if r := w.record(5, 1, tensor.NewFloat32(1, 1), 0); r.Probes != nil || r.Loss != 4 {
		t.Errorf("without a label: probes %+v, loss %g", r.Probes, r.Loss)
	}
	update(0, 1, 4) // so sure of its label that the loss rounds to 0
	if r := w.record(6, 1, tensor.NewFloat32(1, 1), 0); r.Probes["linear"] != (Probe{Accuracy: 1}) {
		t.Errorf("a loss of 0: probes %+v", r.Probes)
	}
}

// The order of a map changes from call to call, that of a sum must not.
func TestRecordSumsTasksInOneOrder(t *testing.T) {
	loss := func() float64 {
		w := window{names: []string{"nce.1-5", "nce.1-7", "nce.5-5"}, f1: -1,
			sums: []float64{0.1, 0.2, 0.3}, steps: 1}
		return w.record(1, 1, tensor.NewFloat32(1, 1), 0).Loss
	}
	a, b, c := 0.1, 0.2, 0.3
	want := a + b + c // rounded after each sum, as constants are not
	for range 50 {
		if got := loss(); got != want {
			t.Fatalf("loss %.17g, want %.17g", got, want)
		}
	}
}
