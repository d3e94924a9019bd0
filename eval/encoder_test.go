package eval

import (
	"strings"
	"testing"

	"github.com/amdim/amdim/engine/ref"
)

func TestEncoderHoldsWeightsAndNoMoments(t *testing.T) {
	encoder := encoderOn(t, ref.New())
	n := 0
	err := encoder.state.Each(func(name string, _ []float32) error {
		if n++; strings.Contains(name, "#") {
			t.Errorf("a frozen encoder holds %s", name)
		}
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d entries, error %v", n, err)
	}
}
