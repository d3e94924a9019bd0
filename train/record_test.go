package train

import (
	"math"
	"testing"

	"github.com/amdim/amdim/tensor"
)

func TestFeatureStdIsTheMeanOverDimensions(t *testing.T) {
	x := tensor.NewFloat32(4, 3)
	for i, v := range []float32{1, 3, 1, 3} { // deviations 1, 10 and 0
		x.F32[i*3], x.F32[i*3+1], x.F32[i*3+2] = v, 100+10*v, 7
	}
	if got, want := featureStd(x), 11.0/3; math.Abs(got-want) > 1e-12 {
		t.Errorf("featureStd = %g, want %g", got, want)
	}
}
