package enginetest

import (
	"hash/fnv"
	"math"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// stream belongs to one input or variable: draws of others do not move it.
func (tr *trial) stream(name string) rng.Stream {
	h := fnv.New32a()
	h.Write([]byte(name))
	return rng.New(tr.seed, 0, int(h.Sum32()), rng.Sample)
}

func uniform(r *rng.Stream, t tensor.Tensor) {
	for i := range t.F32 {
		t.F32[i] = short(r.Uniform(-1, 1))
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

// variable draws a variable by its initialiser, but never all zeros or all
// ones: BatchNorm's scale and variance lie in 0.5 to 1.5, its bias and mean in ±0.5.
func variable(r *rng.Stream, v graph.Var) []float32 {
	w := make([]float32, tensor.Size(v.Shape))
	centre := 0.0
	switch v.Init.Rule {
	case graph.One:
		v.Init, centre = graph.Uniform(0.5), 1
	case graph.Zero:
		v.Init = graph.Uniform(0.5)
	}
	v.Fill(w, func(lo, hi float64) float64 { return float64(short(centre + r.Uniform(lo, hi))) })
	return w
}

// short cuts x to the 8 significant bits of bfloat16.
func short(x float64) float32 {
	return math.Float32frombits(math.Float32bits(float32(x)) &^ 0xffff)
}
