package eval

import (
	"testing"

	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
)

func TestEncoderHoldsWeightsAndNoMoments(t *testing.T) {
	encoder := encoderOn(t, ref.New())
	n := 0
	err := encoder.state.Each(func(name string, _ []float32) error {
		if n++; graph.IsSlot(name) {
			t.Errorf("a frozen encoder holds %s", name)
		}
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d entries, error %v", n, err)
	}
}
