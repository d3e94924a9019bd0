package enginetest

import (
	"github.com/amdim/amdim/engine/internal/sample"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// stream belongs to one input or variable.
func (tr *trial) stream(name string) rng.Stream { return sample.Stream(tr.seed, name) }

func uniform(r *rng.Stream, t tensor.Tensor) {
	for i := range t.F32 {
		t.F32[i] = sample.Short(r.Uniform(-1, 1))
	}
}

func bytes(r *rng.Stream, t tensor.Tensor) {
	for i := range t.U8 {
		t.U8[i] = uint8(r.IntN(256))
	}
}

func identity(_ *rng.Stream, t tensor.Tensor) {
	for i := range t.Shape[0] {
		t.F32[i*t.Shape[1]+i] = 1
	}
}
