package sample

import (
	"hash/fnv"
	"math"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// Variable draws a variable by its initialiser, but never all zeros or all ones: at the
// network's initial values half of its gradients are exactly zero and would hide a wrong
// backward. BatchNorm's scale and variance lie in 0.5 to 1.5, its bias and mean in ±0.5.
func Variable(r *rng.Stream, v graph.Var) []float32 {
	w := make([]float32, tensor.Size(v.Shape))
	centre := 0.0
	switch {
	case v.Init.Rule == graph.One:
		v.Init, centre = graph.Uniform(0.5), 1
	case v.Init.Rule == graph.Zero && len(v.Shape) > 1:
		v.Init = graph.FanIn()
	case v.Init.Rule == graph.Zero:
		v.Init = graph.Uniform(0.5)
	}
	v.Fill(w, func(lo, hi float64) float64 { return float64(Short(centre + r.Uniform(lo, hi))) })
	return w
}

// Short cuts x to the 8 significant bits of bfloat16: an engine that stores activations
// in it is judged by what it computes, not by what it is given.
func Short(x float64) float32 {
	return math.Float32frombits(math.Float32bits(float32(x)) &^ 0xffff)
}

// Stream belongs to one input or variable: draws of others do not move it.
func Stream(seed uint64, name string) rng.Stream {
	h := fnv.New32a()
	h.Write([]byte(name))
	return rng.New(seed, 0, int(h.Sum32()), rng.Sample)
}
